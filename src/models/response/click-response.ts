/**
 * The click response of a log: log-odds of a click by item, position, hour, fatigue and headline, by logistic
 * regression with a ridge whose strength cross-validation picks. Rows are not weighted: the fit says how those respond
 * who were shown an item, and where the logging policy chose by what is not in the log, that choice is in the effects.
 */
import { HEADLINE_NAMES } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { logisticSolver, scoreOf } from '../ctr/newton.ts';
import type { SparseRows } from '../ctr/newton.ts';
import { estimated } from './headline-weights.ts';
import type { Estimated } from './headline-weights.ts';
import { inverseOf } from './strata-logistic.ts';

/** A user's own ad log in time order, as columns; what the log does not hold is absent. */
export interface ResponseRows {
  size: number;
  /** (rows) 0 or 1 */
  click: Uint8Array;
  /** (rows) index into `items`. */
  item: Int32Array;
  /** Names of the items or categories. */
  items: readonly string[];
  /** (rows) place on the page, 1 at the top. */
  position?: Int32Array;
  /** (rows)[h] since midnight before the log, non-decreasing: `hour % 24` is the hour of the day. */
  hour?: Float64Array;
  /** (rows) user's number. */
  user?: Int32Array;
  /** (rows×7) `HEADLINE_NAMES`. */
  headline?: Float64Array;
}

export interface ResponseFit {
  level: number;
  rows: number;
  clicks: number;
  /** Ridge that cross-validation picked. */
  l2: number;
  /** Mean predicted click rate at position 1 of unseen items. */
  baseCtr: Estimated;
  hour?: { amplitude: Estimated; peak: number };
  headlineWeights?: Readonly<Record<string, Estimated>>;
  /** Odds of a click at each position over those at position 1; the first is 1. */
  positionFactors?: readonly Estimated[];
  /** Loss of log-odds per log(1 + earlier exposures). */
  fatigue?: { weight: Estimated; halfLifeHours: number };
  /** (items) log-odds against the average item, shrunk. */
  items: Readonly<Record<string, Estimated>>;
  /** Columns that do not vary in the log and so cannot be fitted. */
  constant: readonly string[];
  /** (n) click probability of each row of any log with the same items. */
  predict(rows: ResponseRows): Float64Array;
}

export interface ResponseOptions {
  level?: number;
  /** [h] time in which an exposure counts half; default 24. It is taken as given, not fitted. */
  halfLifeHours?: number;
}

/** Fewer clicks than this say nothing. */
export const LEAST_CLICKS = 30;
const FOLDS = 5;
const STRENGTHS = [300, 100, 30, 10, 3, 1];
/** Columns that are not items are scaled up so that the ridge leaves them nearly free: its strength is divided by 400. */
const FREE = 20;

