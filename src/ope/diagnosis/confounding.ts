/**
 * What the estimate would be if something unseen had moved both action and reward: the odds behind each logged propensity may
 * be off by a factor of at most Γ (Tan 2006), so a weight w of an action with π_e lies in [π_e + (w − π_e)/Γ, π_e + (w − π_e)Γ].
 * SNIPS is extreme where rows above a threshold reward take one end and rows below it the other, so trying every threshold
 * gives the sharp bounds (Zhao, Small & Bhattacharya 2019, section 4.2). Sampling error comes on top.
 */

import type { Check, Figure } from './check.ts';

const FACTORS = [1.1, 1.25, 1.5, 2] as const;
/** A conclusion that a hidden factor of this size undoes is not worth much on guessed propensities. */
const FRAGILE = 1.25;
const MOST = 100;
const PRECISION = 1e-4;

/** Sums over the rows of one reward, enough for the bounds at every Γ. */
interface Level {
  reward: number;
  policy: number; // Σ π_e
  policyReward: number;
  weight: number; // Σ w
  weightReward: number;
}

export interface Confounding extends Check {
  /** [least, largest] SNIPS value at Γ ≥ 1; NaN where every weight is 0. */
  bounds(factor: number): readonly [number, number];
}

/** `estimated`: true where propensities were fitted to the log; logged ones leave no room for the unseen, and no warning. */
export function confounding(estimated: boolean): Confounding {
  const levels = new Map<number, Level>();
  const double = new Float64Array(1);
  const words = new Uint32Array(double.buffer);
  let rows = 0;
  let rewards = 0;

  /** Rewards that agree in 13 bits share a level: thresholds are tried between levels, sums stay exact. */
  function levelOf(reward: number): Level {
    double[0] = reward;
    const key = words[1] >>> 8;
    let level = levels.get(key);
    if (!level) levels.set(key, (level = { reward, policy: 0, policyReward: 0, weight: 0, weightReward: 0 }));
    return level;
  }

  function bounds(factor: number): readonly [number, number] {
    const rising = [...levels.values()].sort((a, b) => a.reward - b.reward);
    return [extreme(rising.toReversed(), factor, Math.min), extreme(rising, factor, Math.max)];
  }

  return {
    bounds,
    add({ evidence: { log, evaluation }, weight }) {
      for (let i = 0; i < log.size; i++) {
        const r = log.outcomes.reward[i];
        const pi = evaluation.data[i * evaluation.columns + log.decisions.action[i]];
        const level = levelOf(r);
        level.policy += pi;
        level.policyReward += pi * r;
        level.weight += weight[i];
        level.weightReward += weight[i] * r;
        rewards += r;
      }
      rows += log.size;
    },
    report() {
      const [value] = bounds(1);
      const baseline = rewards / rows;
      if (Number.isNaN(value)) {
        const note = 'every weight is 0';
        return {
          figures: [{ name: 'confounding-flip', label: 'Γ that undoes the conclusion', value: null, unit: '', note }],
          warnings: [],
        };
      }
      const same = Math.abs(value - baseline) <= 1e-12 * Math.abs(baseline); // as where every reward is the same
      const better = value > baseline;
      const undone = (factor: number): boolean =>
        better ? bounds(factor)[0] <= baseline : bounds(factor)[1] >= baseline;
      const flip = !same && undone(MOST) ? leastFactor(undone) : null;
      const conclusion = `SNIPS ${value.toPrecision(4)} ${better ? 'above' : 'at or below'} the logged mean ${baseline.toPrecision(4)}`;
      const figures: Figure[] = FACTORS.map((factor) => ({
        name: `confounding-${String(factor).replace('.', '-')}`,
        label: `SNIPS if odds behind propensities are off by up to ${factor}`,
        value,
        unit: 'reward',
        interval: bounds(factor),
      }));
      figures.push({
        name: 'confounding-flip',
        label: 'Γ that undoes the conclusion',
        value: flip,
        unit: '',
        note: same
          ? 'SNIPS is the logged mean'
          : flip === null
            ? `${conclusion}, whatever Γ up to ${MOST}`
            : conclusion,
      });
      return {
        figures,
        warnings:
          estimated && flip !== null && flip < FRAGILE
            ? [
                {
                  kind: 'fragile-to-confounding',
                  message: `${conclusion}: hidden causes that move the odds of an action by a factor of ${flip.toFixed(3)} would undo it`,
                  advice:
                    'estimated propensities know only what was logged: log the propensities themselves, or test the policy in the open',
                },
              ]
            : [],
      };
    },
  };
}

/** The best ratio over thresholds: levels before it take the small end of their weights, those from it on the large end. */
function extreme(levels: readonly Level[], factor: number, best: (a: number, b: number) => number): number {
  let mass = 0;
  let sum = 0;
  for (const { policy, policyReward, weight, weightReward } of levels) {
    mass += policy + factor * (weight - policy);
    sum += policyReward + factor * (weightReward - policyReward);
  }
  let found = sum / mass;
  for (const { policy, policyReward, weight, weightReward } of levels) {
    mass += (1 / factor - factor) * (weight - policy);
    sum += (1 / factor - factor) * (weightReward - policyReward);
    found = best(found, sum / mass);
  }
  return found;
}

/** Least Γ at which `undone`, which stays true above it, to 4 digits. */
function leastFactor(undone: (factor: number) => boolean): number {
  let low = 1;
  let high = MOST;
  while (high > low * (1 + PRECISION)) {
    const middle = Math.sqrt(low * high);
    if (undone(middle)) high = middle;
    else low = middle;
  }
  return high;
}
