/**
 * The nouns everyone speaks. A log is one very long tick: requests, decisions and outcomes are columns, whether
 * they hold the 256 rows of a running market or the million rows of a log.
 *
 * Shapes: n rows in a tick, d context features, h hidden features, k actions, f action features, L slots, m rows in a log.
 * An n×L column keeps row i's slots at [i·L, i·L + L).
 */
import type { AuctionSpec, CampaignSpec } from './market-spec.ts';
import type { Embedding } from './embedding.ts';
import type { EventHistory } from './event-history.ts';
import type { Matrix } from './matrix.ts';
import type { PageSoFar } from './page-so-far.ts';
import type { Random } from './random.ts';
import type { Warning } from './warnings.ts';

/** What the agent may see of n requests. Row order is time order. A row may have nothing eligible: its page stays empty. */
export interface Requests {
  /** How many rows are filled; buffers may be longer. */
  size: number;
  /** (n) id, unique in the log. */
  impression: Float64Array;
  /** (n) id of the session (one user's visit) that the row belongs to. */
  session: Int32Array;
  /** (n) id of the user. */
  user: Int32Array;
  /** (n)[h] since the start of the episode, non-decreasing. */
  hour: Float64Array;
  /** (n×d) what the agent may see, session features included. */
  context: Matrix;
  /** (n×k) 1 where the action may be taken. */
  eligible: Uint8Array;
  history?: EventHistory; // what each user did lately, where the world shows it
}

/** Requests with the latent state that only the environment and its truth may read. The runner never passes it to an agent. */
export interface TrueRequests extends Requests {
  /** (n×h) latent state: everything `truth` needs to know about the row. */
  hidden: Matrix;
}

/** What a policy decided, and the odds it drew from. */
export interface Decisions {
  /** (n×L) the action shown; −1 where the slot stays empty. */
  action: Int32Array;
  /** (n×L) in (0, 1]: probability with which each slot's action was drawn, given the slots above. Papers: pscore. */
  propensity: Float64Array;
  /** (n×k) the whole distribution of slot 0, where it is kept. */
  distribution?: Matrix;
  /** (n)[USD per impression, or per click where `spec.auction.unit` is 'click'] the offer, for each ad of the page. */
  bid: Float64Array;
  /** (n)[`bid`'s unit] what the bidder believes the first ad of the page to be worth; NaN where it does not say. */
  estimate: Float64Array;
  /** (n) probability, or density, with which the bid was drawn; absent where bids are not drawn. */
  bidPropensity?: Float64Array;
}

/** How one row of a session ended. */
export const GOES_ON = 0;
export const TERMINATED = 1;
export const TRUNCATED = 2;

/** Conversion states of an ad. */
export const NO_CONVERSION = 0;
export const CONVERTED = 1;
export const CENSORED = 2;

/** What happened. Column l of an n×L field belongs to the l-th ad decided on. */
export interface Outcomes {
  /** (n) 1 where an ad was shown. */
  won: Uint8Array;
  /** (n×L) place on the page where the ad was shown, 0 at the top; −1 where it was not shown. */
  slot: Int8Array;
  /** (n×L)[USD] paid for the ad. */
  cost: Float64Array;
  /** (n×L) 1 where the slot was clicked. */
  click: Uint8Array;
  /** (n×L) 0 none so far, 1 seen, 2 censored: the window closed without one. */
  conversion: Uint8Array;
  /** (n×L)[USD] revenue of the conversion seen so far. */
  revenue: Float64Array;
  /** (n×L)[h] from the click to the conversion seen; 0 where there is none. In closed logs whose conversions may come late. */
  delayHours?: Float64Array;
  /** (n) in `spec.rewardUnit`: the sum over the page. */
  reward: Float64Array;
  /** (n×L) what each ad of the page brought; with one slot the same column as `reward`. Not kept in logs. */
  adReward: Float64Array;
  /** (n) 0 the session goes on, 1 terminated: the user left, 2 truncated: the horizon cut it. */
  ended: Uint8Array;
  /** (n×d) read only where ended = 2: what would have been seen next, to bootstrap from. */
  finalContext: Matrix;
  /** Conversions of earlier rows that became known in this tick. */
  late: readonly LateConversion[];
  /** Actions that, from this row on (n: after the last), stand for another creative: what was known of them is void. */
  replaced?: readonly { row: number; action: number }[];
}

