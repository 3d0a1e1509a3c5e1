/** From independent normal scores to odds: each action with the probability that its score is the highest of the row. */
import { z } from 'zod';
import type { Requests } from '../../core/contracts.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { gaussianContest } from '../context-free/best-gaussian.ts';

/** Scores N(mean_a, sd_a²) of k actions in n rows. */
export interface Scores {
  /** (n×k) */
  means: Float64Array;
  /** (n×k) ≥ 0 */
  sds: Float64Array;
}

/** Room for the scores of so many cells, made anew only where it is too small. */
export function roomForScores(kept: Scores, cells: number): Scores {
  return kept.means.length >= cells ? kept : { means: new Float64Array(cells), sds: new Float64Array(cells) };
}

/** Fills `out` (n×k) with the odds of each row. */
export type BestScore = (requests: Requests, scores: Scores, out: Matrix) => void;

/** The key of agents that draw from a posterior, to spread into a kind's strict object. */
export const drawsField = {
  draws: z
    .int()
    .min(0)
    .max(10_000)
    .default(0)
    .describe(
      'Draws from the posterior whose shares are the odds, in [0, 10000]; default 0: the odds are exact, by quadrature; ' +
        '1 is the textbook’s single draw, of which a log cannot be valued',
    ),
};

/**
 * Odds by quadrature where `draws` is 0, else the shares of so many draws in which each action was best. A draw is a pure
 * function of (random, impression, action, draw), so stating the odds twice states the same.
 */
export function bestScore(k: number, draws: number, random: Random): BestScore {
  const candidates = new Int32Array(k);
  const mean = new Float64Array(k);
  const sd = new Float64Array(k);
  const share = new Float64Array(k);
  return (requests, { means, sds }, out) => {
    const { eligible, impression, size } = requests;
    out.data.fill(0, 0, size * k);
    for (let i = 0; i < size; i++) {
      let m = 0;
      for (let a = 0, at = i * k; a < k; a++, at++) {
        if (eligible[at] === 0) continue;
        candidates[m] = a;
        mean[m] = means[at];
        sd[m++] = sds[at];
      }
      if (m === 0) continue;
      share.fill(0);
      if (m === 1) share[0] = 1;
      else if (draws > 0) count(impression[i], m);
      else gaussianContest(mean.subarray(0, m), sd.subarray(0, m), share);
      for (let c = 0; c < m; c++) out.data[i * k + candidates[c]] = share[c];
    }
  };

  function count(id: number, m: number): void {
    const counters = random.counters(draws * k);
    const high = Math.floor(id / 4294967296) << HIGH_SHIFT;
    for (let cell = 0; cell < draws * k; cell++) {
      counters[2 * cell] = id;
      counters[2 * cell + 1] = cell | high;
    }
    const luck = random.normals(draws * k);
    // A score that is no number makes the odds none, so that `decide` names the culprit.
    if (!mean.subarray(0, m).every(Number.isFinite) || !sd.subarray(0, m).every(Number.isFinite)) {
      share.fill(Number.NaN);
      return;
    }
    for (let draw = 0; draw < draws; draw++) {
      let best = 0;
      let highest = -Infinity;
      for (let c = 0; c < m; c++) {
        const score = mean[c] + sd[c] * luck[draw * k + candidates[c]];
        if (score > highest) {
          highest = score;
          best = c;
        }
      }
      share[best] += 1 / draws;
    }
  }
}

/** The upper half of an impression's id goes above 2²⁴ cells of draws and actions. */
const HIGH_SHIFT = 24;
