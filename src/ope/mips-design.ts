/**
 * A design with many actions for marginalised IPS, in the manner of Saito & Joachims 2022, §5.1: what an action is worth
 * hangs on the three categories that it shows by chance, and on nothing else. The truth is known.
 */
import type { Evidence, Random } from '../core/contracts.ts';
import { matrix, row } from '../core/matrix.ts';
import type { Matrix } from '../core/matrix.ts';
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
  } = design;
  const draw = random.stream('world').sequence();
  const given = Array.from({ length: dimensions }, () => softmaxRows(normals(k, categories), 1));
  // A category's worth: a part of its own and one that hangs on the context; dimensions count by chance, together 1.
  const importance = Array.from({ length: dimensions }, () => -Math.log(1 - draw.uniform()));
  const whole = importance.reduce((a, b) => a + b, 0);
  const base = Array.from({ length: dimensions }, () => normals(1, categories).data);
  const taste = Array.from({ length: dimensions }, () => normals(categories, d));

  return {
    draw(m, source) {
      const u = source.stream('rows').sequence();
      const evaluation = matrix(m, k);
      const behaviour = matrix(m, k);
      const x = matrix(m, d);
      const seen = matrix(m, dimensions);
      const action = new Int32Array(m);
      const reward = new Float64Array(m);
      let truth = 0;
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < d; j++) x.data[i * d + j] = u.normal();
        const worth = worths(row(x, i));
        const q = Float64Array.from({ length: k }, (_, a) => meanWorth(worth, a));
        row(behaviour, i).set(softmax(q, beta));
        const best = q.indexOf(Math.max(...q));
        const odds = row(evaluation, i).fill(epsilon / k);
        odds[best] += 1 - epsilon;
        odds.forEach((p, a) => (truth += p * q[a]));
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
    return base.map((own, e) =>
      own.map((b, c) => {
        let sum = b;
        for (let j = 0; j < d; j++) sum += taste[e].data[c * d + j] * x[j];
        return (importance[e] / whole) * sum;
      }),
    );
  }

  function meanWorth(worth: Float64Array[], a: number): number {
    let sum = 0;
    worth.forEach((values, e) => row(given[e], a).forEach((p, c) => (sum += p * values[c])));
    return sum;
  }

  function normals(rows: number, columns: number): Matrix {
    const z = matrix(rows, columns);
    for (let at = 0; at < z.data.length; at++) z.data[at] = draw.normal();
    return z;
  }
}

function softmax(q: Float64Array, beta: number): Float64Array {
  const top = Math.max(...q.map((x) => beta * x));
  const z = q.map((x) => Math.exp(beta * x - top));
  const sum = z.reduce((a, b) => a + b, 0);
  return z.map((x) => x / sum);
}

function softmaxRows(z: Matrix, beta: number): Matrix {
  for (let i = 0; i < z.rows; i++) row(z, i).set(softmax(row(z, i), beta));
  return z;
}

/** The index that a uniform draw falls on. */
function draws(odds: Float64Array, uniform: number): number {
  let rest = uniform;
  let a = 0;
  while (a < odds.length - 1 && rest >= odds[a]) rest -= odds[a++];
  return a;
}
