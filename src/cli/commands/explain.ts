/** `adsim explain DIR [--row N]`: why a trained model says what it says, or why a run showed an ad to a user. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import type { Report } from '../../report/document.ts';
import { modelReport } from '../../report/explain/model.ts';
import { rowReport } from '../../report/explain/row.ts';
import { reportText } from '../../report/render-text.ts';
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

/** What is told: as data, and as a report for a terminal or a page. */
interface Told {
  json: unknown;
  report: Report;
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
  const html = out?.endsWith('.html') === true && !json;
  const said = json ? JSON.stringify(told.json) : html ? await page(told.report) : reportText(told.report, table);
  if (out === undefined) terminal.out(said);
  else {
    writeWhole(out, html ? said : `${said}\n`);
    terminal.out(json ? JSON.stringify({ out }) : `explanation  ${out}`);
  }
  return OK;
}

/** Charts are loaded where a page is asked for, and not else. */
async function page(report: Report): Promise<string> {
  return (await import('../../report/render-html.ts')).reportHtml(report);
}

async function ofModel(folder: string, row: number | undefined, method: RowMethod, given: Arguments): Promise<Told> {
  for (const name of ['seed', 'model']) {
    if (textOf(given, name) === undefined) continue;
    throw new InputError(`--${name}: chooses within a folder of \`adsim run\`, and ${folder} is none; leave it out`);
  }
  const [data, encoder] = [textOf(given, 'data'), textOf(given, 'encoder')];
  if (row === undefined) {
    const one = await explainModel(folder, data, encoder);
    return { json: one, report: modelReport(one) };
  }
  const one = await explainRow(folder, { row, data, encoder, method });
  return { json: one, report: rowReport(one) };
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
  for (const name of ['data', 'encoder']) {
    if (textOf(given, name) === undefined) continue;
    throw new InputError(`--${name}: a run is explained by its own log; leave it out`);
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
    return { json: one, report: shownReport(one) };
  } finally {
    display.stop();
  }
}
