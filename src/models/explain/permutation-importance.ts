/**
 * How much worse a model predicts rows it never saw when one column is shuffled among them: what it leans on, not what causes what.
 * Breiman 2001, Random forests, § 10; Fisher, Rudin & Dominici 2019 (JMLR 20). The intervals count the doubt of the rows, both as
 * those that are predicted and as those whose value is lent, and of the shuffles.
 */
import type { Random } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import { differenceOf, measured } from '../metrics/influence.ts';
import type { Influence, Measured } from '../metrics/influence.ts';
import { metricsFor } from '../metrics/metrics.ts';
import { outputsOf } from '../supervised/classifier.ts';
import type { Classifier } from '../supervised/classifier.ts';
import type { LabelledExamples } from '../supervised/examples.ts';
import { mixedRows } from './mixed-rows.ts';
import type { ExplainedColumn } from './mixed-rows.ts';

/** A model and rows that it did not learn from: the whole of a test, or one fold of a cross-validation. */
export interface Judged {
  model: Pick<Classifier, 'predict'>;
  rows: LabelledExamples;
}

export interface Importance {
  name: string;
  /** [nats] By how much log loss rises. */
  logLoss: Measured;
  /** By how much AUC falls. */
  auc: Measured;
}

export interface ImportanceOptions {
  /** Shuffles of each column. */
  repeats: number;
  random: Random;
  level?: number;
}

/** Of each column, the largest rise of log loss first. Folds count by their rows' weights; groups of rows count together. */
export function permutationImportance(
  folds: readonly Judged[],
  columns: readonly ExplainedColumn[],
  options: ImportanceOptions,
): Importance[] {
  const { level = 0.95 } = options;
  const parts = folds.map((fold, f) => dropsOf(fold, columns, { ...options, random: options.random.stream(f) }));
  const weights = folds.map(({ rows: { weight, size } }) => weight?.reduce((sum, one) => sum + one, 0) ?? size);
  const whole = weights.reduce((sum, one) => sum + one, 0);
  const shares = weights.map((weight) => weight / whole);
  const groups = folds.map(({ rows }) => rows.group);
  const group = groups.every((one) => one !== undefined)
    ? Int32Array.from(groups.flatMap((one) => Array.from(one as Int32Array)))
    : undefined;
  const importances = columns.map(({ name }, c): Importance => {
    const of = (metric: 'logLoss' | 'auc'): Measured =>
      measured(
        joined(
          parts.map((part) => part[c][metric]),
          shares,
        ),
        { group, level },
      );
    return { name, logLoss: of('logLoss'), auc: of('auc') };
  });
  return importances.sort((a, b) => b.logLoss.value - a.logLoss.value);
}

type Drops = Record<'logLoss' | 'auc', Influence>;

/** One fold's, by column. */
function dropsOf(
  { model, rows }: Judged,
  columns: readonly ExplainedColumn[],
  { repeats, random }: ImportanceOptions,
): Drops[] {
  const { classes, label, size, weight } = rows;
  const [loss, auc] = ['logLoss', 'auc'].map((name) => metricsFor(classes).find((metric) => metric.name === name));
  if (!loss || !auc) throw new Error('permutation importance: no such metric');
  const out = matrix(size, outputsOf(classes));
  const judged = (given: Parameters<Classifier['predict']>[0]): Drops => {
    model.predict(given, out);
    const scored = { predicted: out.data.slice(), label, classes, weight };
    return { logLoss: loss.of(scored), auc: auc.of(scored) };
  };
  const asIs = judged(rows);
  const own = Int32Array.from({ length: size }, (_, i) => i);
  return columns.map((_, c): Drops => {
    const draw = random.stream('shuffles', columns[c].name).sequence();
    const sum = { logLoss: nothing(size), auc: nothing(size) };
    for (let repeat = 0; repeat < repeats; repeat++) {
      const lender = draw.shuffle(own.slice());
      const shuffled = judged(
        mixedRows(
          rows,
          columns,
          columns.map((__, other) => (other === c ? lender : own)),
        ),
      );
      for (const metric of ['logLoss', 'auc'] as const) {
        addDrop(sum[metric], differenceOf(shuffled[metric], asIs[metric]), lender, repeats);
      }
    }
    return { ...sum, auc: { ...sum.auc, value: -sum.auc.value } };
  });
}

/**
 * A row moves the drop as one that is predicted, and as the lender of its value to another. Each of the R drops of row i with a
 * lender j is a(i) + b(j) + e(i, j), and the mean over shuffles varies as a + b does, and by Var(e)/R. Squares of a row's two parts
 * hold a + b, and by the luck of who met whom Var(b + e)/R as predicted and Var(a + e)/R as lender: Var(a + b + e)/R too much,
 * which is the drops' own mean square over R.
 */
function addDrop(sum: Required<Influence>, drop: Influence, lender: Int32Array, repeats: number): void {
  sum.value += drop.value / repeats;
  for (let i = 0; i < lender.length; i++) {
    const part = drop.influence[i] / repeats;
    sum.influence[i] += part;
    sum.influence[lender[i]] += part;
    sum.excess += part * part;
  }
}

const nothing = (size: number): Required<Influence> => ({ value: 0, influence: new Float64Array(size), excess: 0 });

/** Folds averaged by their shares. */
function joined(parts: readonly Influence[], shares: readonly number[]): Influence {
  const size = parts.reduce((sum, { influence }) => sum + influence.length, 0);
  const influence = new Float64Array(size);
  let value = 0;
  let excess = 0;
  let at = 0;
  for (const [p, part] of parts.entries()) {
    value += part.value * shares[p];
    const scale = (shares[p] * size) / part.influence.length;
    excess += (part.excess ?? 0) * scale * scale;
    for (const psi of part.influence) influence[at++] = psi * scale;
  }
  return { value, influence, excess };
}
