/** LinUCB's states and scores after a fixed sequence, against peers and an exact reference. */
import { describe, expect, it } from 'vitest';
import { linUcb } from '../../src/agents/contextual/lin-ucb.ts';
import type { LinUcb } from '../../src/agents/contextual/lin-ucb.ts';
import { onlineLogistic } from '../../src/agents/contextual/online-logistic.ts';
import { packedSize } from '../../src/agents/contextual/symmetric.ts';
import { matrix } from '../../src/core/matrix.ts';
import { tickOf } from '../agents/tick-of.ts';
import { banditCases, differences } from './bandit-cases.ts';
import type { LinearCase } from './bandit-cases.ts';

/** The full k×d×d of k packed symmetric matrices. */
function unpack(packed: Float64Array, k: number, d: number): number[] {
  const size = packedSize(d);
  const at = (a: number, i: number, j: number): number => packed[a * size + i * d - (i * (i - 1)) / 2 + j - i];
  const cells: number[] = [];
  for (let a = 0; a < k; a++) {
    for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) cells.push(at(a, Math.min(i, j), Math.max(i, j)));
  }
  return cells;
}

/** The agent after the whole sequence in ticks of `rows`, and its scores (tests×k). */
function learned(
  golden: LinearCase,
  rows: number,
  options: { alpha?: number; intercept?: boolean } = {},
): { agent: LinUcb; scores: Float64Array } {
  const { n_arms: k, dim: d, alpha, l2_lambda: lambda } = golden.params;
  const { contexts, arms, rewards, test_contexts: tests } = golden.sequence;
  const agent = linUcb(k, d, { alpha, lambda, ...options });
  for (let from = 0; from < arms.length; from += rows) {
    const to = from + rows;
    const tick = tickOf(k, arms.slice(from, to), rewards.slice(from, to), contexts.slice(from, to));
    agent.learn(tick.requests, tick.decisions, tick.outcomes, tick.requests);
  }
  const none = tests.map(() => 0);
  const scores = matrix(tests.length, k);
  agent.scores(tickOf(k, none, none, tests).requests, scores);
  return { agent, scores: scores.data };
}

function compare(golden: LinearCase, rows: number): string[] {
  const { n_arms: k, dim: d } = golden.params;
  const { agent, scores } = learned(golden, rows);
  const { gram, inverse, moment, theta } = agent.ridge;
  const thetas = theta.subarray(0, k * d);
  const ours: Record<string, ArrayLike<number>> = {
    A: unpack(gram, k, d),
    A_inv: unpack(inverse, k, d),
    b: moment,
    theta: thetas,
    posterior_mean: thetas,
    posterior_cov: unpack(inverse, k, d).map((cell) => golden.params.alpha ** 2 * cell),
    scores,
    ucb: scores,
  };
  const greedy = { ...ours, scores: learned(golden, rows, { alpha: 0 }).scores };
  const withIntercept = learned(golden, rows, { intercept: true });
  const against = (peer: string, state: object, mine: typeof ours): string[] =>
    Object.entries(state).flatMap(([key, value]) =>
      key in mine ? differences(`${peer} ${key}`, mine[key], value) : [],
    );
  return [
    ...against('exact', golden.reference_exact, ours),
    ...Object.entries(golden.expected).flatMap(([peer, state]) => {
      if (!Array.isArray(state)) return against(peer, state, peer.includes('Greedy') ? greedy : ours);
      return state.flatMap(({ arm, fit_intercept, coef, ucb }) => {
        const from = fit_intercept ? withIntercept : { agent, scores };
        const w = fit_intercept ? d + 1 : d;
        const row = [...from.agent.ridge.theta.subarray(arm * w, (arm + 1) * w)];
        // The peer's intercept comes last, ours first.
        if (fit_intercept) row.push(row.shift() ?? NaN);
        const column = from.scores.filter((_, i) => i % k === arm);
        return [
          ...differences(`${peer} coef of ${arm}`, row, coef, 1e-7),
          ...differences(`${peer} ucb of ${arm}`, column, ucb, 1e-7),
        ];
      });
    }),
  ];
}

const cases = banditCases();

describe.skipIf(!cases)('golden logistic bandits', () => {
  it('there are some', () => {
    expect(cases?.logistic.length).toBeGreaterThan(0);
  });

  it.each(cases?.logistic ?? [])('%s: the states after each batch', (_name, golden) => {
    const { dim: d, batch, contexts, rewards01: rewards, trace } = golden;
    const model = onlineLogistic(d, golden.lambda_);
    const found = new Map<number, [Float64Array, Float64Array]>();
    for (let from = 0; from < contexts.length; from += batch) {
      const to = Math.min(contexts.length, from + batch);
      model.learn(to - from, Float64Array.from(contexts.slice(from, to).flat()), rewards.slice(from, to));
      found.set(to, [model.mean.slice(), model.precision.slice()]);
    }
    const wrong = trace.flatMap(({ after, m, q }) => {
      const [mean, precision] = found.get(after) ?? [[], []];
      return [...differences(`m after ${after}`, mean, m), ...differences(`q after ${after}`, precision, q)];
    });
    expect(wrong).toEqual([]);
  });

  it('one row is learned as a batch of one: by the root and by Newton', () => {
    const [one, batch] = [onlineLogistic(3, 0.7), onlineLogistic(3, 0.7)];
    const rows = Float64Array.of(1, -2, 0.5, 0.2, 1, -1, 3, 0, 2);
    for (let i = 0; i < 3; i++) {
      one.learn(1, rows.slice(3 * i, 3 * i + 3), [i % 2]);
      // A row of zeros adds nothing but makes a batch of it.
      batch.learn(2, Float64Array.of(...rows.slice(3 * i, 3 * i + 3), 0, 0, 0), [i % 2, 0]);
    }
    expect(differences('m', one.mean, [...batch.mean])).toEqual([]);
    expect(differences('q', one.precision, [...batch.precision])).toEqual([]);
  });
});

describe.skipIf(!cases)('golden linear bandits', () => {
  it('there are some', () => {
    expect(cases?.linear.length).toBeGreaterThan(0);
  });

  describe.each(cases?.linear ?? [])('%s', (_name, golden) => {
    // One row at a time goes by Sherman–Morrison, all at once by Cholesky, seven by both.
    it.each([1, 7, 1_000_000])('LinUCB in ticks of %d', (rows) => {
      expect(compare(golden, rows)).toEqual([]);
    });
  });

  it.each(cases?.untouched ?? [])('%s: an action without data, where a peer is wrong', (_name, golden) => {
    const agent = linUcb(2, golden.x.length, { alpha: golden.alpha, lambda: golden.l2_lambda });
    const scores = matrix(1, 2);
    agent.scores(tickOf(2, [0], [0], [golden.x]).requests, scores);
    expect(differences('score', scores.data, [golden.correct, golden.correct])).toEqual([]);
  });
});
