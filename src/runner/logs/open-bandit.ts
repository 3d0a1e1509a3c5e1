/** The Open Bandit Dataset's layout (Saito et al. 2020): a CSV of recommendations, and beside it what the items are. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { csvRecords } from '../upworthy-file.ts';
import type { ColumnMap } from './column-map.ts';

/** True for the columns of the dataset, whichever of its two names the propensity has. */
export const isOpenBandit = (names: readonly string[]): boolean =>
  ['item_id', 'position', 'click'].every((name) => names.includes(name)) &&
  ['propensity_score', 'action_prob'].some((name) => names.includes(name));

/** The CSV of a folder that holds one beside its `item_context.csv`; undefined for another folder. */
export function openBanditFile(folder: string): string | undefined {
  const files = readdirSync(folder).filter((name) => /\.csv(?:\.gz)?$/u.test(name) && name !== 'item_context.csv');
  if (files.length === 1) return join(folder, files[0]);
  if (files.length > 1 && existsSync(join(folder, 'item_context.csv'))) {
    throw new InputError(`${folder} has several logs (${files.sort().join(', ')}); give one of them`);
  }
  return undefined;
}

/**
 * What the columns hold. The actions are the items 0 … K − 1: as many as `item_context.csv` beside the file lists, else
 * as there are affinities, else as are seen. User features are hashes and become categories.
 */
export function openBanditMap(path: string, names: readonly string[]): ColumnMap {
  const affinities = names.filter((name) => /^user-item_affinity_\d+$/u.test(name));
  const features = names.filter((name) => /^user_feature_\d+$/u.test(name));
  const items = itemsBeside(path) ?? (affinities.length > 0 ? affinities.length : undefined);
  const map: ColumnMap = {
    action: 'item_id',
    propensity: names.includes('propensity_score') ? 'propensity_score' : 'action_prob',
    click: 'click',
    position: 'position',
    context: [...features, ...affinities],
    categories: features,
  };
  if (names.includes('timestamp')) map.time = 'timestamp';
  if (items !== undefined) map.actions = items;
  return map;
}

/** K, of the item_context.csv in the file's folder. */
function itemsBeside(path: string): number | undefined {
  const file = join(dirname(path), 'item_context.csv');
  if (!existsSync(file)) return undefined;
  const ids = csvRecords(file, ['item_id']).map((record) => Number(record['item_id']));
  const k = ids.length;
  if (new Set(ids).size === k && ids.every((id) => Number.isInteger(id) && id >= 0 && id < k)) return k;
  throw new InputError(`${file}: the item_ids are not 0 to ${k - 1}, each once; correct the file`);
}
