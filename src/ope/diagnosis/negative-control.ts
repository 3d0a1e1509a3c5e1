/**
 * Negative control: the value of the behaviour policy itself is known, it is the log's mean reward. Every estimator is asked
 * for it, and must come out within its error of the mean, paired row by row. Estimators that only weigh rows are right
 * trivially (all weights are 1), and that is said; those with a model are put to a real test of model and propensities:
 * Σ_a π_b(a) q̂(a) must average to q̂ of what was logged. Needs π_b whole.
 */
import type { Estimator } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import { normalCdf } from '../../core/normal.ts';
import { holm } from '../../core/paired.ts';
import { withTerms } from '../evidence.ts';
import { standardError } from '../intervals/delta.ts';
import { addRows, moments } from '../moments.ts';
import { ALPHA, pText } from './check.ts';
import type { Check, Figure } from './check.ts';

const NINETY_FIVE = 1.959963984540054;

/** Estimators whose needs the evidence does not meet are left out. */
export function negativeControl(estimators: readonly Estimator[]): Check {
  const pairs = estimators.map(lessMean);
  const found = pairs.map((pair) => moments(pair.columns));
  const fits = pairs.map(() => true);
  let known = true;
  return {
    add({ evidence }) {
      const { log, behaviour, predicted } = evidence;
      if (!behaviour) known = false;
      if (!behaviour || !known) return;
      const part = withTerms({ log, evaluation: behaviour, behaviour, ...(predicted ? { predicted } : {}) });
      pairs.forEach((pair, e) => {
        if (pair.needs.some((need) => need !== 'behaviour' && !(need === 'model' && predicted))) fits[e] = false;
        if (!fits[e]) return;
        const columns = matrix(log.size, pair.columns);
        pair.contributions(part, columns);
        addRows(found[e], columns);
      });
    },
    report() {
      if (!known) {
        const note = 'the behaviour policy is not known whole';
        const label = 'Negative control: estimators on the behaviour policy';
        return { figures: [{ name: 'negative-control', label, value: null, unit: 'p', note }], warnings: [] };
      }
      const asked = pairs.flatMap((pair, e) => (fits[e] ? [{ pair, ...outcome(pair, found[e]) }] : []));
      const corrected = holm(asked.map(({ p }) => p));
      const names = new Set<string>();
      const figures = asked.map(({ pair, gap, error, trivial }): Figure => {
        const slug = `control-${pair.name
          .toLowerCase()
          .replaceAll(/[^a-z0-9]+/gu, '-')
          .replaceAll(/^-|-$/gu, '')}`;
        let name = slug;
        for (let copy = 2; names.has(name); copy++) name = `${slug}-${copy}`;
        names.add(name);
        return {
          name,
          label: `Negative control: ${pair.name} of the behaviour policy, less the mean reward`,
          value: gap,
          unit: 'reward',
          interval: [gap - NINETY_FIVE * error, gap + NINETY_FIVE * error],
          ...(trivial ? { note: 'no test: all weights are 1, so it is the mean itself' } : {}),
        };
      });
      const warnings = asked.flatMap(({ pair, gap, error }, e) =>
        corrected[e] < ALPHA
          ? [
              {
                kind: 'negative-control',
                message: `${pair.name} values the behaviour policy itself ${Math.abs(gap).toPrecision(3)} ${gap > 0 ? 'above' : 'below'} the mean reward, ${Math.abs(gap / error).toFixed(1)} standard errors (${pText(corrected[e])})`,
                advice:
                  'what misses the known value will miss the unknown one: where only dm and estimators that shrink weights miss it, mend the reward model or leave them out; where ips or dr do, the propensities are wrong',
              },
            ]
          : [],
      );
      return { figures, warnings };
    },
  };
}

/** The estimator less the mean reward, as one smooth function of column sums: its error is that of the paired difference. */
function lessMean(estimator: Estimator): Estimator {
  const c = estimator.columns;
  return {
    ...estimator,
    columns: c + 1,
    contributions(evidence, out) {
      const own = matrix(out.rows, c);
      estimator.contributions(evidence, own);
      for (let i = 0; i < out.rows; i++) {
        for (let j = 0; j < c; j++) out.data[i * (c + 1) + j] = own.data[i * c + j];
        out.data[i * (c + 1) + c] = evidence.log.outcomes.reward[i];
      }
    },
    value: (sums, m) => estimator.value(sums.subarray(0, c), m) - sums[c] / m,
  };
}

function outcome(
  pair: Estimator,
  found: ReturnType<typeof moments>,
): { gap: number; error: number; trivial: boolean; p: number } {
  const { count, sums, cross } = found;
  const gap = pair.value(sums, count);
  const error = standardError(pair, found);
  const spread = Math.sqrt(cross[cross.length - 1] / count) + Math.abs(sums[sums.length - 1] / count);
  const trivial = Math.abs(gap) <= 1e-9 * spread && error <= 1e-6 * spread;
  return { gap, error, trivial, p: trivial ? 1 : 2 * normalCdf(-Math.abs(gap / error)) };
}
