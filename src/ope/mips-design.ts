/**
 * A design with many actions for marginalised IPS, Saito & Joachims 2022, §5.1, as their code has it (Open Bandit Pipeline
 * 0.5.5, `SyntheticBanditDatasetWithActionEmbeds`): what an action is worth hangs on the three categories that it shows by
 * chance, and on nothing else. The truth is known. One thing differs: how much each dimension counts is drawn once for the
 * world; there it is drawn anew for every log, so that their truth is that of another world than the log's.
 */
import type { Evidence, Random } from '../core/contracts.ts';
import { matrix, row } from '../core/matrix.ts';
import type { Matrix } from '../core/matrix.ts';
import type { Sequence } from '../core/random.ts';
import { banditLog } from './bandit-log.ts';

export interface MipsDesign {
  /** k */
  actions: number;
  /** D; default 3. */
  dimensions?: number;
  /** Categories of each dimension; default 10. */
  categories?: number;
  /** d; default 10. */
  context?: number;
  /** β of the behaviour policy, π_b ∝ exp(β q): below 0 it likes what is bad; default −1. */
  beta?: number;
  /** ε of the evaluation policy: best action but for ε, spread evenly; default 0.05. */
  epsilon?: number;
  /** Standard deviation of a reward about its mean; default 2.5. */
  noise?: number;
  /** Standard deviation of what a dimension's categories are worth, over contexts and categories; default 1. */
  spread?: number;
}

/** Evidence that has all that marginalised IPS looks at. */
export type EmbeddedEvidence = Evidence & Required<Pick<Evidence, 'behaviour' | 'embedding'>>;

/** A world of the design: logs may be drawn from it again and again. */
export interface MipsWorld {
  /** A log of m rows, with both policies and p(e | action); and the true value of the evaluation policy on its contexts. */
  draw(m: number, random: Random): { evidence: EmbeddedEvidence; truth: number };
}

/** Draws p(e | action) and the worth of contexts and categories from `random`; logs have streams of their own. */
export function mipsWorld(design: MipsDesign, random: Random): MipsWorld {
  const {
    actions: k,
    dimensions = 3,
    categories = 10,
    context: d = 10,
    beta = -1,
    epsilon = 0.05,
    noise = 2.5,
    spread = 1,
  } = design;
  const draw = random.stream('world').sequence();
  const given = Array.from({ length: dimensions }, () => softmaxRows(normals(k, categories)));
  const counts = Array.from({ length: dimensions }, () => gammaBelowOne(draw.uniform(), draw));
  const whole = counts.reduce((a, b) => a + b, 0);
  const dimension = counts.map((count) => ({
    importance: (spread * count) / whole,
    ...categoryWorths(categories, d, draw),
  }));

  return {
    draw(m, source) {
      const u = source.stream('rows').sequence();
      const evaluation = matrix(m, k);
      const behaviour = matrix(m, k);
      const x = matrix(m, d);
      const seen = matrix(m, dimensions);
      const action = new Int32Array(m);
      const reward = new Float64Array(m);
      const q = new Float64Array(k);
      let truth = 0;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < d; j++) x.data[i * d + j] = u.normal();
        const worth = worths(row(x, i));
        const best = meanWorths(worth, q);
        softmaxInto(q, beta, row(behaviour, i));
        const odds = row(evaluation, i).fill(epsilon / k);
        odds[best] += 1 - epsilon;
        for (let a = 0; a < k; a++) truth += odds[a] * q[a];
        action[i] = draws(row(behaviour, i), u.uniform());
        for (let e = 0; e < dimensions; e++) {
          const category = draws(row(given[e], action[i]), u.uniform());
          seen.data[i * dimensions + e] = category;
          reward[i] += worth[e][category];
        }
        reward[i] += noise * u.normal();
      }
      const propensity = Float64Array.from(action, (a, i) => behaviour.data[i * k + a]);
      const log = banditLog({ actions: k, action, propensity, reward, context: x });
      return { evidence: { log, evaluation, behaviour, embedding: { seen, given } }, truth: truth / m };
    },
  };

  /** (D)(categories) what each category adds to the mean reward of this context. */
  function worths(x: Float64Array): Float64Array[] {
    return dimension.map(({ importance, own, taste }) =>
      own.map((b, c) => {
        let sum = b;
        for (let j = 0; j < d; j++) sum += taste.data[c * d + j] * x[j];
        return importance * sum;
      }),
    );
  }

  /** What each action is worth, over the categories that it may show; the best is the answer. */
  function meanWorths(worth: Float64Array[], q: Float64Array): number {
    let best = 0;
    for (let a = 0; a < k; a++) {
      let sum = 0;
      for (let e = 0; e < dimensions; e++) {
        const values = worth[e];
        const odds = given[e].data;
        for (let c = 0; c < categories; c++) sum += odds[a * categories + c] * values[c];
      }
      q[a] = sum;
      if (sum > q[best]) best = a;
    }
    return best;
  }

  function normals(rows: number, columns: number): Matrix {
    const z = matrix(rows, columns);
    for (let at = 0; at < z.data.length; at++) z.data[at] = draw.normal();
    return z;
  }
}

