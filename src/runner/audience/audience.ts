/** `adsim audience LOG`: who the users are, what they will want next, and who resembles the ones one has. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { InputError } from '../../core/errors.ts';
import { randomFrom } from '../../core/random.ts';
import type { Warning } from '../../core/warnings.ts';
import type { BehaviourRows } from '../../models/audience/behaviour-rows.ts';
import { howMany } from '../../models/audience/how-many.ts';
import type { HowMany } from '../../models/audience/how-many.ts';
import { lookAlikes } from '../../models/audience/look-alikes.ts';
import type { LookAlikes } from '../../models/audience/look-alikes.ts';
import { clustersOf } from '../../models/audience/mini-batch.ts';
import { personasOf } from '../../models/audience/personas.ts';
import type { Personas } from '../../models/audience/personas.ts';
import { countUsers, userFeatures } from '../../models/audience/user-features.ts';
import { createClassifier } from '../../models/supervised/registry.ts';
import { sha256 } from '../digest.ts';
import { readBehaviourLog } from '../fit/behaviour-log.ts';
import type { BehaviourColumns } from '../fit/behaviour-log.ts';
import { openLog, wholeLog } from '../logs/open-log.ts';
import { ownFile } from '../logs/own-log.ts';
import type { ProgressListener } from '../progress.ts';
import { behaviourOfAds } from './ad-log.ts';
import { interestOf } from './interest.ts';
import type { Interest } from './interest.ts';

export { REST } from '../../models/audience/behaviour-rows.ts';
export type { Doubted, Persona } from '../../models/audience/personas.ts';
export type { Trial } from '../../models/audience/how-many.ts';

export interface AudienceOptions {
  /** Number of personas; default: the one with the best silhouette. */
  personas?: number;
  columns?: BehaviourColumns;
  /** Users to find others like, as the log names them. */
  seeds?: readonly string[];
}

export interface AudienceResult {
  /** Name of the log, and its digest. */
  source: string;
  sha256: string;
  rows: BehaviourRows;
  ids: readonly string[];
  howMany: HowMany;
  /** True where the number of personas was asked for. */
  asked: boolean;
  personas: Personas;
  /** Null where too few users came twice. */
  interest: Interest | null;
  /** Null where no seeds were given. */
  lookAlikes: LookAlikes | null;
  warnings: readonly Warning[];
}

/** Numbers of personas that are tried. */
const TRIED = [2, 3, 4, 5, 6, 7, 8];

/** Reads the log and describes its users. Same log, same result. Throws `InputError` for a log that cannot be used. */
export async function audienceOf(
  file: string,
  options: AudienceOptions = {},
  onProgress?: ProgressListener,
): Promise<AudienceResult> {
  const { rows, ids, from } = await behaviourIn(file, options.columns, onProgress);
  const random = randomFrom('audience');
  const say = (stage: string, done: number): void => onProgress?.({ stage, done, total: 1, unit: 'steps' });
  const counts = countUsers(rows);
  const features = userFeatures(counts);
  const tried = TRIED.filter((k) => k < rows.users);
  const given = options.personas;
  if (tried.length === 0) throw new InputError(`${file} has ${rows.users} users; bring a log of at least three`);
  if (given !== undefined && !(Number.isInteger(given) && given >= 1 && given <= rows.users)) {
    throw new InputError(
      `--k: ${given} is not a number of personas; use auto, or a whole number from 1 to ${rows.users}`,
    );
  }
  say('personas', 0);
  const many = howMany(features, tried, random);
  const k = given ?? many.bySilhouette;
  const chosen = many.trials.find((trial) => trial.k === k)?.clusters ?? clustersOf(features, k, random);
  const personas = personasOf(rows, chosen.assignment, k);
  say('personas', 1);
  const interest = await interestOf(rows, random.stream('interest'), onProgress);
  const found = options.seeds ? await alike(features, rows.categories, seedsIn(options.seeds, ids, file)) : null;
  return {
    source: path.basename(file),
    sha256: sha256(readFileSync(from)),
    rows,
    ids,
    howMany: many,
    asked: given !== undefined,
    personas,
    interest,
    lookAlikes: found,
    warnings: warningsOf(rows, many, k),
  };
}

async function behaviourIn(
  file: string,
  columns: BehaviourColumns | undefined,
  onProgress: ProgressListener | undefined,
): Promise<{ rows: BehaviourRows; ids: readonly string[]; from: string }> {
  const own = ownLogIn(file);
  if (own) {
    const rows = behaviourOfAds((await wholeLog(await openLog(own))).log, file);
    return { rows, ids: rows.ids, from: own };
  }
  const rows = await readBehaviourLog(file, columns, onProgress);
  return { rows, ids: rows.ids, from: file };
}

/** The file of adsim's own log; undefined where the log is a table of behaviour. */
function ownLogIn(file: string): string | undefined {
  if (existsSync(file) && statSync(file).isDirectory()) {
    const own = ownFile(file);
    if (own) return own;
    throw new InputError(`${file} holds no log; run an experiment that logs (models or offPolicy), or give a CSV file`);
  }
  return file.endsWith('.parquet') ? file : undefined;
}

function alike(
  features: ReturnType<typeof userFeatures>,
  categories: readonly string[],
  seeds: readonly number[],
): Promise<LookAlikes> {
  const names = [...categories.map((name) => `share of ${name}`), 'frequency', 'recency'];
  return lookAlikes(features, names, seeds, () => createClassifier({ kind: 'logistic' }), randomFrom('look-alikes'));
}

function seedsIn(seeds: readonly string[], ids: readonly string[], file: string): number[] {
  const numbers = new Map(ids.map((id, u) => [id, u]));
  const known = [...new Set(seeds)].map((id) => numbers.get(id)).filter((u) => u !== undefined);
  if (known.length > 0) return known;
  throw new InputError(
    `--seeds: none of ${seeds.length} users is in ${file}; write them as the log does, for instance ${ids[0]}`,
  );
}

/** Fewer users than this make personas a matter of chance. */
const FEW_USERS = 100;
/** Silhouettes below this tell of no groups (Kaufman & Rousseeuw 1990, Finding groups in data, table 4). */
const NO_STRUCTURE = 0.25;

function warningsOf(rows: BehaviourRows, many: HowMany, k: number): Warning[] {
  const warnings: Warning[] = [];
  if (rows.users < FEW_USERS) {
    warnings.push({
      kind: 'few-users',
      message: `The log holds ${rows.users} users: personas of so few are a matter of chance.`,
      advice: `Use a log of at least ${FEW_USERS} users.`,
    });
  }
  const silhouette = many.trials.find((trial) => trial.k === k)?.silhouette;
  if (silhouette !== undefined && silhouette < NO_STRUCTURE) {
    warnings.push({
      kind: 'no-clear-groups',
      message: `The silhouette of ${k} personas is ${silhouette.toFixed(2)}: users shade into each other, and the borders between personas are drawn, not found.`,
      advice: 'Read the personas as directions in which users differ, not as groups that exist.',
    });
  }
  return warnings;
}
