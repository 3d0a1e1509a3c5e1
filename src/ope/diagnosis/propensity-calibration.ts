/**
 * Are propensities what they say? Among rows where an action was given a chance of about p, it should be logged in about
 * a share p: in bins of p over all actions, and for each action alone. Needs π_b whole.
 */
import { holm } from '../../core/paired.ts';
import { bennett } from './bennett.ts';
import { ALPHA, percent, pText } from './check.ts';
import type { Check } from './check.ts';

/** Upper ends of the bins. */
const ENDS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1] as const;

/** How one bin came out. */
export interface ReliabilityBin {
  /** Propensities in (from, to]. */
  from: number;
  to: number;
  /** Σ of the propensities in it: how often its actions should have been logged. */
  expected: number;
  /** How often they were. */
  observed: number;
}

export interface PropensityCalibration extends Check {
  /** Bins that hold anything; none where π_b is not known whole. */
  reliability(): ReliabilityBin[];
}

export function propensityCalibration(actions: readonly string[]): PropensityCalibration {
  const k = actions.length;
  const bins = ENDS.length;
  // Cells 0 to k·bins − 1: an action's bin; the last `bins`: all actions together.
  const cells = (k + 1) * bins;
  const observed = new Float64Array(cells);
  const expected = new Float64Array(cells);
  const variance = new Float64Array(cells);
  const mass = new Float64Array(bins);
  let rows = 0;
  let known = true;
  const all = k * bins;

  const reliability = (): ReliabilityBin[] =>
    ENDS.map((to, bin) => ({
      from: bin === 0 ? 0 : ENDS[bin - 1],
      to,
      expected: expected[all + bin],
      observed: observed[all + bin],
    })).filter((bin) => known && (bin.expected > 0 || bin.observed > 0));

  return {
    reliability,
    add({ evidence: { log, behaviour } }) {
      rows += log.size;
      if (!behaviour) known = false;
      if (!behaviour || !known) return;
      for (let i = 0; i < log.size; i++) {
        mass.fill(0);
        const logged = log.decisions.action[i];
        for (let a = 0, at = i * k; a < k; a++, at++) {
          const p = behaviour.data[at];
          const bin = binOf(p);
          const cell = a * bins + bin;
          expected[cell] += p;
          variance[cell] += p * (1 - p);
          mass[bin] += p;
          if (a !== logged) continue;
          observed[cell]++;
          observed[all + bin]++;
        }
        // One draw a row: whether its action falls into the bin is a coin of the bin's mass.
        for (let bin = 0; bin < bins; bin++) {
          expected[all + bin] += mass[bin];
          variance[all + bin] += mass[bin] * Math.max(0, 1 - mass[bin]);
        }
      }
    },
    report() {
      const name = 'propensity-calibration';
      const label = 'Propensity calibration';
      if (!known) {
        const note = 'the behaviour policy is not known whole';
        return { figures: [{ name, label, value: null, unit: 'p', note }], warnings: [] };
      }
      const p = holm(Array.from(observed, (o, c) => bennett(o - expected[c], variance[c], 1)));
      const worst = p.reduce((best, x, c) => (x < p[best] ? c : best), 0);
      const error = reliability().reduce((sum, bin) => sum + Math.abs(bin.observed - bin.expected), 0) / rows;
      const bin = worst % bins;
      const who = worst < all ? `action ${actions[Math.floor(worst / bins)]}` : 'actions';
      return {
        figures: [
          { name, label, value: p[worst], unit: 'p' },
          { name: 'calibration-error', label: 'Expected calibration error', value: 100 * error, unit: '%' },
        ],
        warnings:
          p[worst] < ALPHA
            ? [
                {
                  kind: 'propensities-miscalibrated',
                  message: `${who} of propensity ${bin === 0 ? 0 : ENDS[bin - 1]} to ${ENDS[bin]} should have been logged ${expected[worst].toFixed(1)} times and was ${observed[worst]} times (${pText(p[worst])}; calibration error ${percent(error)})`,
                  advice:
                    'the propensities are not those that the actions were drawn with: log them where the action is drawn, or fit and calibrate them',
                },
              ]
            : [],
      };
    },
  };
}

function binOf(p: number): number {
  let bin = 0;
  while (bin < ENDS.length - 1 && p > ENDS[bin]) bin++;
  return bin;
}
