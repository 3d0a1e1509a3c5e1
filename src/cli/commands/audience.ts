/** `adsim audience LOG`: personas, next interests and look-alikes of a log's users, as a page, JSON and a table of users. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { flagOf, textOf } from '../options.ts';
import { progressOn } from '../progress.ts';
import type { Terminal } from '../terminal.ts';

export async function audience(given: Arguments, terminal: Terminal): Promise<number> {
  const file = String(given['log']);
  const out = textOf(given, 'out') ?? 'results/audience';
  const personas = personasAsked(textOf(given, 'k'));
  const seeds = seedsIn(textOf(given, 'seeds'));
  const { audienceOf } = await import('../../runner/audience/audience.ts');
  const columns = await columnsOf(textOf(given, 'columns'));
  const display = await progressOn({ stream: terminal.stderr, seconds: () => performance.now() / 1000 });
  const result = await audienceOf(
    file,
    { ...(personas !== undefined && { personas }), ...(seeds && { seeds }), ...(columns && { columns }) },
    (one) => display.listen(one),
  ).finally(() => display.stop());
  const { audienceJson, usersCsv } = await import('../../runner/audience/output.ts');
  const { buildAudienceReport } = await import('../../report/audience/audience.ts');
  const { reportHtml } = await import('../../report/render-html.ts');
  const { writeWhole } = await import('../../runner/atomic.ts');
  const report = buildAudienceReport(result);
  const html = await reportHtml(report);
  const json = audienceJson(result);
  mkdirSync(out, { recursive: true });
  const files = { 'report.html': html, 'audience.json': json, 'users.csv': usersCsv(result) };
  const written = Object.entries(files).map(([name, content]) => {
    writeWhole(join(out, name), content);
    return join(out, name);
  });
  terminal.note(report.answer);
  for (const { message, advice } of result.warnings) terminal.note(`doubt: ${message} ${advice}`);
  terminal.out(flagOf(given, 'json') ? json : written.join('\n'));
  return OK;
}

function personasAsked(text: string | undefined): number | undefined {
  if (text === undefined || text === 'auto') return undefined;
  const k = Number(text);
  if (Number.isInteger(k) && k >= 1) return k;
  throw new InputError(`--k: ${text} is not a number of personas; use auto, or a whole number from 1`);
}

function seedsIn(path: string | undefined): string[] | undefined {
  if (path === undefined) return undefined;
  if (!existsSync(path))
    throw new InputError(`--seeds: ${path} does not exist; give a text file with a user in each line`);
  const seeds = readFileSync(path, 'utf8')
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (seeds.length === 0) throw new InputError(`--seeds: ${path} is empty; write a user in each line`);
  return seeds;
}

async function columnsOf(path: string | undefined) {
  if (path === undefined) return undefined;
  const { behaviourColumns } = await import('../../runner/fit/behaviour-log.ts');
  const { loadConfig } = await import('../../runner/config-file.ts');
  return loadConfig(path, behaviourColumns).config;
}