/** Deterministic. Throws `InputError` for fewer than 30 clicks or nothing but clicks. */
export function fitClickResponse(rows: ResponseRows, options: ResponseOptions = {}): ResponseFit {
  const { level = 0.95, halfLifeHours = 24 } = options;
  const clicks = rows.click.reduce((sum, one) => sum + one, 0);
  if (clicks < LEAST_CLICKS) {
    throw new InputError(
      `log: ${clicks} clicks in the rows to fit on are too few; give a log with at least ${LEAST_CLICKS} there`,
    );
  }
  if (clicks === rows.size) throw new InputError('log: every row is a click; give a log with the impressions too');
  const { named, constant } = columnsOf(rows, halfLifeHours);
  const design = designOf(rows, named, halfLifeHours);
  const l2 = strengthOf(design, rows.click);
  const { weights } = logisticSolver(design, rows.click).solve({ l2 });
  const covariance = inverseOf(curvatureOf(design, weights, l2), design.columns + 1);
  const k = rows.items.length;
  const size = design.columns + 1;
  const at = new Map(named.map((column, j) => [column.name, k + j]));
  const one = (name: string): Estimated | undefined => {
    const j = at.get(name);
    return j === undefined
      ? undefined
      : estimated(weights[j] * FREE, FREE * Math.sqrt(covariance[j * size + j]), level);
  };
  const fit: ResponseFit = {
    level,
    rows: rows.size,
    clicks,
    l2,
    baseCtr: baseRate(),
    items: Object.fromEntries(
      rows.items.map((name, j) => [name, estimated(weights[j], Math.sqrt(covariance[j * size + j]), level)]),
    ),
    constant,
    predict: (other) => ratesOf(designOf(other, named, halfLifeHours), weights),
  };
  const positions = named.flatMap(({ name }) => (name.startsWith('position ') ? [name] : []));
  if (positions.length > 0) {
    const top: Estimated = { value: 1, standardError: 0, interval: [1, 1] };
    const last = Math.max(...positions.map((name) => Number(name.slice(9))));
    fit.positionFactors = Array.from({ length: last }, (_, l) => {
      const odds = l === 0 ? undefined : one(`position ${l + 1}`);
      return odds ? ratio(odds) : l === 0 ? top : { ...top, value: Number.NaN, interval: [0, Infinity] as const };
    });
  }
  const [sine, cosine] = [one('hour sin'), one('hour cos')];
  if (sine && cosine) fit.hour = wave(sine.value, cosine.value);
  const slope = one('fatigue');
  if (slope) {
    const [low, high] = slope.interval;
    fit.fatigue = { weight: { ...slope, value: -slope.value, interval: [-high, -low] }, halfLifeHours };
  }
  const headline = HEADLINE_NAMES.flatMap((name) => {
    const weight = one(`headline ${name}`);
    return weight ? [[name, weight] as const] : [];
  });
  if (headline.length > 0) fit.headlineWeights = Object.fromEntries(headline);
  return fit;

  /** Mean rate over the rows as if all stood at the top and nobody was tired; delta method. */
  function baseRate(): Estimated {
    const gradient = new Float64Array(size);
    let sum = 0;
    const away = new Set([...at].flatMap(([name, j]) => (/^(position|fatigue)/u.test(name) ? [j] : [])));
    for (let i = 0; i < design.rows; i++) {
      let z = weights[size - 1];
      const from = i * design.width;
      for (let e = from; e < from + design.width; e++) {
        if (!away.has(design.index[e])) z += weights[design.index[e]] * design.value[e];
      }
      const p = 1 / (1 + Math.exp(-z));
      sum += p;
      gradient[size - 1] += p * (1 - p);
      for (let e = from; e < from + design.width; e++) {
        if (!away.has(design.index[e])) gradient[design.index[e]] += p * (1 - p) * design.value[e];
      }
    }
    let variance = 0;
    for (let j = 0; j < size; j++) {
      for (let l = 0; l < size; l++) variance += gradient[j] * covariance[j * size + l] * gradient[l];
    }
    // On the log-odds scale, so that the interval stays in (0, 1).
    const rate = sum / design.rows;
    const error = Math.sqrt(variance) / design.rows;
    const odds = estimated(Math.log(rate / (1 - rate)), error / (rate * (1 - rate)), level);
    const [low, high] = odds.interval.map((z) => 1 / (1 + Math.exp(-z)));
    return { value: rate, standardError: error, interval: [low, high] };
  }

  /** a sin + b cos as amplitude and peak; delta method, and the amplitude is not below 0. */
  function wave(a: number, b: number): { amplitude: Estimated; peak: number } {
    const length = Math.sqrt(a * a + b * b);
    const [s, c] = [at.get('hour sin') ?? 0, at.get('hour cos') ?? 0];
    const variance =
      a * a * covariance[s * size + s] + 2 * a * b * covariance[s * size + c] + b * b * covariance[c * size + c];
    const amplitude = estimated(length, (FREE * Math.sqrt(variance)) / length, level);
    const hour = (Math.atan2(a, b) * 24) / (2 * Math.PI);
    const [low, high] = amplitude.interval;
    return { amplitude: { ...amplitude, interval: [Math.max(0, low), high] }, peak: hour < 0 ? hour + 24 : hour };
  }
}

/** exp of a log-odds, its interval too. */
function ratio({ value, standardError, interval: [low, high] }: Estimated): Estimated {
  return {
    value: Math.exp(value),
    standardError: Math.exp(value) * standardError,
    interval: [Math.exp(low), Math.exp(high)],
  };
}

/** A column of the design beside the items. */
interface Column {
  name: string;
  of(rows: ResponseRows, exposures: Float64Array | undefined, i: number): number;
}

