/** Every agent, frozen after training, valued on the behaviour policy's log beside its true value there. */
import { bestEligible } from '../core/choice.ts';
import type { Estimate, ImpressionLog, Policy, TrainableModel } from '../core/contracts.ts';
import { matrix } from '../core/matrix.ts';
import type { Matrix } from '../core/matrix.ts';
import type { Random } from '../core/random.ts';
import type { ModelSetup } from '../models/ctr/labels.ts';
import { createModel } from '../models/ctr/registry.ts';
import { actionMeans, crossFit } from '../ope/cross-fit.ts';
import { evaluate } from '../ope/evaluate.ts';
import { chooseEstimators } from '../ope/registry.ts';
import type { ResolvedExperiment } from './config.ts';

/** One policy on one log. */
export interface PolicyValue {
  policy: string;
  truth: number;
  estimates: Estimate[];
}

/** The myopic oracle on a log: the hidden state is gone, but the log's truth says what it would have shown. */
export function greedyOnLog(name: string, log: ImpressionLog): Policy {
  const truth = log.truth as Matrix;
  return {
    name,
    distribution(requests, out) {
      out.data.fill(0, 0, requests.size * out.columns);
      for (let i = 0; i < requests.size; i++) {
        out.data[i * out.columns + bestEligible(truth, i, requests.eligible)] = 1;
      }
    },
  };
}

/** Below this many clicks (or misses) a fold, a logistic regression has too little to learn from. */
const CLICKS_PER_FOLD = 20;

function clicksOf({ outcomes: { click }, size }: ImpressionLog): number {
  let clicks = 0;
  for (let i = 0; i < size; i++) clicks += click[i];
  return clicks;
}

/** `policies` in the order of the experiment's agents; the log carries π_b and the truth. */
export async function valueOffPolicy(
  experiment: ResolvedExperiment,
  log: ImpressionLog,
  policies: readonly Policy[],
  setup: ModelSetup,
  random: Random,
): Promise<PolicyValue[]> {
  const { estimators, level, folds } = experiment.offPolicy;
  const m = log.size;
  const k = log.spec.actions.length;
  // A click model needs clicks (and rewards that are clicks); with fewer, each action's mean is the better guess.
  const rare = Math.min(clicksOf(log), m - clicksOf(log));
  const logistic = experiment.world.reward === 'click' && rare >= CLICKS_PER_FOLD * folds;
  const makeModel = (): TrainableModel => (logistic ? createModel({ kind: 'logistic', l2: 30 }, setup) : actionMeans());
  const predicted = await crossFit(log, makeModel, folds, random.stream('folds'));
  const evaluation = matrix(m, k);
  return policies.map((policy, index) => {
    policy.distribution(log.requests, evaluation);
    const evidence = { log, evaluation, predicted, behaviour: log.decisions.distribution as Matrix };
    const estimates = evaluate(evidence, chooseEstimators(estimators, evidence), { level });
    return { policy: experiment.agents[index].name, truth: trueValue(evaluation, log.truth as Matrix, m), estimates };
  });
}

/** Mean over the log's rows of Σ_a π(a | row) truth(row, a). */
function trueValue(evaluation: Matrix, truth: Matrix, m: number): number {
  const cells = m * truth.columns;
  let sum = 0;
  for (let c = 0; c < cells; c++) sum += evaluation.data[c] * truth.data[c];
  return sum / m;
}
