/** What an agent and its bidder are made from, beside their configuration. */
import type {
  ActionTable,
  EnvironmentSpec,
  ImpressionLog,
  LogSpec,
  RewardModel,
  TruthModel,
} from '../core/contracts.ts';
import type { Random } from '../core/random.ts';

export interface AgentSetup {
  /** Of a log; where the agent is to play, also how impressions are sold, and who pays. */
  spec: LogSpec & Partial<Pick<EnvironmentSpec, 'auction' | 'campaigns'>>;
  actions: ActionTable;
  random: Random;
  /** Only for agents that see everything. */
  truth?: TruthModel;
  /** Trained models by name. */
  models: ReadonlyMap<string, RewardModel>;
  /** What the behaviour policy collected, and how many of its rows are a tick: for agents that learn before they play. */
  log?: { rows: ImpressionLog; tickRows: number };
  /** How many requests the episode will hold: what budgets are planned over. */
  requests?: number;
}
