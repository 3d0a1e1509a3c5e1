/** Agents inside an agent: how their configurations are read and how they are made. */
import type { z } from 'zod';
import type { Agent } from '../../core/contracts.ts';
import type { AgentSetup, CommonConfig } from '../kind.ts';

/** An agent's configuration within another's. */
export interface NestedConfig extends CommonConfig {
  kind: string;
}

/** What the registry lends to kinds that hold other agents. */
export interface Nesting {
  schema: z.ZodType<NestedConfig, { kind: string }>;
  /** Each gets draws of its own by its place. */
  create(config: NestedConfig, setup: AgentSetup, place: number): Agent;
}
