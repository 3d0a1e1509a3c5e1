/**
 * Whether the log is one thing from its first tenth to its last: mean reward and mean weight over tenths of the rows by a χ²
 * of their distances from the whole (analysis of variance, pooled), action counts by a χ² of the tenths × actions table.
 */
import { chiSquareTail } from '../../core/chi-square.ts';
import { holm } from '../../core/paired.ts';
import { ALPHA, pText } from './check.ts';
import type { Check, Figure } from './check.ts';

const TENTHS = 10;
/** Where fewer rows make up the variance, (Σ(z − z̄)²)² / Σ(z − z̄)⁴, the χ² of their means has no table. */
const LEAST_EFFECTIVE = 30;
/** Actions that a tenth should show less often share one column. */
const LEAST_EXPECTED = 5;

/** `rows`: how many will come. */
export function drift(rows: number, actions: readonly string[]): Check {
  const k = actions.length;
  const count = new Float64Array(TENTHS);
  const counts = new Float64Array(TENTHS * k);
  const reward = column();
  const weights = column();
  return {
    add({ first, evidence: { log }, weight }) {
      for (let i = 0; i < log.size; i++) {
        const t = Math.min(TENTHS - 1, Math.floor((TENTHS * (first + i)) / rows));
        count[t]++;
        counts[t * k + log.decisions.action[i]]++;
        reward.add(t, log.outcomes.reward[i]);
        weights.add(t, weight[i]);
      }
    },
    report() {
      const tests = [
        { name: 'drift-of-rewards', what: 'mean reward', ...reward.test(count) },
        { name: 'drift-of-actions', what: 'the mix of actions', ...mixTest(counts, count, k) },
        { name: 'drift-of-weights', what: 'mean weight', ...weights.test(count) },
      ];
      const corrected = holm(tests.map(({ p }) => p ?? 1));
      const figures = tests.map(({ name, what, p, why }, t): Figure => {
        const value = p === null ? null : corrected[t];
        const label = `Drift of ${what} over tenths`;
        return { name, label, value, unit: 'p', ...(why === undefined ? {} : { note: why }) };
      });
      const odd = tests.filter((_, t) => corrected[t] < ALPHA);
      return {
        figures,
        warnings: odd.map(({ name, what, say }) => ({
          kind: name,
          message: `${what} changes over the log${say ? `: ${say}` : ''} (${pText(corrected[tests.findIndex((t) => t.name === name)])})`,
          advice:
            name === 'drift-of-actions'
              ? 'a policy that learns or is replaced does that, and weights allow for it if each row has the propensity of its day; look whether they do'
              : 'the value of a policy was not the same all along: judge it on the latest rows, and expect it to move on; rows of one user that follow each other also look like drift',
        })),
      };
    },
  };
}

interface Test {
  p: number | null;
  /** From where to where, in words. */
  say?: string;
  /** Why there is no test. */
  why?: string;
}

/** Sums by tenth of one number of each row. */
function column(): { add(tenth: number, z: number): void; test(count: Float64Array): Test } {
  const sums = new Float64Array(TENTHS);
  let n = 0;
  let mean = 0;
  // Σ of the second to fourth powers of the distances from the mean, row by row (Pébay 2008).
  let square = 0;
  let cube = 0;
  let fourth = 0;
  return {
    add(tenth, z) {
      sums[tenth] += z;
      n++;
      const gap = z - mean;
      const step = gap / n;
      const term = gap * step * (n - 1);
      mean += step;
      fourth += term * step * step * (n * n - 3 * n + 3) + 6 * step * step * square - 4 * step * cube;
      cube += term * step * (n - 2) - 3 * step * square;
      square += term;
    },
    test(count) {
      const tenths = [...count.keys()].filter((t) => count[t] > 1);
      const effective = fourth > 0 ? (square * square) / fourth : 0;
      if (square <= 1e-18 * n * mean * mean) return { p: 1 };
      if (effective < LEAST_EFFECTIVE || tenths.length < 2) {
        return { p: null, why: `${effective.toFixed(1)} rows make up the variance; the test needs ${LEAST_EFFECTIVE}` };
      }
      const variance = square / (n - 1);
      const means = tenths.map((t) => sums[t] / count[t]);
      const statistic = tenths.reduce((sum, t, at) => sum + (count[t] * (means[at] - mean) ** 2) / variance, 0);
      const low = means.indexOf(Math.min(...means));
      const high = means.indexOf(Math.max(...means));
      return {
        p: chiSquareTail(statistic, tenths.length - 1),
        say: `${means[low].toPrecision(3)} in the ${ordinal(tenths[low])} tenth, ${means[high].toPrecision(3)} in the ${ordinal(tenths[high])}`,
      };
    },
  };
}

/** Are the rows of the tenths × actions table alike? */
function mixTest(counts: Float64Array, count: Float64Array, k: number): Test {
  const n = count.reduce((sum, c) => sum + c, 0);
  const least = count.reduce((low, c) => (c > 0 ? Math.min(low, c) : low), n);
  const total = Array.from({ length: k }, (_, a) => count.reduce((sum, _c, t) => sum + counts[t * k + a], 0));
  const group: number[] = total.map((c) => (c * least < LEAST_EXPECTED * n ? -1 : 0));
  // Column 0 holds the rare actions together.
  let columns = 1;
  group.forEach((g, a) => (group[a] = g < 0 ? 0 : columns++));
  let statistic = 0;
  let used = 0;
  for (let c = 0; c < columns; c++) {
    const of = group.flatMap((g, a) => (g === c ? [a] : []));
    const all = of.reduce((sum, a) => sum + total[a], 0);
    if (all * least < LEAST_EXPECTED * n) continue; // too rare even together: a table without them is a table still
    used++;
    count.forEach((rows, t) => {
      if (rows === 0) return;
      const expected = (rows * all) / n;
      const gap = of.reduce((sum, a) => sum + counts[t * k + a], 0) - expected;
      statistic += (gap * gap) / expected;
    });
  }
  const tenths = count.reduce((sum, c) => sum + (c > 0 ? 1 : 0), 0);
  if (tenths < 2) return { p: null, why: 'there are not enough rows' };
  return used < 2 ? { p: 1 } : { p: chiSquareTail(statistic, (tenths - 1) * (used - 1)) };
}

function ordinal(tenth: number): string {
  return ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'last'][tenth];
}
