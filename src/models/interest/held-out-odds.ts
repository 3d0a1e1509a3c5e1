/** k-fold cross-validation by user: every row gets odds from a model that saw neither the row nor its user. */
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { splitRows } from '../ctr/split.ts';
import type { Classifier } from '../supervised/classifier.ts';
import { outputsOf } from '../supervised/classifier.ts';
import type { LabelledExamples } from '../supervised/examples.ts';
import { selectExamples } from '../supervised/examples.ts';

/** The rows to learn from without some users; they may hold more columns, learned from these rows alone (vectors). */
export type Prepared = (without: ReadonlySet<number>) => LabelledExamples;

/**
 * (m×classes) odds of each of `examples`' rows. Groups are dealt to `folds` ≥ 2 parts; the same `random` gives every model the
 * same parts. `prepared(users)` gives all rows again (same rows, same order) with columns that were made without those users;
 * default: the rows as they are. Throws `InputError` where there are fewer groups than folds.
 */
export async function heldOutOdds(
  examples: LabelledExamples,
  make: () => Classifier,
  folds: number,
  random: Random,
  prepared: Prepared = () => examples,
): Promise<Matrix> {
  const { size, classes } = examples;
  const group = examples.group ?? Int32Array.from({ length: size }, (_, i) => i);
  const equal = Array.from({ length: folds }, () => 1);
  const parts = splitRows(group, size, equal, random);
  const odds = matrix(size, classes);
  for (const [fold, out] of parts.entries()) {
    const users = new Set(Array.from(out, (i) => group[i]));
    const rows = prepared(users);
    const train = Int32Array.from({ length: size }, (_, i) => i).filter((i) => !users.has(group[i]));
    const model = make();
    await model.fit(selectExamples(rows, train), random.stream('fit', fold));
    const said = matrix(out.length, outputsOf(classes));
    model.predict(selectExamples(rows, out), said);
    out.forEach((i, at) => writeOdds(said, at, odds, i));
  }
  return odds;
}

/** Row `at` of what a model says, as odds of every class. */
function writeOdds(said: Matrix, at: number, odds: Matrix, i: number): void {
  const classes = odds.columns;
  if (said.columns === 1) odds.data.set([1 - said.data[at], said.data[at]], i * classes);
  else odds.data.set(said.data.subarray(at * classes, (at + 1) * classes), i * classes);
}

/** (m×classes) what a model says that knows nothing but how frequent each class is, among the other folds' rows. */
export function frequencyOdds(examples: LabelledExamples, folds: number, random: Random): Matrix {
  const { size, classes, label } = examples;
  const group = examples.group ?? Int32Array.from({ length: size }, (_, i) => i);
  const odds = matrix(size, classes);
  const equal = Array.from({ length: folds }, () => 1);
  for (const out of splitRows(group, size, equal, random)) {
    const counts = new Float64Array(classes).fill(1);
    for (let i = 0; i < size; i++) counts[label[i]]++;
    for (const i of out) counts[label[i]]--;
    const total = counts.reduce((a, b) => a + b, 0);
    for (const i of out) for (let c = 0; c < classes; c++) odds.data[i * classes + c] = counts[c] / total;
  }
  return odds;
}
