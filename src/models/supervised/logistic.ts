/** Logistic regression of two classes or more, fitted to its optimum: scikit-learn's objective with C = 1/l2. */
import { logisticSolver, scoreOf } from '../ctr/newton.ts';
import { classOdds, softmaxRegression } from '../softmax-regression.ts';
import type { Classifier, SavedModel } from './classifier.ts';
import { designFor, designMatrix, designRows } from './design.ts';
import type { Design } from './design.ts';
import { checkLabelled } from './examples.ts';
import type { Examples, LabelledExamples } from './examples.ts';

export interface LogisticSettings {
  kind: 'logistic';
  name?: string | undefined;
  /** > 0: precision of each standardised weight's normal prior. */
  l2: number;
}

interface Fitted {
  design: Design;
  classes: number;
  /** Two classes: (columns + 1). More: (classes×(columns + 1)). Each class's intercept last. */
  weights: Float64Array;
}

/** L2-regularised: two classes by Newton's method, more by L-BFGS. A fit draws nothing. */
export function logisticClassifier(settings: LogisticSettings, saved?: SavedModel): Classifier {
  const name = settings.name ?? settings.kind;
  let fitted = saved && restored(saved);
  return {
    name,
    fit(train) {
      checkLabelled(train, 'training rows');
      const design = designFor(train);
      const { weights, steps, loss, converged } = solve(design, train, settings.l2);
      fitted = { design, classes: train.classes, weights };
      const slow = { kind: 'not-converged', message: `${name}: stopped before its optimum`, advice: 'set a larger l2' };
      const warnings = converged ? [] : [slow];
      return Promise.resolve({ model: name, rows: train.size, steps, loss, validationLoss: [], warnings });
    },
    predict(rows, out) {
      if (!fitted) throw new Error(`${name}: predict before fit`);
      predictRows(fitted, rows, out.data);
    },
    save() {
      if (!fitted) throw new Error(`${name}: save before fit`);
      const { design, classes, weights } = fitted;
      return { kind: settings.kind, settings: { ...settings, design, classes }, arrays: { weights } };
    },
  };
}

function solve(
  design: Design,
  train: LabelledExamples,
  l2: number,
): { weights: Float64Array; steps: number; loss: number[]; converged: boolean } {
  const { label, classes, weight, size } = train;
  if (classes === 2) {
    const fit = logisticSolver(designRows(design, train), label, weight).solve({ l2 });
    const loss = fit.objective.map((value) => value / size);
    return { weights: fit.weights, steps: loss.length, loss, converged: fit.converged };
  }
  const fit = softmaxRegression(designMatrix(design, train), label, {
    classes,
    l2,
    ...(weight && { rowWeights: weight }),
  });
  return { weights: fit.weights, steps: 0, loss: [], converged: fit.converged };
}

function predictRows({ design, classes, weights }: Fitted, rows: Examples, out: Float64Array): void {
  if (classes > 2) {
    const inputs = designMatrix(design, rows);
    classOdds({ weights, classes, converged: true }, inputs, { rows: rows.size, columns: classes, data: out });
    return;
  }
  const inputs = designRows(design, rows);
  for (let i = 0; i < rows.size; i++) out[i] = 1 / (1 + Math.exp(-scoreOf(inputs, i, weights)));
}

function restored({ settings, arrays }: SavedModel): Fitted {
  const { design, classes } = settings as unknown as Fitted;
  return { design, classes, weights: arrays['weights'] as Float64Array };
}
