import { describe, expect, it } from 'vitest';
import { isReference, rank } from '../../src/report/compare.ts';
import { buildReport } from '../../src/report/report.ts';
import { studentQuantile } from '../../src/core/quantiles.ts';
import { fakeManifest, fakeResults } from './fixture.ts';

describe('which policy is best, and how sure', () => {
  it('compares seed by seed: the luck that agents share cancels', () => {
    const ranking = rank(fakeResults());
    if (ranking === null) throw new Error('no ranking');
    expect(ranking.best.name).toBe('greedy(mlp)');
    const verdicts = Object.fromEntries(ranking.others.map((one) => [one.agent.name, one.verdict]));
    expect(verdicts).toEqual({
      LinUCB: 'indistinguishable',
      Thompson: 'beaten',
      'epsilon-greedy 0.1': 'beaten',
      UCB1: 'beaten',
      uniform: 'beaten',
    });
    // The whiskers of two agents that differ by less than the shared luck overlap, yet the paired interval is narrow.
    const width = (bounds: readonly [number, number] | null): number => (bounds === null ? NaN : bounds[1] - bounds[0]);
    expect(width(ranking.others[0].difference.interval)).toBeLessThan(0.5 * width(ranking.best.value.interval));
  });

  it('widens each interval so that all comparisons hold together (Bonferroni)', () => {
    const results = fakeResults();
    const ranking = rank(results);
    if (ranking === null) throw new Error('no ranking');
    const [one] = ranking.others;
    const differences = results.seeds.map((_, i) => {
      const [a, b] = [ranking.best.episodes[i], one.agent.episodes[i]];
      return a.reward / a.requests - b.reward / b.requests;
    });
    const mean = differences.reduce((sum, d) => sum + d, 0) / differences.length;
    const variance = differences.reduce((sum, d) => sum + (d - mean) * (d - mean), 0) / (differences.length - 1);
    const half = studentQuantile(1 - 0.05 / ranking.others.length / 2, 7) * Math.sqrt(variance / 8);
    expect(one.difference.mean).toBeCloseTo(mean, 12);
    expect(one.difference.interval?.[0]).toBeCloseTo(mean - half, 12);
    expect(one.difference.interval?.[1]).toBeCloseTo(mean + half, 12);
  });

  it('never recommends an agent that knows the truth', () => {
    const ranking = rank(fakeResults());
    expect(ranking?.references.map((agent) => agent.kind)).toEqual(['oracle', 'best-observable']);
    expect(ranking?.others.some((one) => isReference(one.agent))).toBe(false);
  });

  it('ranks by value per session where actions change what comes later', () => {
    const results = fakeResults({ sequential: true });
    const report = buildReport(results, fakeManifest());
    expect(rank(results)?.measure.name).toBe('value per session');
    expect(report.answer).toContain('per session');
    expect(JSON.stringify(report)).toContain('myopic oracle');
  });

  it('says so where one seed, one agent or no candidate leaves nothing to compare', () => {
    const single = fakeResults({ seeds: 1 });
    expect(rank(single)?.others.every((one) => one.verdict === 'unknown')).toBe(true);
    expect(buildReport(single, fakeManifest()).answer).toContain('run more seeds before choosing');
    const alone = { ...fakeResults(), agents: fakeResults().agents.slice(0, 1) };
    expect(buildReport(alone, fakeManifest()).answer).toContain(', the only candidate, earned ');
    const references = { ...fakeResults(), agents: fakeResults().agents.filter(isReference) };
    expect(rank(references)).toBeNull();
    expect(buildReport(references, fakeManifest()).answer).toContain('nothing to choose from');
  });
});
