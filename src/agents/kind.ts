/** What every kind of agent tells the registry: its words, its parameters, how it is made. */
import { z } from 'zod';
import type { Agent } from '../core/contracts.ts';
import { biddingSchema } from './bidding/registry.ts';
import type { BiddingConfig, BiddingInput } from './bidding/registry.ts';
import type { AgentSetup } from './setup.ts';

export type { AgentSetup } from './setup.ts';

/** Keys that every kind of agent has. */
export interface CommonConfig {
  name?: string | undefined;
  /** [USD per impression, or per click where clicks are sold] */
  bidUsd: number;
  /** How the agent bids; undefined: always `bidUsd`. */
  bidding?: BiddingConfig | undefined;
  floor: number;
  warmStart: boolean;
}

/** A kind of agent: one file, one line in the registry. */
export interface AgentKind<Config extends CommonConfig = CommonConfig> {
  kind: string;
  /** One line. */
  summary: string;
  /** Where the rule comes from. */
  reference: string;
  /** A strict object whose key `kind` is a literal; every parameter is described, with default and range. */
  schema: z.ZodObject;
  /** `everything`: the runner hands it requests with their hidden state. */
  sees: 'context' | 'everything';
  /** Trained models that must be in `AgentSetup.models`, or a log. */
  needs: readonly ('ctr-model' | 'observable-model' | 'log')[];
  /** The agents inside it. */
  holds?(config: Config): readonly (CommonConfig & { kind: string })[];
  create(config: Config, setup: AgentSetup): Agent;
}

/** Least and greatest reward of a world, for rules made for rewards in [0, 1]; these where it names none. */
export function rewardBounds({ rewardRange }: AgentSetup['spec']): { low: number; high: number } {
  const [low, high] = rewardRange ?? [0, 1];
  return { low, high };
}

/** The common keys' schemas, to spread into a kind's strict object. */
export const commonFields: {
  name: z.ZodOptional<z.ZodString>;
  bidUsd: z.ZodDefault<z.ZodNumber>;
  bidding: z.ZodOptional<z.ZodType<BiddingConfig, BiddingInput>>;
  floor: z.ZodDefault<z.ZodNumber>;
  warmStart: z.ZodDefault<z.ZodBoolean>;
} = {
  name: z.string().min(1).optional().describe('Name in tables and charts; default: the kind'),
  bidUsd: z
    .number()
    .min(0)
    .default(0.001)
    .describe('Constant bid [USD per impression or click sold], 0 or more, where bidding says nothing; default 0.001'),
  bidding: biddingSchema.optional().describe('How the agent bids in auctions; default: fixed, at bidUsd'),
  floor: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Least probability of each eligible action, in [0, 1]; default 0; logs need it above 0 to be valued'),
  warmStart: z
    .boolean()
    .default(false)
    .describe('Learn from the behaviour log before the first request; default false'),
};
