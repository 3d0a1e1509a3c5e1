/** Agents that learn a model of the reward and make odds of its predictions. */
import type { Agent, Requests } from '../../core/contracts.ts';
import type { Matrix } from '../../core/matrix.ts';
import { constantBid } from '../bid.ts';
import type { Learner } from './learners.ts';
import { firstRewards, refuseContexts, shownActions } from '../shown.ts';

/** What is known when odds are made. */
export interface Predicted {
  /** (n×k) predicted rewards. */
  means: Float64Array;
  /** (n×k) their uncertainty. */
  widths: Float64Array;
  /** Impressions learned from. */
  learned: number;
}

export interface ModelAgentOptions {
  name: string;
  bidUsd?: number;
  learner: Learner;
  /** Whether `odds` reads widths. */
  uncertain?: boolean;
  /** Fills `out` (n×k). */
  odds(requests: Requests, predicted: Predicted, out: Matrix): void;
}

/** The agent over k actions. Learns from first ads that were shown; refuses, with `InputError`, rewards its model is not made for. */
export function modelAgent(k: number, options: ModelAgentOptions): Agent {
  const { name, learner, uncertain = false } = options;
  const [low, high] = learner.range;
  const predicted: Predicted = { means: new Float64Array(0), widths: new Float64Array(0), learned: 0 };
  let shown = new Int32Array(0);
  return {
    name,
    distribution(requests, out) {
      const cells = requests.size * k;
      if (predicted.means.length < cells) {
        predicted.means = new Float64Array(cells);
        predicted.widths = new Float64Array(uncertain ? cells : 0);
      }
      learner.predict(requests, predicted.means, uncertain ? predicted.widths : undefined);
      options.odds(requests, predicted, out);
    },
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      if (shown.length !== requests.size) shown = new Int32Array(requests.size);
      refuseContexts(name, requests);
      shownActions(name, decisions, outcomes, shown, low, high);
      learner.learn(requests, shown, firstRewards(outcomes));
      for (const action of shown) if (action >= 0) predicted.learned++;
    },
  };
}
