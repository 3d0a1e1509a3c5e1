/** Some rows of a long log, evenly taken: enough for a twin of it. */
import type { Evidence, Matrix } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import { banditLog } from '../../ope/bandit-log.ts';

/** Rows taken at most. */
const MOST_ROWS = 50_000;

export interface RowSample {
  /** `first`: rows before this evidence. */
  add(evidence: Evidence, first: number): void;
  evidence(): Evidence;
}

/** Every s-th of m rows. */
export function rowSample(m: number): RowSample {
  const stride = Math.max(1, Math.ceil(m / MOST_ROWS));
  const [action, propensity, reward]: number[][] = [[], [], []];
  const wide: Record<'evaluation' | 'behaviour' | 'predicted', Float64Array[]> = {
    evaluation: [],
    behaviour: [],
    predicted: [],
  };
  let k = 0;
  return {
    add(evidence, first) {
      const { log } = evidence;
      k = evidence.evaluation.columns;
      for (let i = (stride - (first % stride)) % stride; i < log.size; i += stride) {
        action.push(log.decisions.action[i]);
        propensity.push(log.decisions.propensity[i]);
        reward.push(log.outcomes.reward[i]);
        for (const key of ['evaluation', 'behaviour', 'predicted'] as const) {
          const from = evidence[key];
          if (from) wide[key].push(from.data.slice(i * k, (i + 1) * k));
        }
      }
    },
    evidence() {
      const stacked = (rows: readonly Float64Array[]): Matrix => {
        const all = matrix(rows.length, k);
        rows.forEach((row, i) => all.data.set(row, i * k));
        return all;
      };
      const sample: Evidence = {
        log: banditLog({ actions: k, action, propensity, reward }),
        evaluation: stacked(wide.evaluation),
      };
      if (wide.behaviour.length > 0) sample.behaviour = stacked(wide.behaviour);
      if (wide.predicted.length > 0) sample.predicted = stacked(wide.predicted);
      return sample;
    },
  };
}