/** A conversion that came after its row was logged; matched by impression id. */
export interface LateConversion {
  impression: number;
  slot: number;
  revenueUsd: number;
  reward: number; // what it adds to the row's, in `spec.rewardUnit`
  delayHours: number;
}

/** What can be shown: k actions, each a creative at a price. */
export interface ActionTable {
  size: number; // k
  /** (k) display names, unique. */
  names: readonly string[];
  /** (k) index of the creative shown. */
  creative: Int32Array;
  /** (k)[USD] price of the product advertised. */
  priceUsd: Float64Array;
  /** (k) category of the product advertised. */
  category: Int32Array;
  /** (k) campaign that pays for it: an index into `spec.campaigns`. */
  campaign: Int32Array;
  /** (k×f) what may be known of each creative: category, headline, style of its pixels. */
  features: Matrix;
  /** (f) names of the features. */
  featureNames: readonly string[];
}

/** What a log needs to be read without the program that wrote it. */
export interface LogSpec {
  /** (d) */
  contextNames: readonly string[];
  /** (k) */
  actions: readonly string[];
  /** L */
  slots: number;
  rewardUnit: string;
  /** Known bounds of the reward make honest intervals possible. */
  rewardRange?: readonly [number, number];
  /** [h] after a click in which a conversion counts; absent where conversions come at once. */
  conversionWindowHours?: number;
  /** Sizes of `requests.history`, where the world shows it. */
  history?: Pick<EventHistory, 'steps' | 'levels'>;
  schemaVersion: number;
}

/** What is known of a world before it is played. */
export interface EnvironmentSpec extends LogSpec {
  name: string;
  /** n: sessions that run side by side. */
  lanes: number;
  /** h: width of `hidden`. */
  hiddenSize: number;
  /** True where what is shown now changes later requests or what they are worth: then `greedy(truth)` is a myopic oracle. */
  sequential: boolean;
  /** True where what is shown now changes who comes and for how long. */
  visitsRespond: boolean;
  /** P: how many agents compete in the market; `step` takes so many decisions. */
  players: number;
  /** Absent where every impression is the player's own. */
  auction?: AuctionSpec;
  /** True where purse, cap, daypart or targeting may forbid an action. */
  limited: boolean;
  campaigns: readonly CampaignSpec[];
}

/**
 * A world: `observe → step → observe → …`. Row i of the next tick continues row i's session unless the row is marked
 * ended; then it is the first request of a new session (same-step refill).
 */
export interface Environment {
  spec: EnvironmentSpec;
  actions: ActionTable;
  truth: TruthModel;
  /**
   * Starts a new episode. The same seed brings the same users and the same luck; another `luck` brings other visits,
   * clicks and conversions of the same users in the same world.
   */
  reset(seed: string, luck?: string): void;
  /** Fills the next tick as a player sees it (players differ in what is eligible); false when the episode is over. */
  observe(out: TrueRequests, player?: number): boolean;
  /** Plays the tick: one entry of `decisions` and `out` per competing agent; usually one. */
  step(requests: TrueRequests, decisions: readonly Decisions[], out: readonly Outcomes[]): void;
  /** (n)[USD per bid unit] of the last tick, in auctions: the least bid that would have shown player 0's first ad. */
  readonly minimumToWin?: Float64Array;
}

/** A policy states its odds; it never draws. */
export interface Policy {
  name: string;
  /** Fills `out` (n×k): rows sum to 1, 0 where ineligible. A pure function of the policy's state, the rows and the page. */
  distribution(requests: Requests, out: Matrix, page?: PageSoFar): void;
}

/** A policy that bids and learns. */
export interface Agent extends Policy {
  /** Fills `decisions.bid` [USD per impression]. */
  bid(requests: Requests, decisions: Decisions): void;
  /** Learns from a tick. `next` is the following tick: row i continues row i's session unless `outcomes.ended[i]`. */
  learn(requests: Requests, decisions: Decisions, outcomes: Outcomes, next: Requests): void;
}

