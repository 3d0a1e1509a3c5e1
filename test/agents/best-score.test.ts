/** From normal scores to odds: by quadrature, and by draws that agree with it. */
import { describe, expect, it } from 'vitest';
import { bestScore } from '../../src/agents/contextual/best-score.ts';
import { requestsOf } from '../../src/core/batch.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';

const K = 4;

function oddsOf(draws: number, id: number, eligible = [1, 1, 1, 1], sds = [0.5, 1, 0.2, 0.7]): number[] {
  const requests = requestsOf({ rows: 1, context: 0, actions: K, slots: 1 });
  requests.size = 1;
  requests.impression[0] = id;
  requests.eligible.set(eligible);
  const out = matrix(1, K);
  const scores = { means: Float64Array.of(0.1, -0.3, 0.2, 0), sds: Float64Array.from(sds) };
  bestScore(K, draws, randomFrom('scores'))(requests, scores, out);
  return [...out.data];
}

describe('the odds of the best score', () => {
  it('by many draws are those by quadrature', () => {
    for (const eligible of [
      [1, 1, 1, 1],
      [1, 0, 1, 1],
    ]) {
      const exact = oddsOf(0, 7, eligible);
      const sum = new Float64Array(K);
      for (let id = 0; id < 20; id++) oddsOf(5000, id, eligible).forEach((p, a) => (sum[a] += p));
      exact.forEach((p, a) => {
        const error = Math.sqrt(Math.max(1e-12, (p * (1 - p)) / 100_000));
        expect(Math.abs(sum[a] / 20 - p) / error).toBeLessThan(4.5);
      });
    }
  });

  it('are a pure function of the impression, and differ between impressions', () => {
    expect(oddsOf(16, 3)).toEqual(oddsOf(16, 3));
    expect(oddsOf(16, 3)).not.toEqual(oddsOf(16, 4));
    expect(oddsOf(16, 3)).not.toEqual(oddsOf(16, 3 + 2 ** 32));
    expect(oddsOf(1, 3).filter((p) => p > 0)).toEqual([1]);
  });

  it('leave out what may not be shown, and are certain of an only choice', () => {
    expect(oddsOf(0, 1, [0, 0, 1, 0])).toEqual([0, 0, 1, 0]);
    expect(oddsOf(8, 1, [0, 0, 0, 0])).toEqual([0, 0, 0, 0]);
  });

  it.each([0, 8])('are no numbers where a score is none, so that the agent is named (%d draws)', (draws) => {
    for (const bad of [Number.NaN, Infinity]) {
      expect(oddsOf(draws, 1, [1, 1, 1, 1], [0.5, bad, 0.2, 0.7])).toEqual(Array(K).fill(Number.NaN));
    }
  });

  it('share alike among scores that are known and equal', () => {
    const requests = requestsOf({ rows: 1, context: 0, actions: K, slots: 1 });
    requests.size = 1;
    requests.eligible.fill(1);
    const out = matrix(1, K);
    const best = bestScore(K, 0, randomFrom('scores'));
    best(requests, { means: Float64Array.of(1, 0, 1, 0), sds: new Float64Array(K) }, out);
    [0.5, 0, 0.5, 0].forEach((p, a) => expect(out.data[a]).toBeCloseTo(p, 9));
    best(requests, { means: new Float64Array(K), sds: new Float64Array(K) }, out);
    for (const p of out.data) expect(p).toBeCloseTo(0.25, 9);
  });
});
