/** A policy as a network, moved after each handful of sessions by what came after every request. */
import { z } from 'zod';
import { GOES_ON, TERMINATED } from '../../../core/contracts.ts';
import type { Agent } from '../../../core/contracts.ts';
import type { Random } from '../../../core/random.ts';
import { adamOptimiser } from '../../../models/nets/adam.ts';
import { denseNet } from '../../../models/nets/dense-net.ts';
import { constantBid } from '../../bid.ts';
import { commonFields } from '../../kind.ts';
import type { AgentKind, CommonConfig } from '../../kind.ts';
import { refuseContexts } from '../../shown.ts';
import { lookingAheadFields, refuseUnfit } from '../value-table.ts';
import { netFields } from './dqn.ts';
import { addPolicySlope, policyNet, statesOdds } from './policy-net.ts';

export interface ReinforceOptions {
  name?: string;
  bidUsd?: number;
  /** γ in [0, 1]. */
  discount: number;
  hidden: readonly number[];
  learningRate: number;
  /** Rows of ended sessions that make a learning step. */
  batch: number;
  /** Weight of the odds' entropy. */
  entropy: number;
}

export interface ReinforceConfig extends CommonConfig, Required<Omit<ReinforceOptions, 'name' | 'bidUsd' | 'hidden'>> {
  kind: 'reinforce';
  hidden: number[];
}

/** A request of a session, and once the session has ended what came after it. */
interface Step {
  context: Float64Array;
  eligible: Uint8Array;
  action: number;
  reward: number;
}

/**
 * REINFORCE with a baseline (Williams 1992; Sutton & Barto 2018, section 13.4): ln π(a|s) moves by G − v(s), G being the
 * discounted rewards to the session's end and v a network of the same widths that learns G. A truncated session ends with
 * v of its final context.
 */
export function reinforce(k: number, d: number, random: Random, options: ReinforceOptions): Agent {
  const { name = 'reinforce', discount, batch, entropy, learningRate } = options;
  const policy = policyNet(d, k, options.hidden, random.stream('policy'));
  const baseline = denseNet([d, ...options.hidden, 1], random.stream('baseline'), { activation: 'tanh' });
  const moves = adamOptimiser(policy.net.parameters.length, { learningRate, clip: 1 });
  const corrects = adamOptimiser(baseline.parameters.length, { learningRate, clip: 1 });
  const lanes: { session: number; steps: Step[] }[] = [];
  let done: (Step & { gain: number })[] = [];
  return {
    name,
    distribution: statesOdds(policy),
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      const slots = decisions.action.length / decisions.bid.length;
      refuseUnfit(name, requests.size, outcomes.reward);
      refuseContexts(name, requests);
      for (let i = 0; i < requests.size; i++) {
        const lane = (lanes[i] ??= { session: -1, steps: [] });
        if (lane.session !== requests.session[i]) lane.steps = [];
        lane.session = requests.session[i];
        const action = decisions.action[i * slots];
        if (action >= 0) {
          lane.steps.push({
            context: requests.context.data.slice(i * d, (i + 1) * d),
            eligible: requests.eligible.slice(i * k, (i + 1) * k),
            action,
            reward: outcomes.reward[i],
          });
        }
        if (outcomes.ended[i] === GOES_ON) continue;
        const final = outcomes.finalContext.data.subarray(i * d, (i + 1) * d);
        finish(lane.steps, outcomes.ended[i] === TERMINATED ? 0 : baseline.forward(final, 1)[0]);
        lane.steps = [];
      }
      if (done.length >= batch) improve();
    },
  };

  function finish(steps: readonly Step[], after: number): void {
    let gain = after;
    for (let t = steps.length - 1; t >= 0; t--) {
      gain = steps[t].reward + discount * gain;
      done.push({ ...steps[t], gain });
    }
  }

  function improve(): void {
    const b = done.length;
    const context = new Float64Array(b * d);
    const eligible = new Uint8Array(b * k);
    done.forEach((step, r) => {
      context.set(step.context, r * d);
      eligible.set(step.eligible, r * k);
    });
    const expected = baseline.forward(context, b);
    const surprise = Float64Array.from(done, ({ gain }, r) => gain - expected[r]);
    baseline.backward(
      surprise.map((one) => -one / b),
      b,
    );
    corrects.step(baseline.parameters, baseline.gradient);
    const odds = new Float64Array(b * k);
    const slope = new Float64Array(b * k);
    policy.odds(context, eligible, b, odds);
    done.forEach(({ action }, r) => addPolicySlope(odds, r * k, k, action, surprise[r] / b, entropy / b, slope));
    policy.net.backward(slope, b);
    moves.step(policy.net.parameters, policy.net.gradient);
    done = [];
  }
}

const { discount } = lookingAheadFields;

const schema = z.strictObject({
  kind: z.literal('reinforce').describe('Looks ahead: REINFORCE with a baseline on the context'),
  discount,
  ...netFields,
  learningRate: netFields.learningRate.default(0.01).describe('Of Adam, in (0, 1]; default 0.01'),
  batch: z.int().min(1).max(1e6).default(256).describe('Rows of ended sessions in a learning step; default 256'),
  entropy: z.number().min(0).max(10).default(0.01).describe('Weight of the odds’ entropy, in [0, 10]; default 0.01'),
  ...commonFields,
}) satisfies z.ZodType<ReinforceConfig>;

export const reinforceKind: AgentKind<ReinforceConfig> = {
  kind: 'reinforce',
  summary: 'a network of the odds, moved by what came after each request less what was expected',
  reference: 'Williams (1992); Sutton & Barto (2018), section 13.4',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, { actions, spec, random }) =>
    reinforce(actions.size, spec.contextNames.length, random, { ...config, name }),
};
