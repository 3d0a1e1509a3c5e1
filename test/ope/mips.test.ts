/** Marginalised IPS: unbiased where its assumption holds, calmer than IPS, and the peer's product form is neither. */
import { describe, expect, test } from 'vitest';
import { matrixFrom } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';
import { estimatedEmbedding } from '../../src/ope/estimated-embedding.ts';
import { marginalWeights, mips } from '../../src/ope/estimators/mips.ts';
import { evaluate } from '../../src/ope/evaluate.ts';
import { mipsWorld } from '../../src/ope/mips-design.ts';
import { createEstimators } from '../../src/ope/registry.ts';
import { selectEmbedding, subsets } from '../../src/ope/select-embedding.ts';

test('exact: over all that may happen in one row, the mean of w·r is the value, if rewards hang on categories alone', () => {
  const behaviour = [0.7, 0.2, 0.1];
  const evaluation = [0.1, 0.3, 0.6];
  const given = [
    [
      [0.9, 0.1],
      [0.4, 0.6],
      [0.2, 0.8],
    ],
    [
      [0.5, 0.3, 0.2],
      [0.1, 0.1, 0.8],
      [0.25, 0.5, 0.25],
    ],
  ];
  const worth = (c: number, d: number): number => 1 + 2 * c - 0.7 * d * d + c * d;
  let mean = 0;
  let product = 0;
  let truth = 0;
  for (let a = 0; a < 3; a++) {
    for (let c = 0; c < 2; c++) {
      for (let d = 0; d < 3; d++) {
        const shown = given[0][a][c] * given[1][a][d];
        truth += evaluation[a] * shown * worth(c, d);
        const evidence = {
          log: banditLog({ actions: 3, action: [a], propensity: [behaviour[a]], reward: [worth(c, d)] }),
          evaluation: matrixFrom([evaluation]),
          behaviour: matrixFrom([behaviour]),
          embedding: { seen: matrixFrom([[c, d]]), given: given.map((odds) => matrixFrom(odds)) },
        };
        const [joint, peer] = evaluate(evidence, [mips(), mips({ product: true })]);
        mean += behaviour[a] * shown * joint.value;
        product += behaviour[a] * shown * peer.value;
      }
    }
  }
  expect(mean).toBeCloseTo(truth, 13);
  expect(Math.abs(product - truth)).toBeGreaterThan(0.1);
});

test('given odds and the posterior that follows from them by Bayes weigh alike', () => {
  const { evidence } = mipsWorld({ actions: 6, categories: 3 }, randomFrom('bayes')).draw(50, randomFrom('bayes'));
  const { behaviour, embedding } = evidence;
  const { seen, given = [] } = embedding;
  const posterior = matrixFrom(
    Array.from({ length: 50 }, (_, i) => {
      const z = Array.from({ length: 6 }, (__, a) =>
        given.reduce((p, odds, d) => p * odds.data[a * 3 + seen.data[i * 3 + d]], behaviour.data[i * 6 + a]),
      );
      const sum = z.reduce((x, y) => x + y, 0);
      return z.map((x) => x / sum);
    }),
  );
  const weights = (e: typeof evidence): Float64Array => {
    const out = new Float64Array(50);
    marginalWeights(e, {}, out, 1);
    return out;
  };
  const ours = weights(evidence);
  weights({ ...evidence, embedding: { seen, posterior } }).forEach((w, i) => expect(w / ours[i]).toBeCloseTo(1, 10));
});

describe('the design of B14, small', () => {
  // One world, 60 logs of 1,000 rows. α = 10⁻⁴: the mean error lies within 3.9 standard errors of 0 (normal, 60 logs).
  const random = randomFrom('b14');
  const world = mipsWorld({ actions: 50 }, random);
  const runs = Array.from({ length: 60 }, (_, run) => {
    const { evidence, truth } = world.draw(1000, random.stream('log', run));
    const [joint, product, weighted] = evaluate(evidence, [
      mips(),
      mips({ product: true }),
      ...createEstimators(['ips']),
    ]);
    return [joint, product, weighted].map(({ value }) => value - truth);
  });
  const errors = [0, 1, 2].map((j) => runs.map((run) => run[j]));
  const mean = (x: number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
  const square = (x: number[]): number => mean(x.map((e) => e * e));

  test('the joint weight is unbiased and its squared error several times smaller than that of IPS', () => {
    const [joint, , ips] = errors;
    const error = Math.sqrt((square(joint) - mean(joint) ** 2) / 59);
    console.info(
      `bias ${mean(joint).toFixed(3)} ± ${error.toFixed(3)}, product ${mean(errors[1]).toFixed(3)}; MSE ${errors.map((e) => square(e).toFixed(4)).join(', ')}`,
    );
    expect(Math.abs(mean(joint)) / error).toBeLessThan(3.9);
    expect(square(ips) / square(joint)).toBeGreaterThan(3);
  });

  test('estimated odds come near those that are known', () => {
    const { evidence } = world.draw(20_000, random.stream('long'));
    const estimated = { ...evidence, embedding: estimatedEmbedding(evidence.log, evidence.embedding.seen, [0]) };
    const [known] = evaluate(evidence, [mips({ dimensions: [0] })]);
    const [guess] = evaluate(estimated, [mips()]);
    expect(Math.abs(guess.value - known.value)).toBeLessThan(0.15);
  });

  test('dimensions are chosen among those that agree', () => {
    const { evidence } = world.draw(500, random.stream('selection'));
    const exact = selectEmbedding(evidence, mips, { method: 'exact' });
    expect(exact.walk[0].dimensions).toEqual([0, 1, 2]);
    expect(exact.value).toBe(evaluate(evidence, [mips({ dimensions: exact.dimensions })])[0].value);
    expect(selectEmbedding(evidence, mips, { least: 3 }).dimensions).toEqual([0, 1, 2]);
    expect(subsets([0, 1, 2], 2)).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
  });
});

describe('refusals', () => {
  const { evidence } = mipsWorld({ actions: 4 }, randomFrom('bad')).draw(10, randomFrom('bad'));
  const { seen, given = [] } = evidence.embedding;
  const refused = (embedding: typeof evidence.embedding) => () => evaluate({ ...evidence, embedding }, [mips()]);

  test('a category, a distribution or a length that does not fit is one sentence', () => {
    const odd = { ...seen, data: seen.data.slice() };
    odd.data[7] = 10;
    expect(refused({ seen: odd, given })).toThrow(/^Row 3 .*category 10 of dimension 1 is none of 0 to 9/);
    odd.data[7] = NaN;
    expect(refused({ seen: odd, given })).toThrow(/^Row 3 .*category NaN/);
    const heavy = { ...given[1], data: given[1].data.map((p) => 2 * p) };
    expect(refused({ seen, given: [given[0], heavy, given[2]] })).toThrow(/Dimension 1 .*action 0: the odds sum to 2/);
    expect(refused({ seen, given: [given[0]] })).toThrow(/3 dimensions, and odds given the action for 1/);
    expect(refused({ seen: { ...seen, rows: 9 }, given })).toThrow(/embedding has 9 rows, the log 10/);
    const { embedding: _, ...without } = evidence;
    expect(() => evaluate(without, [mips()])).toThrow(/mips needs the categories/);
  });
});
