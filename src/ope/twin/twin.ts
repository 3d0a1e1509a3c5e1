/**
 * The twin of a log: a made-up population with the log's weights, click rates and model, from which logs can be drawn whose
 * true value is known. Where the behaviour policy is known whole, every action of every row is a cell of it, shown or not;
 * else the logged rows are all that is known, and weight that is missing (mean below 1) sits in a cell of its own, at twice
 * the largest weight that was seen. A parametric bootstrap (Efron & Tibshirani 1993, §6.5).
 */
import type { Evidence } from '../../core/contracts.ts';
import type { Random } from '../../core/random.ts';
import { rowTerms } from '../evidence.ts';
import { aliasTable } from './alias-table.ts';
import type { AliasTable } from './alias-table.ts';

/** Fields of a cell, side by side in memory. */
const FIELDS = 5;

export interface Twin {
  /**
   * (cells×5) weight; Σ_a π_e(a) q̂(a); q̂ of the cell's action; the true expected reward; Σ_a π_b(a) q̂(a), for which q̂ of
   * the action stands where π_b is not known whole.
   */
  cells: Float64Array;
  alias: AliasTable;
  /** E[w·r]: the value of the policy. */
  truth: number;
  /** E[r]: the value of the policy that logged. */
  loggedTruth: number;
  /** Rewards are 0 or 1; else a draw is the expectation plus one of these. */
  residuals: Float64Array | null;
}

/** One drawn log, in the columns that estimators of weights read. */
export interface TwinRows {
  /** (n) each */
  weight: Float64Array;
  expected: Float64Array;
  /** r − q̂(action). */
  error: Float64Array;
  /** Σ_a π_b(a) q̂(a). */
  logged: Float64Array;
  reward: Float64Array;
}

/** Cells beyond which rows are thinned: 128 MB. */
const MOST_CELLS = 4e6;
/** An action's click rate is drawn towards the model's by so many clicks, its mean reward by so many rows. */
const PRIOR_CLICKS = 1;
const PRIOR_ROWS = 10;

/** The twin of some evidence, whose rows must have passed `checkRows`. Draws nothing. */
export function twinOf(evidence: Evidence): Twin {
  const { log, evaluation, behaviour, predicted: model } = evidence;
  const m = log.size;
  const k = evaluation.columns;
  const { action } = log.decisions;
  const { reward } = log.outcomes;
  const { weight, expected } = rowTerms(evidence);
  const mean = reward.subarray(0, m).reduce((sum, r) => sum + r, 0) / m;
  const binary = isBinary(reward, m);
  const guess = (i: number, a: number): number => (model ? model.data[i * k + a] : mean);
  const correction = corrections(evidence, guess, binary);
  const truthOf = (i: number, a: number): number =>
    binary ? Math.min(Math.max(guess(i, a) * correction[a], 0), 1) : guess(i, a) + correction[a];

  const step = behaviour ? Math.max(1, Math.ceil((m * k) / MOST_CELLS)) : Math.max(1, Math.ceil(m / MOST_CELLS));
  const chance: number[] = [];
  const cells: number[] = [];
  const add: AddCell = (probability, w, v, q, truth, logged) => {
    chance.push(probability);
    cells.push(w, v, q, truth, logged);
  };
  for (let i = 0; i < m; i += step) {
    const v = model ? expected[i] : 0;
    if (!behaviour) {
      const q = model ? guess(i, action[i]) : 0;
      add(1, weight[i], v, q, truthOf(i, action[i]), q);
      continue;
    }
    let logged = 0;
    if (model) for (let a = 0; a < k; a++) logged += behaviour.data[i * k + a] * guess(i, a);
    for (let a = 0; a < k; a++) {
      const p = behaviour.data[i * k + a];
      if (p > 0) add(p, evaluation.data[i * k + a] / p, v, model ? guess(i, a) : 0, truthOf(i, a), logged);
    }
  }
  completeWeight(chance, cells, mean, add);
  const twin: Twin = {
    cells: Float64Array.from(cells),
    alias: aliasTable(chance),
    truth: 0,
    loggedTruth: 0,
    residuals: binary ? null : residualsOf(evidence, truthOf),
  };
  settle(twin, chance, model !== undefined);
  return twin;
}

/** Room for n rows. */
export function roomFor(n: number): TwinRows {
  const columns = (): Float64Array => new Float64Array(n);
  return { weight: columns(), expected: columns(), error: columns(), logged: columns(), reward: columns() };
}