/** A learned model of the reward: a pure function of what may be seen. */
export interface RewardModel {
  /** Fills `out` (n×k) with the predicted reward of every action. */
  predict(requests: Requests, out: Matrix): void;
}

/** E[reward | everything], exactly. */
export interface TruthModel {
  /**
   * Fills `out` (n×k) in `spec.rewardUnit`: the action alone at the top of the page. Where impressions are auctioned,
   * it is the reward before the price, given that the ad is shown.
   */
  predict(requests: TrueRequests, out: Matrix): void;
  /** Fills `out` (n) with each page's expected reward: ads `action` (n×L) from the top down, −1 empty; before any price. */
  page(requests: TrueRequests, action: Int32Array, out: Float64Array): void;
  /** Fills two n×k: P(click) alone at the top of the page, and P(conversion within the window | click); absent where none convert. */
  responses?(requests: TrueRequests, click: Matrix, conversion: Matrix): void;
}

/** How a model was fitted. */
export interface FitReport {
  model: string;
  rows: number;
  steps: number;
  /** Training loss per epoch (or per iteration of a batch solver). */
  loss: readonly number[];
  validationLoss: readonly number[];
  warnings: readonly Warning[];
}

/** A reward model that learns from a log. */
export interface TrainableModel extends RewardModel {
  name: string;
  /** Fits on the log. Deterministic in (log, random). Throws `InputError` on a log it cannot learn from. */
  fit(log: ImpressionLog, random: Random): Promise<FitReport>;
}

/** What happened to m requests, as columns. */
export interface ImpressionLog {
  size: number; // m
  spec: LogSpec;
  requests: Requests;
  decisions: Decisions;
  outcomes: Outcomes;
  /** (m×k) E[reward | everything] of every action, where the config asked for it. */
  truth?: Matrix;
}

/** What an estimator may look at. */
export interface Evidence {
  log: ImpressionLog;
  /** (m×k) the evaluation policy π_e. */
  evaluation: Matrix;
  /** (m×k) the behaviour policy π_b, where it is known whole. */
  behaviour?: Matrix;
  /** (m×k) a reward model's predictions q̂. */
  predicted?: Matrix;
  /** What the actions have in common. */
  embedding?: Embedding;
  /** (m) ≥ 0: importance weights that were estimated; they stand in for π_e(action) / propensity. */
  weight?: Float64Array;
}

/** A few columns and a smooth function of their sums. */
export interface Estimator {
  name: string;
  needs: readonly ('model' | 'behaviour' | 'embedding')[];
  /** How many columns. */
  columns: number;
  /** Fills `out` (m×columns). Rows add up: shards merge, chunks may have any size. */
  contributions(evidence: Evidence, out: Matrix): void;
  /** The estimate from the column sums over m rows; smooth, so that delta and bootstrap intervals follow in one place. */
  value(sums: Float64Array, m: number): number;
  /**
   * Of one column: bounds that no row's contribution can leave, where weights are at most `weight` and rewards (and what
   * a model predicts of them) within `reward`.
   */
  bounds?(weight: number, reward: readonly [number, number]): readonly [number, number];
  /** What the contract suite may demand of it. */
  laws: { selfNormalised: boolean; exactOnPolicy: boolean };
}

/** A value with its doubt, in the log's reward unit per request. */
export interface Estimate {
  estimator: string;
  value: number;
  interval: readonly [number, number];
  /** Nominal level of the interval, for instance 0.95. */
  level: number;
  /** How the interval was made, for instance 'delta-normal'. */
  rule: string;
  /** Measured coverage of the rule on logs like this one, where it was measured. */
  coverage?: number;
  /** Its 95 % interval (Wilson), from so many made-up logs of so many rows. */
  measured?: { interval: readonly [number, number]; worlds: number; rows: number };
  effectiveSampleSize: number;
  warnings: readonly Warning[];
}

export * from './creatives.ts';
export type { AuctionSpec, CampaignSpec, Embedding, EventHistory, Matrix, PageSoFar, Random, Warning };