/** The columns that vary in this log, and the names of those that do not. */
function columnsOf(rows: ResponseRows, halfLifeHours: number): { named: Column[]; constant: string[] } {
  const all: Column[] = [];
  if (rows.position) {
    for (const place of [...new Set(rows.position)].toSorted((a, b) => a - b)) {
      if (place > 1) all.push({ name: `position ${place}`, of: (r, _, i) => (r.position?.[i] === place ? 1 : 0) });
    }
  }
  if (rows.hour) {
    const angle = (r: ResponseRows, i: number): number => (2 * Math.PI * (r.hour?.[i] ?? 0)) / 24;
    all.push({ name: 'hour sin', of: (r, _, i) => Math.sin(angle(r, i)) });
    all.push({ name: 'hour cos', of: (r, _, i) => Math.cos(angle(r, i)) });
  }
  if (rows.user && rows.hour) all.push({ name: 'fatigue', of: (_r, exposures, i) => Math.log1p(exposures?.[i] ?? 0) });
  if (rows.headline) {
    HEADLINE_NAMES.forEach((name, j) => {
      all.push({ name: `headline ${name}`, of: (r, _, i) => r.headline?.[i * HEADLINE_NAMES.length + j] ?? 0 });
    });
  }
  const exposures = exposuresOf(rows, halfLifeHours);
  const varies = (column: Column): boolean => {
    const first = column.of(rows, exposures, 0);
    return rows.click.some((_, i) => column.of(rows, exposures, i) !== first);
  };
  const named = all.filter(varies);
  return { named, constant: all.filter((column) => !named.includes(column)).map(({ name }) => name) };
}

function designOf(rows: ResponseRows, named: readonly Column[], halfLifeHours: number): SparseRows {
  const width = named.length + 1;
  const k = rows.items.length;
  const index = new Int32Array(rows.size * width);
  const value = new Float64Array(rows.size * width);
  const exposures = exposuresOf(rows, halfLifeHours);
  for (let i = 0; i < rows.size; i++) {
    index[i * width] = rows.item[i];
    value[i * width] = 1;
    named.forEach((column, j) => {
      index[i * width + 1 + j] = k + j;
      value[i * width + 1 + j] = FREE * column.of(rows, exposures, i);
    });
  }
  return { rows: rows.size, columns: k + named.length, width, index, value };
}

/** (rows) earlier exposures of the row's user to its item, each counting half after the half-life. */
function exposuresOf({ user, hour, item, size }: ResponseRows, halfLifeHours: number): Float64Array | undefined {
  if (!user || !hour) return undefined;
  const met = new Map<string, { count: number; hour: number }>();
  const out = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const key = `${user[i]}:${item[i]}`;
    const known = met.get(key);
    out[i] = known ? known.count * Math.exp((-Math.LN2 * (hour[i] - known.hour)) / halfLifeHours) : 0;
    met.set(key, { count: out[i] + 1, hour: hour[i] });
  }
  return out;
}

/** The ridge with the least held-out log loss over five folds (row i is of fold i mod 5). */
function strengthOf(design: SparseRows, click: Uint8Array): number {
  const loss = STRENGTHS.map(() => 0);
  for (let fold = 0; fold < FOLDS; fold++) {
    const solver = logisticSolver(
      design,
      click,
      Uint8Array.from(click, (_, i) => (i % FOLDS === fold ? 0 : 1)),
    );
    let start: Float64Array | undefined;
    STRENGTHS.forEach((l2, s) => {
      const { weights } = solver.solve({ l2, tolerance: 1e-6, ...(start && { start }) });
      start = weights;
      for (let i = fold; i < design.rows; i += FOLDS) {
        const z = scoreOf(design, i, weights);
        loss[s] += Math.log1p(Math.exp(click[i] === 1 ? -z : z));
      }
    });
  }
  return STRENGTHS[loss.indexOf(Math.min(...loss))];
}

function ratesOf(design: SparseRows, weights: Float64Array): Float64Array {
  return Float64Array.from({ length: design.rows }, (_, i) => 1 / (1 + Math.exp(-scoreOf(design, i, weights))));
}

/** ((columns + 1)²) XᵀWX + l2, whose inverse is the covariance under the ridge's own prior. */
function curvatureOf(design: SparseRows, weights: Float64Array, l2: number): Float64Array {
  const { columns, width, index, value } = design;
  const size = columns + 1;
  const out = new Float64Array(size * size);
  ratesOf(design, weights).forEach((p, i) => {
    const at = [...index.subarray(i * width, (i + 1) * width), columns];
    const x = [...value.subarray(i * width, (i + 1) * width), 1];
    at.forEach((j, a) => at.forEach((l, b) => (out[j * size + l] += p * (1 - p) * x[a] * x[b])));
  });
  for (let j = 0; j < columns; j++) out[j * size + j] += l2;
  return out;
}
