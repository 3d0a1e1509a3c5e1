/** `adsim explain DIR [--row N]`: why a trained model says what it says, or why a run showed an ad to a user. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { modelText } from '../../report/explain/model-text.ts';
import { rowText } from '../../report/explain/row-text.ts';
import { writeWhole } from '../../runner/atomic.ts';
import { explainRow } from '../../runner/explain/one-row.ts';
import type { RowMethod } from '../../runner/explain/one-row.ts';
import { explainModel } from '../../runner/explain/whole-model.ts';
import { cacheFolderOf } from '../cache-folder.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { backendOrderOf, countOf, flagOf, textOf } from '../options.ts';
import { progressOn } from '../progress.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

/** What is told: as data, in words and, where there is one, on a page. */
interface Told {
  json: unknown;
  text: string;
  html?: () => Promise<string>;
}

export async function explain(given: Arguments, terminal: Terminal): Promise<number> {
  const folder = String(given['dir']);
  const row = given['row'] === undefined ? undefined : countOf(given, 'row', 1);
  const method = textOf(given, 'method') ?? 'auto';
  if (row !== undefined && method === 'permutation') {
    throw new InputError(
      '--method permutation: shuffles columns over all rows, so it explains no single one; leave --row out',
    );
  }
  if (row === undefined && method !== 'auto' && method !== 'permutation') {
    throw new InputError(`--method ${method}: explains single rows; say which with --row N`);
  }
  const told = existsSync(join(folder, 'manifest.json'))
    ? await ofRun(folder, row, method as RowMethod, given, terminal)
    : await ofModel(folder, row, method as RowMethod, given);
  const out = textOf(given, 'out');
  const json = flagOf(given, 'json');
  const page = out?.endsWith('.html') && !json ? await told.html?.() : undefined;
  const said = json ? JSON.stringify(told.json) : told.text;
  if (out === undefined) terminal.out(said);
  else {
    writeWhole(out, page ?? `${said}\n`);
    terminal.out(json ? JSON.stringify({ out }) : `explanation  ${out}`);
  }
  return OK;
}

async function ofModel(folder: string, row: number | undefined, method: RowMethod, given: Arguments): Promise<Told> {
  for (const name of ['seed', 'model']) {
    if (textOf(given, name) === undefined) continue;
    throw new InputError(`--${name}: chooses within a folder of \`adsim run\`, and ${folder} is none; leave it out`);
  }
  const data = textOf(given, 'data');
  if (row === undefined) {
    const one = await explainModel(folder, data);
    return { json: one, text: modelText(one, table) };
  }
  const one = await explainRow(folder, { row, data, method });
  return { json: one, text: rowText(one, table) };
}

async function ofRun(
  folder: string,
  row: number | undefined,
  method: RowMethod,
  given: Arguments,
  { environment, stderr }: Terminal,
): Promise<Told> {
  if (row === undefined) {
    throw new InputError(`${folder} is a folder of \`adsim run\`: say which request of its log with --row N`);
  }
  if (textOf(given, 'data') !== undefined) {
    throw new InputError(`--data: a run is explained by its own log; leave it out`);
  }
  const { explainShown } = await import('../../runner/explain/shown-ad.ts');
  const display = await progressOn({ stream: stderr, seconds: () => performance.now() / 1000 });
  try {
    const one = await explainShown(folder, {
      row,
      method,
      seed: textOf(given, 'seed'),
      model: textOf(given, 'model'),
      backendOrder: backendOrderOf(environment),
      cacheFolder: cacheFolderOf(environment),
      onProgress: display.listen,
    });
    const { shownReport } = await import('../../report/explain/shown.ts');
    const { reportText } = await import('../../report/render-text.ts');
    const { reportHtml } = await import('../../report/render-html.ts');
    const report = shownReport(one);
    return { json: one, text: reportText(report, table), html: () => reportHtml(report) };
  } finally {
    display.stop();
  }
}
