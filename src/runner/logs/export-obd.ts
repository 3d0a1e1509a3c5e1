/** A log in the Open Bandit Dataset's layout: a CSV of recommendations, and item_context.csv to lie beside it. */
import type { LogSpec } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { csvRow } from './csv-text.ts';
import type { LogBlock, LogSource } from './source.ts';
import { timestampOf } from './timestamps.ts';

/** A column of the dataset made from columns of the context: one number, or the level of a category. */
interface UserFeature {
  columns: readonly number[];
  /** (columns) what each stands for; absent for a number. */
  levels?: readonly string[];
}

const AFFINITY = /^user-item_affinity_\d+$/u;

/**
 * The CSV in pieces of text. Items are numbered in the order of the actions; categories of the context become texts
 * again; hours count from 2000-01-01. Throws `InputError` for rewards other than clicks and for missing propensities.
 */
export async function* encodeOpenBandit(source: LogSource): AsyncGenerator<string> {
  const { spec, path } = source;
  if (!source.propensities)
    throw new InputError(`${path} has no propensities, and the Open Bandit Dataset's layout needs them`);
  const features = featuresOf(spec.contextNames);
  const affinities = [...spec.contextNames.keys()].filter((j) => AFFINITY.test(spec.contextNames[j]));
  yield csvRow([
    '',
    'timestamp',
    'item_id',
    'position',
    'click',
    'propensity_score',
    ...features.map((_, j) => `user_feature_${j}`),
    ...affinities.map((j) => spec.contextNames[j]),
  ]);
  for await (const block of source.blocks()) {
    yield Array.from({ length: block.log.size }, (_, i) => rowOf(block, i, features, affinities)).join('');
  }
}

/** item_context.csv: the items, and the name of each as its one feature. */
export function itemContext({ actions }: LogSpec): string {
  return [csvRow(['', 'item_id', 'item_feature_0']), ...actions.map((name, a) => csvRow([a, a, name]))].join('');
}

/** `device=phone` and `device=tv` are one category; anything else is a number. */
function featuresOf(names: readonly string[]): UserFeature[] {
  const features: UserFeature[] = [];
  const categories = new Map<string, { columns: number[]; levels: string[] }>();
  for (const [j, name] of names.entries()) {
    if (AFFINITY.test(name)) continue;
    const equals = name.indexOf('=');
    const known = categories.get(name.slice(0, equals));
    if (equals <= 0) features.push({ columns: [j] });
    else if (known) {
      known.columns.push(j);
      known.levels.push(name.slice(equals + 1));
    } else {
      const category = { columns: [j], levels: [name.slice(equals + 1)] };
      categories.set(name.slice(0, equals), category);
      features.push(category);
    }
  }
  return features;
}

function rowOf(block: LogBlock, i: number, features: readonly UserFeature[], affinities: readonly number[]): string {
  const { requests, decisions, outcomes, spec } = block.log;
  const reward = outcomes.reward[i];
  if (reward !== 0 && reward !== 1) {
    throw new InputError(
      `${block.where(i)}: reward ${reward} is neither 0 nor 1; the Open Bandit Dataset's layout holds clicks`,
    );
  }
  const d = spec.contextNames.length;
  const cell = (j: number): number => requests.context.data[i * d + j];
  const position = block.columns.get('position')?.[i] ?? 1;
  return csvRow([
    block.first + i,
    timestampOf(requests.hour[i]),
    decisions.action[i],
    position,
    reward,
    decisions.propensity[i],
    ...features.map(
      ({ columns, levels }) => levels?.[columns.findIndex((j) => cell(j) === 1)] ?? (levels ? '' : cell(columns[0])),
    ),
    ...affinities.map(cell),
  ]);
}
