/** SCOPE-RL's and our reference program's estimates over episodes, wherever the golden folder has some, and §5.11, at 1e-9. */
import { describe, expect, test } from 'vitest';
import { createEpisodeEstimators, EPISODE_ESTIMATORS, evaluateEpisodes } from '../../src/ope/sequential/evaluate.ts';
import { effectiveSizes, longest, returns } from '../../src/ope/sequential/episodes.ts';
import { rowContributions } from '../../src/ope/row-estimator.ts';
import { goldenFolder } from '../folders.ts';
import { findEpisodes, vector } from './episodes.ts';
import { peerBootstrap, peerValues } from './peer-bootstrap.ts';

const folder = goldenFolder();
const ALL = EPISODE_ESTIMATORS.map(({ name }) => name);

function gap(actual: number, golden: number): number {
  return Math.abs(actual - golden) / Math.max(1, Math.abs(golden));
}

/** Over the numbers that the golden list has: of many episodes it holds the first few. */
function largestGap(actual: ArrayLike<number>, golden: readonly number[]): number {
  return golden.length > 0 ? Math.max(...golden.map((x, i) => gap(actual[i], x))) : Infinity;
}

describe.skipIf(folder === undefined)('golden episodes', () => {
  const cases = folder === undefined ? [] : findEpisodes(folder);

  test('there are cases, some of different lengths and some of the peer', () => {
    expect(cases.filter(({ peer }) => peer.length === 0).length).toBeGreaterThan(0);
    expect(cases.filter(({ peer }) => peer.length > 0).length).toBeGreaterThan(0);
  });

  test.each(cases.map((c) => [c.name, c] as const))('%s: our reference', (_, { episodes, reference }) => {
    const horizon = longest(episodes);
    const found = evaluateEpisodes(episodes, createEpisodeEstimators(ALL, horizon));
    const names: Record<string, string> = { cwpdis: 'wpdis', dr_recursive_jiang_li: 'dr' };
    const known = Object.entries(reference).filter(([key]) => found.some((e) => e.estimator === (names[key] ?? key)));
    expect(known.length).toBeGreaterThan(6);
    for (const [key, golden] of known) {
      const ours = found.find((e) => e.estimator === (names[key] ?? key));
      expect(gap(ours?.value ?? NaN, golden as number), `${key}: not ${golden as number}`).toBeLessThanOrEqual(1e-9);
    }
    for (const [key, golden] of Object.entries(reference)) {
      const [name, rest] = key.split('_per_trajectory');
      if (rest === undefined) continue;
      const [estimator] = createEpisodeEstimators([name], horizon);
      expect(
        largestGap(rowContributions(episodes, estimator).data, golden as number[]),
        `${key} of each`,
      ).toBeLessThanOrEqual(1e-9);
    }
    const sizes = reference['effective_sample_size_per_step'] as number[];
    expect(largestGap(effectiveSizes(episodes), sizes)).toBeLessThanOrEqual(1e-9);
  });

  const peers = cases.filter(({ peer }) => peer.length > 0);

  test.each(peers.map((c) => [c.name, c] as const))('%s: the peer', (_, { episodes, peer }) => {
    for (const { estimator: name, value: golden, ci } of peer) {
      const [estimator] = createEpisodeEstimators([name], longest(episodes));
      // The peer adds 1e-10 to the mean weight where it divides by it.
      const tolerance = name.startsWith('sn') ? 1e-8 : 1e-9;
      const [{ value }] = evaluateEpisodes(episodes, [estimator]);
      expect(gap(value, golden), `${name}: ${value}`).toBeLessThanOrEqual(tolerance);
      if (estimator.columns > 1) continue;
      // Its "95 %" Student interval is 90 % wide (`peer_defect`); scipy's t is good to 1e-8 only.
      const [{ interval }] = evaluateEpisodes(episodes, [estimator], { level: 0.9, rule: 'delta-t' });
      expect(gap(interval[0], ci['ttest'].lower), `${name} t`).toBeLessThanOrEqual(1e-8);
      expect(gap(interval[1], ci['ttest'].upper), `${name} t`).toBeLessThanOrEqual(1e-8);
      // Its empirical Bernstein interval, of our episodes' values: their mean, spread and maximum.
      const rows = rowContributions(episodes, estimator).data;
      const n = rows.length;
      const variance = rows.reduce((sum, z) => sum + (z - value) * (z - value), 0) / n;
      const odds = Math.log(2 / 0.05);
      const half = (7 * Math.max(...rows) * odds) / (3 * (n - 1)) + Math.sqrt((2 * variance * odds) / (n - 1));
      expect(gap(value - half, ci['bernstein'].lower), `${name} Bernstein`).toBeLessThanOrEqual(1e-9);
      expect(gap(value + half, ci['bernstein'].upper), `${name} Bernstein`).toBeLessThanOrEqual(1e-9);
    }
  });

  test.each(peers.map((c) => [c.name, c] as const))('%s: the peer’s bootstrap', (_, { episodes, peer }) => {
    // The file keeps neither seed nor count; these give all of its numbers: 100 resamples, one small seed for the case.
    const values = peer.map(({ estimator }) => {
      const [ours] = createEpisodeEstimators([estimator], longest(episodes));
      return peerValues(rowContributions(episodes, ours));
    });
    const matches = (seed: number): boolean =>
      peer.every(({ estimator, ci: { bootstrap } }, e) => {
        const golden = [bootstrap.mean, bootstrap.lower, bootstrap.upper];
        const tolerance = estimator.startsWith('sn') ? 1e-8 : 1e-9;
        return largestGap(peerBootstrap(values[e], 100, seed), golden) <= tolerance;
      });
    expect(Array.from({ length: 300 }, (_unused, seed) => seed).filter(matches).length).toBeGreaterThan(0);
  });
});

test('the vector of ope.md §5.11', () => {
  const episodes = vector();
  const golden: Record<string, number> = {
    dm: 1.987445225872,
    tis: 1.582322918762,
    pdis: 1.485518586864,
    wis: 1.483915694586,
    wpdis: 1.526772631017,
    dr: 1.586400561481,
    wdr: 1.586871662161,
  };
  const mean = returns(episodes).reduce((a, b) => a + b, 0) / episodes.size;
  expect(mean).toBeCloseTo(1.42062, 5);
  for (const { estimator, value } of evaluateEpisodes(episodes, createEpisodeEstimators(Object.keys(golden), 4))) {
    expect(Math.abs(value - golden[estimator]), `${estimator}: ${value}`).toBeLessThanOrEqual(1e-9);
  }
});
