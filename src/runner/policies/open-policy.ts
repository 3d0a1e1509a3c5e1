/**
 * What `--policy` may say: a word, a column, a rule file or a file of predictions. A word starts at once: rules, which may
 * name any agent, are loaded when one is read.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { suggestion } from '../did-you-mean.ts';
import type { LogSource } from '../logs/source.ts';
import { checkOdds } from './check-odds.ts';
import { columnPolicy, columnsPolicy, loggedPolicy } from './column.ts';
import { uniformPolicy } from './constant.ts';
import type { Part, PartSetup, PolicySetup } from './part.ts';
import type { BroughtPolicy } from './policy.ts';
import { under } from './under.ts';

export type { PolicySetup } from './part.ts';

/** Words that need nothing else. */
const WORDS = ['uniform', 'logged', 'behaviour'];

/**
 * A policy on the rows of `source`: `uniform`; `logged` or `behaviour`, the one that collected the log; `column:NAME` with
 * the odds of the logged action; `columns:PREFIX` with the odds of every action; `vw:FILE`, predictions of Vowpal Wabbit;
 * `command:PROGRAM ARGUMENTS`; or the path of a rule file in YAML or JSON. Its odds are checked row by row. Throws
 * `InputError` where the text, the file or the log is wrong.
 */
export async function openPolicy(text: string, source: LogSource, setup: PolicySetup): Promise<BroughtPolicy> {
  const { part, name } = await partOf(text, { ...setup, source, folder: '.' });
  return {
    name,
    whole: part.whole,
    ...(part.fromColumns && { fromColumns: true }),
    odds: async (block) => checkOdds(await part.odds(block), block, name),
    close: () => part.close(),
  };
}

async function partOf(text: string, setup: PartSetup): Promise<{ part: Part; name: string }> {
  const { source } = setup;
  if (text === 'uniform') return { name: text, part: uniformPolicy({ over: undefined }, source) };
  if (text === 'logged' || text === 'behaviour') return { name: text, part: await loggedPolicy(source) };
  const option = `--policy ${text}`;
  const [, kind, rest] = /^(column|columns|vw|command):(.+)$/su.exec(text) ?? [];
  if (kind === 'column') return { name: rest, part: await under(option, () => columnPolicy(rest, source)) };
  if (kind === 'columns') {
    return { name: rest.replace(/:$/u, ''), part: await under(option, () => columnsPolicy(rest, source)) };
  }
  if (kind === 'vw') {
    const { vwPredictions } = await import('./vw-predictions.ts');
    const part = await vwPredictions({ kind: 'vw-predictions', file: rest, take: 'odds' }, setup);
    return { name: basename(rest), part };
  }
  if (kind === 'command') {
    if (rest.trim() === '') throw new InputError(`${option}: names no program; write command:PROGRAM ARGUMENTS`);
    const command = rest.trim().split(/\s+/u);
    const { commandPolicy } = await import('./command.ts');
    return { name: rest, part: await commandPolicy({ kind, command, timeoutSeconds: 60, batch: 256 }, setup) };
  }
  if (/\.(?:ya?ml|json)$/iu.test(text)) return ruleFile(text, setup);
  throw new InputError(
    existsSync(text)
      ? `--policy ${text}: is no rule file (.yaml or .json); for predictions of Vowpal Wabbit write vw:${text}`
      : `--policy ${text}: is neither a word nor a file${suggestion(text, WORDS)}; give ${WORDS.join(', ')}, column:NAME, columns:PREFIX, vw:FILE, command:PROGRAM or a rule file (.yaml)`,
  );
}

async function ruleFile(path: string, setup: PartSetup): Promise<{ part: Part; name: string }> {
  const { loadConfig } = await import('../config-file.ts');
  const { makePart } = await import('./make-part.ts');
  const { ruleSchema } = await import('./schema.ts');
  const { config: rule, source: file } = loadConfig(path, ruleSchema);
  const name = rule.name ?? basename(path, extname(path));
  try {
    return { name, part: await makePart(rule, { ...setup, folder: dirname(path) }) };
  } catch (error) {
    const placed = file.placed(error);
    if (placed !== error || !(error instanceof InputError)) throw placed;
    throw new InputError(`${path}: ${error.message}`, { cause: error });
  }
}
