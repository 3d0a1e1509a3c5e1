/** Follows an agent only while what was earned so far cannot have fallen below a share of what a baseline would have. */
import { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import { normalQuantile } from '../../core/quantiles.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { firstRewards, refuseContexts, shownActions } from '../shown.ts';
import type { NestedConfig, Nesting } from './nested.ts';

export interface ConservativeConfig extends CommonConfig {
  kind: 'conservative';
  agent: NestedConfig;
  baseline: NestedConfig;
  loss: number;
  confidence: number;
}

export interface ConservativeOptions {
  name?: string;
  bidUsd?: number;
  /** α in [0, 1]: share of the baseline's reward that may be lost. */
  loss: number;
  /** Level of the bounds, in (0, 1). */
  confidence: number;
}

/** A conservative agent whose safety is open to view. */
export interface Conservative extends Agent {
  /** True while requests go to the agent. */
  explores(): boolean;
}

/** Impressions of the baseline before its mean is trusted. */
const FIRST = 200;

/**
 * Conservative exploration (Wu, Shariff, Lattimore & Szepesvári 2016; Kazerouni et al. 2017): requests go to `agent` while the
 * rewards so far, less nothing for the next tick, are at least (1 − α) times the upper bound of what the baseline would have
 * brought in as many impressions; else to `baseline`, which so pays the room to explore. The baseline's mean comes from its
 * own ticks, with a normal bound; rewards should not be negative. Both learn from everything.
 */
export function conservative(agent: Agent, baseline: Agent, options: ConservativeOptions): Conservative {
  const { name = 'conservative', loss, confidence } = options;
  const z1 = normalQuantile(confidence);
  let exploring = false;
  // Of all impressions, and of those that were the baseline's.
  const all = { n: 0, sum: 0 };
  const own = { n: 0, sum: 0, squares: 0 };
  let shown = new Int32Array(0);
  return {
    name,
    explores: () => exploring,
    distribution: (requests, out, page) => (exploring ? agent : baseline).distribution(requests, out, page),
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes, next) {
      if (shown.length !== requests.size) shown = new Int32Array(requests.size);
      refuseContexts(name, requests);
      shownActions(name, decisions, outcomes, shown);
      const rewards = firstRewards(outcomes);
      agent.learn(requests, decisions, outcomes, next);
      baseline.learn(requests, decisions, outcomes, next);
      let tick = 0;
      shown.forEach((action, i) => {
        if (action < 0) return;
        tick++;
        all.n++;
        all.sum += rewards[i];
        if (exploring) return;
        own.n++;
        own.sum += rewards[i];
        own.squares += rewards[i] * rewards[i];
      });
      exploring = safe(tick);
    },
  };

  function safe(tick: number): boolean {
    if (own.n < FIRST) return false;
    const mean = own.sum / own.n;
    const variance = Math.max(0, own.squares / own.n - mean * mean);
    const upper = mean + z1 * Math.sqrt(variance / own.n);
    return all.sum >= (1 - loss) * (all.n + tick) * upper;
  }
}

/** The kind, its agents read by `nesting`. */
export function conservativeKind(nesting: Nesting): AgentKind<ConservativeConfig> {
  return {
    kind: 'conservative',
    summary: 'an agent as long as no more than a share of a baseline’s reward can have been lost, else the baseline',
    reference: 'Wu, Shariff, Lattimore & Szepesvári (2016), Conservative bandits; Kazerouni et al. (2017)',
    schema: z.strictObject({
      kind: z.literal('conservative').describe('Explores while a baseline’s reward is not put at risk'),
      agent: nesting.schema.prefault({ kind: 'thompson' }).describe('The agent that explores; default thompson'),
      baseline: nesting.schema.prefault({ kind: 'uniform' }).describe('The policy of today; default uniform'),
      loss: z
        .number()
        .min(0)
        .max(1)
        .default(0.1)
        .describe('α: share of the baseline’s reward that may be lost, in [0, 1]; default 0.1'),
      confidence: z
        .number()
        .min(0.5)
        .max(0.9999)
        .default(0.95)
        .describe('Level of the bound on the baseline’s mean, in [0.5, 0.9999]; default 0.95'),
      ...commonFields,
    }),
    sees: 'context',
    needs: [],
    holds: ({ agent, baseline }) => [agent, baseline],
    create: ({ kind, name = kind, agent, baseline, ...config }, setup) =>
      conservative(nesting.create(agent, setup, 0), nesting.create(baseline, setup, 1), { ...config, name }),
  };
}