/** Draws n rows into `out`; world `index` is the same whatever was drawn before. */
export function drawRows(twin: Twin, n: number, out: TwinRows, random: Random, index: number): void {
  const { cells, alias, residuals } = twin;
  const { threshold, other } = alias;
  const count = threshold.length;
  const words = random.burst(3 * n, index, n);
  for (let i = 0; i < n; i++) {
    let cell = Math.floor((words[3 * i] >>> 0) * (count / 4294967296));
    if ((words[3 * i + 1] >>> 0) / 4294967296 >= threshold[cell]) cell = other[cell];
    const at = cell * FIELDS;
    const u = (words[3 * i + 2] >>> 0) / 4294967296;
    const truth = cells[at + 3];
    out.weight[i] = cells[at];
    out.expected[i] = cells[at + 1];
    out.logged[i] = cells[at + 4];
    if (residuals) out.reward[i] = truth + residuals[Math.floor(u * residuals.length)];
    else out.reward[i] = u < truth ? 1 : 0;
    out.error[i] = out.reward[i] - cells[at + 2];
  }
}

type AddCell = (probability: number, w: number, v: number, q: number, truth: number, logged: number) => void;

/** Makes the mean weight 1: missing weight gets a cell of its own, weight too much is scaled away. */
function completeWeight(chance: readonly number[], cells: number[], mean: number, add: AddCell): void {
  let total = 0;
  let mass = 0;
  let largest = 0;
  let v = 0;
  for (const [c, p] of chance.entries()) {
    total += p;
    mass += p * cells[c * FIELDS];
    v += p * cells[c * FIELDS + 1];
    largest = Math.max(largest, cells[c * FIELDS]);
  }
  if (mass === 0) return; // nothing overlaps: there is no weight to complete
  const average = mass / total;
  if (average < 1 - 1e-9) {
    // (mass + p·w) / (total + p) = 1 for w = twice the largest.
    const w = 2 * Math.max(largest, 1);
    add((total - mass) / (w - 1), w, v / total, v / total, mean, v / total);
  } else {
    for (let c = 0; c < chance.length; c++) cells[c * FIELDS] /= average;
  }
}

/** By action: what turns the model's guess into the rate that was seen; a factor for clicks, a shift for other rewards. */
function corrections(
  { log, evaluation }: Evidence,
  guess: (i: number, a: number) => number,
  binary: boolean,
): Float64Array {
  const k = evaluation.columns;
  const seen = new Float64Array(k);
  const guessed = new Float64Array(k);
  const rows = new Float64Array(k);
  for (let i = 0; i < log.size; i++) {
    const a = log.decisions.action[i];
    seen[a] += log.outcomes.reward[i];
    guessed[a] += guess(i, a);
    rows[a]++;
  }
  return seen.map((sum, a) =>
    binary
      ? (sum + PRIOR_CLICKS) / (Math.max(guessed[a], 0) + PRIOR_CLICKS)
      : (sum - guessed[a]) / (rows[a] + PRIOR_ROWS),
  );
}

function residualsOf({ log }: Evidence, truthOf: (i: number, a: number) => number): Float64Array {
  const residuals = Float64Array.from(
    { length: log.size },
    (_, i) => log.outcomes.reward[i] - truthOf(i, log.decisions.action[i]),
  );
  const mean = residuals.reduce((sum, x) => sum + x, 0) / residuals.length;
  return residuals.map((x) => x - mean);
}

/**
 * The true values; and the model's expectation moved so that E[v̂] = E[w·q̂], as holds for any policy: what only the logged
 * actions show of it is off by chance.
 */
function settle(twin: Twin, chance: readonly number[], model: boolean): void {
  const { cells } = twin;
  let [total, truth, logged, gap] = [0, 0, 0, 0];
  for (const [c, p] of chance.entries()) {
    const at = c * FIELDS;
    total += p;
    truth += p * cells[at] * cells[at + 3];
    logged += p * cells[at + 3];
    gap += p * (cells[at] * cells[at + 2] - cells[at + 1]);
  }
  if (model) for (let c = 0; c < chance.length; c++) cells[c * FIELDS + 1] += gap / total;
  twin.truth = truth / total;
  twin.loggedTruth = logged / total;
}

function isBinary(reward: Float64Array, m: number): boolean {
  for (let i = 0; i < m; i++) if (reward[i] !== 0 && reward[i] !== 1) return false;
  return true;
}
