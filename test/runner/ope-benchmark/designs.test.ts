/** Logs of known truth: what they promise, and that IPS, which knows nothing but them, finds their truth. */
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import type { Random } from '../../../src/core/random.ts';
import { crossFit } from '../../../src/ope/cross-fit.ts';
import { dm } from '../../../src/ope/estimators/dm.ts';
import { ips } from '../../../src/ope/estimators/ips.ts';
import { evaluate } from '../../../src/ope/evaluate.ts';
import { classifiedBandit } from '../../../src/runner/ope-benchmark/classified-bandit.ts';
import type { JudgedLog } from '../../../src/runner/ope-benchmark/judged-log.ts';
import { marketLog } from '../../../src/runner/ope-benchmark/market-log.ts';
import { obpSynthetic } from '../../../src/runner/ope-benchmark/obp-synthetic.ts';

/** Four clouds around the corners of a square. */
function clouds(): Parameters<typeof classifiedBandit>[0] {
  const draw = randomFrom('clouds').sequence();
  const label = Int32Array.from({ length: 1200 }, (_, i) => i % 4);
  const features = new Float64Array(2400);
  label.forEach((c, i) => {
    features[2 * i] = 2 * (c % 2) + draw.normal();
    features[2 * i + 1] = 2 * Math.floor(c / 2) + draw.normal();
  });
  return { name: 'clouds', featureNames: ['x', 'y'], classes: ['a', 'b', 'c', 'd'], features, label };
}

const CANDIDATES = [
  { name: 'trusted', trust: 0.9, classifier: 'logistic' as const, l2: 0.01 },
  { name: 'mean', trust: 0.6, classifier: 'nearest-mean' as const, l2: 0.01 },
];
const world = { preset: 'quiet' as const, users: 200, lanes: 20, categories: 4, baseCtr: 0.3 };
const DESIGNS: Record<string, (random: Random) => JudgedLog> = {
  'obp-synthetic': (random) =>
    obpSynthetic({ actions: 5, context: 2, rows: 1000, beta: -3, sharpness: [1, 8] }, random),
  classified: (random) =>
    classifiedBandit(
      clouds(),
      { behaviour: { trust: 0.3, classifier: 'logistic', l2: 0.01 }, candidates: CANDIDATES, logged: 0.7 },
      random,
    ),
  market: (random) => marketLog({ world, requests: 1000, behaviour: 0.5, bidUsd: 0, sharpness: [0.5, 1] }, random),
};

describe.each(Object.entries(DESIGNS))('%s', (name, design) => {
  it('is a pure function of its source', () => {
    const [one, two, other] = ['a', 'a', 'b'].map((seed) => design(randomFrom(seed)));
    expect(one.log.decisions.action).toEqual(two.log.decisions.action);
    expect(one.candidates).toEqual(two.candidates);
    expect(one.log.decisions.action).not.toEqual(other.log.decisions.action);
  });

  it('logs the propensities that it drew from, and odds that sum to 1', () => {
    const { log, behaviour, candidates } = design(randomFrom('odds'));
    const k = log.spec.actions.length;
    for (let i = 0; i < log.size; i++) {
      expect(log.decisions.propensity[i]).toBeCloseTo(behaviour.data[i * k + log.decisions.action[i]], 12);
    }
    for (const { odds } of candidates) {
      const sums = Array.from({ length: log.size }, (_, i) =>
        odds.data.subarray(i * k, (i + 1) * k).reduce((sum, p) => sum + p, 0),
      );
      expect(Math.max(...sums.map((sum) => Math.abs(sum - 1)))).toBeLessThan(1e-9);
    }
  });

  // α = 1e-4 a side: the mean error over 40 logs lies within 4 of its standard errors of 0.
  it('IPS is right on average, for every candidate and for the policy that logged', () => {
    const scores: number[][] = [];
    for (let run = 0; run < 40; run++) {
      const { log, behaviour, behaviourTruth, candidates } = design(randomFrom(`${name} ${run}`));
      [...candidates, { odds: behaviour, truth: behaviourTruth }].forEach(({ odds, truth }, c) => {
        (scores[c] ??= []).push(evaluate({ log, evaluation: odds }, [ips()])[0].value - truth);
      });
    }
    for (const offs of scores) {
      const mean = offs.reduce((sum, off) => sum + off, 0) / offs.length;
      const spread = Math.sqrt(offs.reduce((sum, off) => sum + (off - mean) ** 2, 0) / (offs.length - 1));
      expect(Math.abs(mean)).toBeLessThan((4 * spread) / Math.sqrt(offs.length));
    }
  });

  it('its reward model can be cross-fitted', async () => {
    const { log, candidates, makeModel } = design(randomFrom('model'));
    const predicted = await crossFit(log, makeModel, 2, randomFrom('folds'));
    const [{ value }] = evaluate({ log, evaluation: candidates[0].odds, predicted }, [dm()]);
    expect(value).toBeGreaterThan(0);
    expect(value).toBeLessThan(1);
  });
});

it('the synthetic design prefers what is clicked least, and its candidate is taught better', () => {
  const { behaviourTruth, candidates } = DESIGNS['obp-synthetic'](randomFrom('better'));
  expect(candidates[0].truth).toBeGreaterThan(behaviourTruth);
  expect(candidates[1].truth).toBeGreaterThan(candidates[0].truth);
});