/** Numbers of a category that the world holds, and nobody sees. */
const HIDDEN = 5;

/**
 * What the categories of a dimension are worth to a context x ~ N(0, I): own(c) + taste(c)·x = θ_e·z_c + (θ_x + M z_c)·x,
 * z_c normal, coefficients uniform on [−1, 1]; moved and scaled to mean 0 and variance 1 over contexts and categories.
 */
function categoryWorths(categories: number, d: number, draw: Sequence): { own: Float64Array; taste: Matrix } {
  const coefficients = (length: number) => Float64Array.from({ length }, () => 2 * draw.uniform() - 1);
  const ofContext = coefficients(d);
  const ofCategory = coefficients(HIDDEN);
  const ofBoth = coefficients(d * HIDDEN);
  const own = new Float64Array(categories);
  const taste = matrix(categories, d);
  for (let c = 0; c < categories; c++) {
    const z = Float64Array.from({ length: HIDDEN }, () => draw.normal());
    own[c] = z.reduce((sum, one, h) => sum + one * ofCategory[h], 0);
    for (let j = 0; j < d; j++) {
      taste.data[c * d + j] = z.reduce((sum, one, h) => sum + one * ofBoth[j * HIDDEN + h], ofContext[j]);
    }
  }
  const mean = own.reduce((sum, one) => sum + one, 0) / categories;
  const squares = (values: Float64Array): number => values.reduce((sum, one) => sum + one * one, 0);
  const centred = own.map((one) => one - mean);
  const deviation = Math.sqrt((squares(centred) + squares(taste.data)) / categories);
  return { own: centred.map((x) => x / deviation), taste: { ...taste, data: taste.data.map((x) => x / deviation) } };
}

/** A gamma draw with a shape in (0, 1), by acceptance (Ahrens & Dieter 1974, GS). Over their sum: a Dirichlet draw. */
function gammaBelowOne(shape: number, draw: Sequence): number {
  for (;;) {
    const p = (1 + shape / Math.E) * draw.uniform();
    const ratio = draw.uniform();
    const x = p <= 1 ? Math.exp(Math.log(p) / shape) : -Math.log((1 + shape / Math.E - p) / shape);
    if (ratio <= (p <= 1 ? Math.exp(-x) : Math.exp((shape - 1) * Math.log(x)))) return x;
  }
}

/** exp(βq) over its sum; `out` may be q. */
function softmaxInto(q: Float64Array, beta: number, out: Float64Array): void {
  let top = -Infinity;
  for (let a = 0; a < q.length; a++) top = Math.max(top, beta * q[a]);
  let sum = 0;
  for (let a = 0; a < q.length; a++) sum += out[a] = Math.exp(beta * q[a] - top);
  for (let a = 0; a < q.length; a++) out[a] /= sum;
}

function softmaxRows(z: Matrix): Matrix {
  for (let i = 0; i < z.rows; i++) softmaxInto(row(z, i), 1, row(z, i));
  return z;
}

/** The index that a uniform draw falls on. */
function draws(odds: Float64Array, uniform: number): number {
  let rest = uniform;
  let a = 0;
  while (a < odds.length - 1 && rest >= odds[a]) rest -= odds[a++];
  return a;
}
