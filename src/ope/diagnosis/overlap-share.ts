/**
 * How much of the evaluation policy the log can speak for: Σ_a π_e(a) 1{π_b(a) ≥ p_min}, averaged over the rows; where π_b
 * is not known whole, an action's share of the log stands for it.
 */
import type { Check } from './check.ts';
import { percent } from './check.ts';

const ENOUGH = 0.9;

/** `floor`: p_min. `whole`: false where only the evaluation policy's odds of the logged action are known. */
export function overlapShare(actions: number, floor: number, whole: boolean): Check {
  const logged = new Float64Array(actions);
  const evaluated = new Float64Array(actions);
  let rows = 0;
  let covered = 0;
  let known = true;
  return {
    add({ evidence: { log, evaluation, behaviour } }) {
      const pi = evaluation.data;
      for (let i = 0, at = 0; i < log.size; i++) {
        logged[log.decisions.action[i]]++;
        for (let a = 0; a < actions; a++, at++) {
          evaluated[a] += pi[at];
          if (behaviour && behaviour.data[at] >= floor) covered += pi[at];
        }
      }
      if (!behaviour) known = false;
      rows += log.size;
    },
    report() {
      const label = `Evaluation policy on actions of propensity at least ${floor.toPrecision(3)}`;
      if (!whole) {
        const note = 'the evaluation policy is known for the logged actions alone';
        return { figures: [{ name: 'overlap-share', label, value: null, unit: '%', note }], warnings: [] };
      }
      const byCounts = evaluated.reduce((sum, mass, a) => sum + (logged[a] / rows >= floor ? mass : 0), 0);
      const share = (known ? covered : byCounts) / rows;
      return {
        figures: [
          {
            name: 'overlap-share',
            label,
            value: 100 * share,
            unit: '%',
            ...(known ? {} : { note: "by each action's share of the log: the behaviour policy is not known whole" }),
          },
        ],
        warnings:
          share < ENOUGH
            ? [
                {
                  kind: 'low-overlap',
                  message: `${percent(1 - share)} of the evaluation policy's probability falls on actions that the log takes with less than ${percent(floor)}`,
                  advice:
                    'their rows are few and their weights large: mix the policy with the logged one, or explore those actions first',
                },
              ]
            : [],
      };
    },
  };
}
