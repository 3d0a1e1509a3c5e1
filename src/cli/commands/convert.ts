/** `adsim convert LOG --to FORM --out FILE`: a log as another program reads it. */
import { dirname, join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { suggestion } from '../../runner/did-you-mean.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { flagOf, textOf } from '../options.ts';
import type { Terminal } from '../terminal.ts';

const FORMS = ['vw', 'vw-adf', 'dsjson', 'obd', 'csv', 'parquet'] as const;

export async function convert(given: Arguments, terminal: Terminal): Promise<number> {
  const to = textOf(given, 'to');
  const out = textOf(given, 'out');
  if (to === undefined) throw new InputError(`--to: give the form to write, one of ${FORMS.join(', ')}`);
  const form = FORMS.find((name) => name === to);
  if (!form) throw new InputError(`--to: unknown form "${to}"${suggestion(to, FORMS)}`);
  if (out === undefined) throw new InputError('--out: give the file to write, for instance --out log.vw');
  const { openLog, wholeLog } = await import('../../runner/logs/open-log.ts');
  const map = textOf(given, 'columns');
  const skipBad = flagOf(given, 'skip-bad');
  const source = await openLog(String(given['log']), {
    skipBad,
    ...(map !== undefined && { columns: await columnsOf(map) }),
  });
  const { writePieces } = await import('../../runner/logs/write-pieces.ts');
  const written = [out];
  if (form === 'csv') {
    await writePieces(out, (await import('../../runner/logs/export-csv.ts')).encodeCsv(source));
  } else if (form === 'parquet') {
    const { encodeLog } = await import('../../runner/log-file.ts');
    const { writeWhole } = await import('../../runner/atomic.ts');
    const { log } = await wholeLog(source);
    writeWhole(out, encodeLog(log, { truth: log.truth !== undefined }));
  } else if (form === 'obd') {
    const { encodeOpenBandit, itemContext } = await import('../../runner/logs/export-obd.ts');
    const { writeWhole } = await import('../../runner/atomic.ts');
    await writePieces(out, encodeOpenBandit(source));
    written.push(join(dirname(out), 'item_context.csv'));
    writeWhole(written[1], itemContext(source.spec));
  } else {
    await writePieces(out, (await import('../../runner/logs/export-vw.ts')).encodeVw(source, form));
  }
  for (const { reason, count, first } of source.skipped)
    terminal.note(`left out ${count} (${reason}), the first: ${first}`);
  terminal.out(
    flagOf(given, 'json')
      ? JSON.stringify({ written, rows: source.rows, skipped: source.skipped })
      : written.join('\n'),
  );
  return OK;
}

async function columnsOf(path: string) {
  const { loadConfig } = await import('../../runner/config-file.ts');
  const { columnMap } = await import('../../runner/logs/column-map.ts');
  return loadConfig(path, columnMap).config;
}
