/** Factorisation machine: a linear score and all products of two columns, whose weights are inner products of short vectors. */
import type { FitReport, Random, Warning } from '../../core/contracts.ts';
import type { SparseRows } from '../ctr/newton.ts';
import { outputsOf } from './classifier.ts';
import type { Classifier, SavedModel } from './classifier.ts';
import { designFor, designRows } from './design.ts';
import type { Design } from './design.ts';
import { checkLabelled } from './examples.ts';
import type { LabelledExamples } from './examples.ts';
import { adagradSteps, blockOf, oddsOfLabel, scoreRow, stepRow } from './factor-scores.ts';
import type { FactorShape, Steps } from './factor-scores.ts';
import { heldOut } from './held-out.ts';

export interface FactorisationSettings {
  kind: 'fm';
  name?: string | undefined;
  /** Length of the vectors. */
  factors: number;
  learningRate: number;
  /** ≥ 0: pull of every weight that a row touches towards 0. */
  l2: number;
  epochs: number;
  /** Stops after so many epochs without a better held-out loss. */
  patience: number;
}

interface Fitted {
  design: Design;
  shape: FactorShape;
  parameters: Float64Array;
}

/**
 * Rendle 2010, Factorization machines, eq. 1 and 5, on standardised numbers and one column per level; logistic loss, of three and
 * more classes the softmax's with a machine each. AdaGrad row by row (Duchi et al. 2011); keeps the epoch that did best on rows
 * held out. `loss` is the mean over each epoch of what was predicted just before each step.
 */
export function factorisationMachine(settings: FactorisationSettings, saved?: SavedModel): Classifier {
  const name = settings.name ?? settings.kind;
  let fitted = saved && restored(saved);
  return {
    name,
    fit(train, random, validation) {
      checkLabelled(train, 'training rows');
      const split = validation ? { train, held: validation } : heldOut(train, random);
      const learned = learn(settings, split?.train ?? train, split?.held, random);
      fitted = learned.fitted;
      const warnings = split ? [] : [noValidation(name, settings.epochs)];
      return Promise.resolve({ model: name, rows: split?.train.size ?? train.size, ...learned.told, warnings });
    },
    predict(rows, out) {
      if (!fitted) throw new Error(`${name}: predict before fit`);
      const { design, shape, parameters } = fitted;
      const inputs = designRows(design, rows);
      const odds = new Float64Array(shape.outputs);
      const sums = new Float64Array(shape.factors);
      for (let i = 0; i < rows.size; i++) {
        scoreRow(shape, parameters, inputs, i, sums, odds);
        out.data.set(odds, i * shape.outputs);
      }
    },
    save() {
      if (!fitted) throw new Error(`${name}: save before fit`);
      const { design, shape, parameters } = fitted;
      return { kind: settings.kind, settings: { ...settings, design, shape }, arrays: { parameters } };
    },
  };
}

function learn(
  settings: FactorisationSettings,
  train: LabelledExamples,
  held: LabelledExamples | undefined,
  random: Random,
): { fitted: Fitted; told: Pick<FitReport, 'steps' | 'loss' | 'validationLoss'> } {
  const design = designFor(train);
  const shape = { columns: design.columns, factors: settings.factors, outputs: outputsOf(train.classes) };
  const inputs = designRows(design, train);
  const heldInputs = held && designRows(design, held);
  const parameters = firstParameters(shape, random.stream('factors'));
  const steps = adagradSteps(parameters, { learningRate: settings.learningRate, l2: settings.l2 });
  const order = Int32Array.from({ length: train.size }, (_, i) => i);
  const loss: number[] = [];
  const validationLoss: number[] = [];
  let best = parameters.slice();
  let bestEpoch = 0;
  for (let epoch = 0; epoch < settings.epochs; epoch++) {
    random.stream('order', epoch).sequence().shuffle(order);
    loss.push(pass(shape, parameters, inputs, train, order, steps));
    if (!held || !heldInputs) continue;
    validationLoss.push(pass(shape, parameters, heldInputs, held));
    if (validationLoss[epoch] < validationLoss[bestEpoch] || epoch === 0) {
      bestEpoch = epoch;
      best = parameters.slice();
    }
    if (epoch - bestEpoch >= settings.patience) break;
  }
  const fitted = { design, shape, parameters: held ? best : parameters };
  return { fitted, told: { steps: loss.length * train.size, loss, validationLoss } };
}

/** One pass over the rows; returns their mean loss [nats] and learns where there are `steps`. */
function pass(
  shape: FactorShape,
  parameters: Float64Array,
  inputs: SparseRows,
  { label, weight, size }: LabelledExamples,
  order?: Int32Array,
  steps?: Steps,
): number {
  const odds = new Float64Array(shape.outputs);
  const sums = new Float64Array(shape.factors);
  let loss = 0;
  let total = 0;
  for (let r = 0; r < size; r++) {
    const i = order ? order[r] : r;
    const w = weight ? weight[i] : 1;
    scoreRow(shape, parameters, inputs, i, sums, odds);
    loss -= w * Math.log(Math.max(oddsOfLabel(odds, label[i]), 1e-15));
    total += w;
    if (steps) stepRow(shape, parameters, inputs, i, label[i], w, odds, sums, steps);
  }
  return loss / total;
}

/** Linear weights begin at 0, vectors at small random numbers: from 0 no product would ever move. */
function firstParameters(shape: FactorShape, random: Random): Float64Array {
  const draw = random.sequence();
  const block = blockOf(shape);
  return Float64Array.from({ length: shape.outputs * block }, (_, p) =>
    p % block < 1 + shape.columns ? 0 : 0.05 * draw.normal(),
  );
}

function noValidation(name: string, epochs: number): Warning {
  return {
    kind: 'no-validation',
    message: `${name}: too few rows to hold some out, so nothing told when to stop; it ran ${epochs} epochs`,
    advice: 'bring more rows, or fewer epochs',
  };
}

function restored({ settings, arrays }: SavedModel): Fitted {
  const { design, shape } = settings as unknown as Fitted;
  return { design, shape, parameters: arrays['parameters'] as Float64Array };
}
