/** Golden cases of bandit estimators, found by the shape of what lies in the folder, never by name. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { matrix, matrixFrom } from '../../src/core/matrix.ts';
import type { Matrix } from '../../src/core/matrix.ts';
import type { Evidence } from '../../src/core/contracts.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';
import { readNpy } from './npy.ts';

export interface GoldenEstimate {
  estimator: string;
  params: Record<string, unknown>;
  value: number | string;
  round_var_ddof0: number | string;
  ci?: Record<string, { student_t_lower: number }>;
  /** Marks a number of the peer that is wrong. */
  obp_defect?: string;
}

export interface GoldenCase {
  name: string;
  /** Built when asked for: the large ones need not all be in memory at once. */
  evidence: () => Evidence;
  expected: readonly GoldenEstimate[];
  tuning: readonly GoldenTuning[];
  /** Of deterministic policies: what the peer's replay gives. */
  replay?: number;
}

/** A parameter chosen among several: by SLOPE++, or by the error that is estimated. */
export interface GoldenTuning {
  estimator: string;
  method: string;
  delta: number;
  value: number;
  obp_defect?: string;
  /** Of SLOPE++, in the order of the peer's class. */
  per_lambda?: readonly { lam: number | string; theta: number; cnf: number }[];
  original_slope_ours?: { value: number };
  /** Of the estimated error: parameter and score. */
  scores?: readonly (readonly [number | string, number])[];
  use_bias_upper_bound?: boolean;
}

export interface Findings {
  cases: GoldenCase[];
  /** JSON files whose shape is not that of bandit estimators, for other tests. */
  others: string[];
}

type Json = Record<string, unknown>;

/** Every case below the folder. */
export function findCases(folder: string): Findings {
  const found: Findings = { cases: [], others: [] };
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, entry);
    if (!entry.endsWith('.json') || !statSync(path).isFile()) continue;
    const cases = casesOf(JSON.parse(readFileSync(path, 'utf8')) as Json, path, relative(folder, path));
    if (cases.length > 0) found.cases.push(...cases);
    else found.others.push(entry);
  }
  return found;
}

function casesOf(json: Json, path: string, name: string): GoldenCase[] {
  const { input, expected } = json;
  if (isRecord(input) && isRecord(input['evaluation_policies']) && isRecord(expected)) {
    const policies = input['evaluation_policies'];
    return byPolicy(expected, name, (policy) => () => table(input, policies[policy] as Json));
  }
  if (isRecord(input) && input['estimated_rewards_at_logged_position']) {
    return lists(expected).map((list) => ({
      name,
      expected: list,
      tuning: [],
      evidence: () => positions(input, input),
    }));
  }
  if (Array.isArray(json['cases'])) {
    return (json['cases'] as Json[])
      .filter((c) => isRecord(c['input']) && isEstimates(c['expected']))
      .map((c) => ({
        name: `${name}: ${String(c['name'])}`,
        expected: c['expected'] as GoldenEstimate[],
        tuning: [],
        evidence: () => handMade(c['input'] as Json),
      }));
  }
  const folder = dirname(path);
  if (!existsSync(join(folder, 'action.npy'))) return [];
  if (existsSync(join(folder, 'estimated_rewards_at_logged_position.npy'))) {
    return lists(expected).map((list) => ({
      name,
      expected: list,
      tuning: [],
      evidence: () => positions(json, arrays(folder)),
    }));
  }
  if (!isRecord(expected)) return [];
  return byPolicy(expected, name, (policy) => () => {
    const input = arrays(folder);
    const policies: Json = { action_dist: input[`action_dist.${policy}`], actions: input[`actions.${policy}`] };
    return table(input, policies);
  });
}

/** Lists of estimates: the value itself, or some of its entries. */
function lists(value: unknown): GoldenEstimate[][] {
  return (isRecord(value) ? Object.values(value) : [value]).filter(isEstimates);
}

function byPolicy(expected: Json, name: string, evidence: (policy: string) => () => Evidence): GoldenCase[] {
  return Object.entries(expected)
    .filter(([, found]) => isRecord(found) && isEstimates(found['estimates']))
    .map(([policy, found]) => ({
      name: `${name}: ${policy}`,
      expected: (found as { estimates: GoldenEstimate[] }).estimates,
      tuning: (found as { tuning?: GoldenTuning[] }).tuning ?? [],
      ...(typeof (found as Json)['replay_method'] === 'number' && { replay: Number((found as Json)['replay_method']) }),
      evidence: evidence(policy),
    }));
}

/** Distributions by row, or one action a row, or neither: uniform. */
function table(input: Json, policy: Json): Evidence {
  const predicted = asMatrix(input['estimated_rewards_by_reg_model']);
  const { rows: m, columns: k } = predicted;
  let evaluation = matrix(m, k);
  if (policy['action_dist']) evaluation = asMatrix(policy['action_dist']);
  else if (policy['actions']) {
    Array.from(policy['actions'] as ArrayLike<number>).forEach((a, i) => (evaluation.data[i * k + a] = 1));
  } else evaluation.data.fill(1 / k);
  return evidenceOf(input, evaluation, predicted);
}

/** One distribution per position, the same in every row. */
function positions(source: Json, input: Json): Evidence {
  const predicted = asMatrix(input['estimated_rewards_at_logged_position']);
  const { rows: m, columns: k } = predicted;
  const dist = asMatrix(source['action_dist']);
  const position = input['position'] as ArrayLike<number>;
  const evaluation = matrix(m, k);
  for (let i = 0; i < m; i++) {
    for (let a = 0; a < k; a++) evaluation.data[i * k + a] = dist.data[a * dist.columns + position[i]];
  }
  return evidenceOf(input, evaluation, predicted);
}

/** OBP's own layout: [row][action][position]. */
function handMade(input: Json): Evidence {
  const position = input['position'] as number[] | null;
  const pick = (cube: unknown): Matrix =>
    matrixFrom((cube as number[][][]).map((rows, i) => rows.map((cells) => cells[position?.[i] ?? 0])));
  return evidenceOf(input, pick(input['action_dist']), pick(input['estimated_rewards_by_reg_model']));
}

function evidenceOf(input: Json, evaluation: Matrix, predicted: Matrix): Evidence {
  const log = banditLog({
    actions: evaluation.columns,
    action: input['action'] as ArrayLike<number>,
    propensity: input['pscore'] as ArrayLike<number>,
    reward: input['reward'] as ArrayLike<number>,
  });
  return { log, evaluation, predicted };
}

/** Every .npy of a folder by name: matrices where they have two dimensions. */
function arrays(folder: string): Json {
  const found: Json = {};
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.npy')) continue;
    const { shape, data } = readNpy(join(folder, file));
    found[file.slice(0, -'.npy'.length)] = shape.length === 2 ? matrix(shape[0], shape[1], data) : data;
  }
  return found;
}

function asMatrix(value: unknown): Matrix {
  return Array.isArray(value) ? matrixFrom(value as number[][]) : (value as Matrix);
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEstimates(value: unknown): value is GoldenEstimate[] {
  return Array.isArray(value) && value.length > 0 && isRecord(value[0]) && 'params' in value[0] && 'value' in value[0];
}
