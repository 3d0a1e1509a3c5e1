/**
 * Sample-ratio mismatch: were actions logged as often as their propensities say? Where π_b is known whole, counts against
 * Σ_i π_b(a | row i): Pearson's χ² over all actions (cautious where π_b changes from row to row), and Bennett's inequality
 * for each. Where only the logged action's propensity is known: Σ_{i: a_i = j} 1/p_i should be the number of rows.
 */
import { chiSquareTail } from '../../core/chi-square.ts';
import { holm } from '../../core/paired.ts';
import { bennett } from './bennett.ts';
import { ALPHA, pText } from './check.ts';
import type { Check, Findings } from './check.ts';

/** Actions expected less often share one cell of the χ². */
const LEAST_EXPECTED = 5;

export function sampleRatio(actions: readonly string[]): Check {
  const k = actions.length;
  const logged = new Float64Array(k);
  const expected = new Float64Array(k);
  const variance = new Float64Array(k);
  const eligible = new Float64Array(k);
  const inverse = new Float64Array(k); // Σ 1/p
  const squares = new Float64Array(k); // Σ 1/p²
  const largest = new Float64Array(k); // max 1/p
  let rows = 0;
  let known = true;

  function byPropensities(): Findings {
    const cells: [number, number][] = [];
    let rest: [number, number] = [0, 0];
    for (let a = 0; a < k; a++) {
      if (expected[a] >= LEAST_EXPECTED) cells.push([logged[a], expected[a]]);
      else rest = [rest[0] + logged[a], rest[1] + expected[a]];
    }
    if (rest[1] >= LEAST_EXPECTED || (cells.length === 0 && rest[1] > 0)) cells.push(rest);
    const statistic = cells.reduce((sum, [o, e]) => sum + ((o - e) * (o - e)) / e, 0);
    const all = cells.length > 1 ? chiSquareTail(statistic, cells.length - 1) : 1;
    const each = actions.map((_, a) => bennett(logged[a] - expected[a], variance[a], 1));
    return found('counts against Σ π_b', each, (a) => `${logged[a]} instead of ${expected[a].toFixed(1)} times`, all);
  }

  function byInverse(): Findings {
    const note = 'Σ 1/p of each action against the number of rows: the behaviour policy is not known whole';
    const whole = eligible.some((count) => count > 0);
    const due = (a: number): number => (whole ? eligible[a] : rows);
    const each = actions.map((_, a) => {
      if (logged[a] === 0) return 1; // without a row there is no propensity to doubt
      // Var of 1{a}/p summed, E[1/p] over all rows being estimated by the action's own rows, each for 1/p rows.
      const variances = due(a) * Math.max(squares[a] / inverse[a] - 1, 0);
      return bennett(inverse[a] - due(a), variances, largest[a]);
    });
    return found(note, each, (a) => `Σ 1/p ${inverse[a].toPrecision(6)} instead of ${due(a)}`);
  }

  /** `each` (k) p-values; `all` that of a test of all actions together. */
  function found(note: string, each: number[], say: (a: number) => string, all?: number): Findings {
    const corrected = holm(each);
    const least = corrected.reduce((a, b) => Math.min(a, b), 1);
    const p = all === undefined ? least : Math.min(1, 2 * Math.min(all, least)); // two tests, one chance
    const order = actions.map((_, a) => a).sort((a, b) => each[a] - each[b]);
    const worst = order.slice(0, 5).filter((a, at) => at === 0 || corrected[a] < ALPHA);
    return {
      figures: [{ name: 'sample-ratio', label: 'Sample-ratio mismatch', value: p, unit: 'p', note }],
      warnings:
        p < ALPHA
          ? [
              {
                kind: 'sample-ratio-mismatch',
                message: `actions were not logged as often as their propensities say (${pText(p)}): ${worst.map((a) => `${actions[a]} ${say(a)}`).join(', ')}`,
                advice:
                  'rows were lost or doubled, the propensities belong to another policy, or actions could not always be taken: find out which before trusting any estimate',
              },
            ]
          : [],
    };
  }

  return {
    add({ evidence: { log, behaviour } }) {
      const { action, propensity } = log.decisions;
      for (let i = 0; i < log.size; i++) {
        const a = action[i];
        const inverted = 1 / propensity[i];
        logged[a]++;
        inverse[a] += inverted;
        squares[a] += inverted * inverted;
        if (inverted > largest[a]) largest[a] = inverted;
        for (let b = 0, at = i * k; b < k; b++, at++) {
          eligible[b] += log.requests.eligible[at];
          if (!behaviour) continue;
          const p = behaviour.data[at];
          expected[b] += p;
          variance[b] += p * (1 - p);
        }
      }
      if (!behaviour) known = false;
      rows += log.size;
    },
    report: () => (known ? byPropensities() : byInverse()),
  };
}
