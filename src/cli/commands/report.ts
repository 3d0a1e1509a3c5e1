/** `adsim report DIR`: the report of a finished run, written again. */
import { join } from 'node:path';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { flagOf } from '../options.ts';
import type { Terminal } from '../terminal.ts';

export async function report(given: Arguments, terminal: Terminal): Promise<number> {
  const directory = String(given['dir']);
  const { readRun } = await import('../../runner/results-folder.ts');
  const { results, manifest } = readRun(directory);
  const { renderHtml } = await import('../../report/render-html.ts');
  const { writeWhole } = await import('../../runner/atomic.ts');
  const path = join(directory, 'report.html');
  writeWhole(path, await renderHtml(results, manifest, { static: flagOf(given, 'static') }));
  terminal.out(flagOf(given, 'json') ? JSON.stringify({ directory, report: path, digest: manifest.digest }) : path);
  return OK;
}
