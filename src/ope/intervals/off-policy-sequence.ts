/**
 * A confidence sequence for the value of a policy from another's log, with no bound on the weights: only how far the
 * scores can fall matters, and that is known beforehand. Waudby-Smith, Wu, Ramdas, Karampatziakis & Mineiro 2022,
 * "Anytime-valid off-policy inference for contextual bandits", Theorem 2, for rewards in [0, 1].
 *
 * With a guess q̂ of the reward, made from earlier rows alone, the score is φ = w(r − q̂∧) + Σ_a π(a) q̂∧(a), where q̂∧ is
 * q̂ cut at k / w so that φ ≥ −k; with no guess it is w·r, and k = 0. A bound below on the mean of w(1 − r) is one above
 * on the value.
 */
import type { Matrix } from '../../core/contracts.ts';
import { CAP, psi } from './confidence-sequence.ts';
import type { IntervalRule, IntervalSample } from './rule.ts';

/** Bound below on a mean in [0, 1], valid at every length, of scores with that mean that are never below −k. */
export interface LowerSequence {
  add(score: number): void;
  /** At the chance given; −∞ before the first score. */
  bound(): number;
}

/** One side, at chance `alpha` of ever being wrong. */
export function lowerSequence(alpha: number, k = 0): LowerSequence {
  const log = Math.log(1 / alpha);
  const scale = 1 / (k + 1);
  let t = 0;
  let stakes = 0;
  let staked = 0;
  let spread = 0;
  let sum = 0.5 * scale; // ξ is guessed at half its greatest mean before the first, and its variance at ¼
  let squares = 0.25;
  return {
    add(score) {
      t++;
      const scaled = score * scale;
      // A mean cannot be above `scale`; a guess that is would make ξ less its guess fall below −1.
      const guess = Math.min(sum / t, scale);
      const lambda = Math.min(Math.sqrt((2 * log) / (squares * Math.log(t + 1))), CAP);
      const gap = scaled - guess;
      stakes += lambda * scale;
      staked += lambda * scaled;
      spread += gap * gap * psi(lambda);
      sum += scaled;
      const after = scaled - Math.min(sum / (t + 1), scale);
      squares += after * after;
    },
    bound: () => (t === 0 ? -Infinity : (staked - log - spread) / stakes),
  };
}

/** Both sides, for rewards in [0, 1]; each may be wrong with half of `alpha`. */
export interface OffPolicySequence {
  /** A row in the order of time: its weight and its reward. */
  add(weight: number, reward: number): void;
  interval(): readonly [number, number];
}

/** Of IPS: needs the weight of the logged action alone. */
export function ipsSequence(alpha: number): OffPolicySequence {
  const sequence = weightedSequence(alpha);
  return { ...sequence, add: (weight, reward) => sequence.add(weight * reward, weight) };
}

/** The same, of w·r and w. */
function weightedSequence(alpha: number): {
  add: (weighted: number, weight: number) => void;
  interval: () => readonly [number, number];
} {
  const value = lowerSequence(alpha / 2);
  const missed = lowerSequence(alpha / 2);
  return {
    add(weighted, weight) {
      value.add(weighted);
      missed.add(weight - weighted);
    },
    interval: () => [Math.max(0, value.bound()), Math.min(1, 1 - missed.bound())],
  };
}

/** Of DR, with the mean reward of each action on the earlier rows as the guess. */
export interface DrSequence {
  /**
   * A row in the order of time: the action taken, its reward, and (k) what either policy gives every action; behaviour
   * must be above 0 wherever evaluation is.
   */
  add(action: number, reward: number, behaviour: ArrayLike<number>, evaluation: ArrayLike<number>): void;
  interval(): readonly [number, number];
}

/** `k` ≥ 0: how far below 0 a score may fall. Larger lets the guess work where weights are large, and scales all down. */
export function drSequence(alpha: number, actions: number, k = 1): DrSequence {
  const value = lowerSequence(alpha / 2, k);
  const missed = lowerSequence(alpha / 2, k);
  const shown = new Float64Array(actions);
  const won = new Float64Array(actions);
  return {
    add(action, reward, behaviour, evaluation) {
      value.add(score(reward, false));
      missed.add(score(1 - reward, true));
      shown[action]++;
      won[action] += reward;

      /** φ of the reward, or of what it misses to 1. */
      function score(r: number, mirrored: boolean): number {
        let expected = 0;
        let own = 0;
        for (let a = 0; a < actions; a++) {
          if (evaluation[a] === 0) continue;
          const rate = (won[a] + 0.5) / (shown[a] + 1);
          const cut = Math.min(mirrored ? 1 - rate : rate, (k * behaviour[a]) / evaluation[a]);
          expected += evaluation[a] * cut;
          if (a === action) own = cut;
        }
        return (evaluation[action] / behaviour[action]) * (r - own) + expected;
      }
    },
    interval: () => [Math.max(0, value.bound()), Math.min(1, 1 - missed.bound())],
  };
}

/** Why the rows are not (w·r, w) with rewards in [0, 1]. */
function unsuited({ estimator, moments: { sums, count }, rows }: IntervalSample): string | undefined {
  if (rows === undefined) return 'the log is too long to keep its rows in order';
  const { data } = rows;
  const ratio = estimator.columns === 2 && estimator.value(sums, count) === sums[0] / sums[1];
  if (!ratio) return `${estimator.name} does not keep w·r and w apart, as snips does`;
  for (let at = 0; at < 2 * count; at += 2) {
    if (!(data[at] >= 0 && data[at] <= data[at + 1])) return 'some rewards are outside [0, 1]';
  }
  return undefined;
}

export const offPolicySequence: IntervalRule = {
  name: 'off-policy-sequence',
  summary: 'May be looked at every day, and needs no bound on the weights: for rewards from 0 to 1.',
  reference: 'Waudby-Smith, Wu, Ramdas, Karampatziakis & Mineiro 2022, Theorem 2',
  unsuited,
  interval({ rows, moments: { count } }, level) {
    const { data } = rows as Matrix;
    const sequence = weightedSequence(1 - level);
    for (let at = 0; at < 2 * count; at += 2) sequence.add(data[at], data[at + 1]);
    return sequence.interval();
  },
};
