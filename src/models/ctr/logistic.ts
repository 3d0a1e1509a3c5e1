/** Logistic regression on the log's clicks, with crossed features and an L2 penalty chosen on held-out sessions. */
import type { Matrix, Requests, Warning } from '../../core/contracts.ts';
import { clickData } from './click-model.ts';
import type { ClickData, ClickModel } from './click-model.ts';
import { designOf, designShape, foldWeights, predictLinear } from './design.ts';
import type { LinearScore } from './design.ts';
import { featureMap, featuresOf, standardisationOf } from './features.ts';
import type { Standardisation } from './features.ts';
import type { ModelSetup } from './labels.ts';
import { logLoss } from './metrics.ts';
import { logisticSolver, newtonLogistic, scoreOf } from './newton.ts';
import type { SparseRows } from './newton.ts';

export interface LogisticConfig {
  kind: 'logistic';
  name?: string | undefined;
  /** > 0: precision of each standardised weight's normal prior; chosen among `L2_CANDIDATES` where absent. */
  l2?: number | undefined;
}

/** From heavy to light; each starts where the one before ended. */
export const L2_CANDIDATES: readonly number[] = [1000, 300, 100, 30, 10];

/** Coarse enough to tell penalties apart. */
const SEARCH_TOLERANCE = 1e-2;

/** Where too few clicks are left to hold some out. */
const UNCHOSEN_L2 = 100;

/**
 * L2-regularised logistic regression, fitted to its optimum by Newton's method. A fit depends on `random` only through
 * the sessions held out to choose the penalty, which it then learns from as well; a validation log given by the caller
 * chooses the penalty and nothing else.
 */
export function logistic(config: LogisticConfig, setup: ModelSetup): ClickModel {
  const name = config.name ?? config.kind;
  const { actions } = setup;
  const map = featureMap(setup);
  const shape = designShape(map, actions);
  let fitted: { score: LinearScore; scale: Standardisation } | undefined;

  return {
    name,
    async fit(log, random, validation) {
      const data = clickData(log, setup, random, validation);
      const { whole, validation: held } = data;
      const scale = standardisationOf(featuresOf(whole.log.requests, whole.shown, map, actions.features));
      const design = ({ log: part, shown }: ClickData): SparseRows => designOf(shape, part, shown, actions, scale);
      const train = design(data.train);
      const choice = held
        ? choosePenalty(config.l2 === undefined ? L2_CANDIDATES : [config.l2], train, data.train, design(held), held)
        : { l2: config.l2 ?? UNCHOSEN_L2, weights: undefined, validationLoss: [] };
      const all = data.train === whole ? train : design(whole);
      const fit = newtonLogistic(all, whole.shown.click, { l2: choice.l2, ...startAt(choice.weights) });
      fitted = { score: foldWeights(shape, fit.weights, actions, scale), scale };
      return {
        model: name,
        rows: all.rows,
        steps: fit.objective.length,
        loss: fit.objective.map((value) => value / all.rows),
        validationLoss: choice.validationLoss,
        warnings: fit.converged ? [] : [notConverged(name, fit.objective.length)],
      };
    },
    predict(requests: Requests, out: Matrix) {
      if (!fitted) throw new Error(`${name}: predict before fit`);
      predictLinear(fitted.score, fitted.scale, requests, out.data);
    },
  };
}

interface Penalty {
  l2: number;
  weights: Float64Array | undefined;
  /** Log loss on the held-out sessions of each candidate tried. */
  validationLoss: number[];
}

/** The candidate with the lowest held-out log loss; the search ends where a lighter one does worse. */
function choosePenalty(
  candidates: readonly number[],
  train: SparseRows,
  trainData: ClickData,
  held: SparseRows,
  heldData: ClickData,
): Penalty {
  const best: Penalty = { l2: candidates[0], weights: undefined, validationLoss: [] };
  let lowest = Infinity;
  let start: Float64Array | undefined;
  const solver = logisticSolver(train, trainData.shown.click);
  for (const l2 of candidates) {
    start = solver.solve({ l2, tolerance: SEARCH_TOLERANCE, ...startAt(start) }).weights;
    const loss = lossOf(held, start, heldData.shown.click);
    best.validationLoss.push(loss);
    if (loss >= lowest) break;
    lowest = loss;
    best.l2 = l2;
    best.weights = start;
  }
  return best;
}

function notConverged(name: string, steps: number): Warning {
  return {
    kind: 'not-converged',
    message: `${name}: Newton's method stopped after ${steps} steps before its optimum`,
    advice: 'set a larger l2, or log more requests',
  };
}

function startAt(start: Float64Array | undefined): { start?: Float64Array } {
  return start ? { start } : {};
}

function lossOf(design: SparseRows, weights: Float64Array, click: Uint8Array): number {
  const predicted = Float64Array.from(click, (_, i) => 1 / (1 + Math.exp(-scoreOf(design, i, weights))));
  return logLoss(predicted, click);
}
