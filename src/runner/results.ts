/**
 * What a run found: the content of `results.json`, which tables, report and verification are made from. Everything in
 * it enters the digest, so nothing in it may depend on the clock, the machine or the number of workers; wall times
 * live in the manifest.
 */
import type { AuctionSpec } from '../core/contracts.ts';
import type { Summary } from '../core/statistics.ts';
import type { Warning } from '../core/warnings.ts';
import type { Evaluation } from '../models/gan/evaluation.ts';
import type { AuctionTotals } from './auction-tally.ts';
import type { ConversionsResult } from './conversion-results.ts';
import type { ElementsResult, GuidanceResult, VarietyResult } from './image-results.ts';

export const RESULTS_SCHEMA_VERSION = 3;

export interface Results {
  schemaVersion: typeof RESULTS_SCHEMA_VERSION;
  name: string;
  /** The question the experiment answers, in a sentence. */
  question: string;
  /** For instance `world:quiet|agents:7|seeds:8|v:0.1.0|cfg:9f3c`. */
  signature: string;
  /** Names of the seeds, in order. */
  seeds: readonly string[];
  world: WorldResult;
  agents: readonly AgentResult[];
  /** Null where the experiment uses synthetic creatives without pixels. */
  creatives: CreativesResult | null;
  /** Where images are also chosen by clicks. */
  guidance?: GuidanceResult;
  /** Where it is asked what a collapsed generator costs. */
  variety?: VarietyResult;
  /** Where creatives are composited. */
  elements?: ElementsResult;
  /** How many creatives the log never showed, where there are any. */
  newCreatives?: number;
  /** Where creatives are also told as vectors. */
  encoder?: EncoderResult;
  /** Models of what comes of clicks, where the experiment asks for some. */
  conversions?: ConversionsResult;
  /** CTR models trained on the behaviour policy's log. */
  models: readonly ModelResult[];
  /** How parameters were chosen, agent by agent; empty where nothing was tuned. */
  tuning: readonly TuningResult[];
  offPolicy: OffPolicyResult;
  warnings: readonly Warning[];
}

/** One agent's search for parameters, on seeds of its own. */
export interface TuningResult {
  agent: string;
  method: 'grid' | 'random' | 'halving';
  /** Seeds that nothing else was measured on. */
  seeds: readonly string[];
  /** In the order tried. */
  candidates: readonly TuningCandidate[];
  /** Index of the candidate that the agent played with. */
  chosen: number;
}

/** One setting that was tried. */
export interface TuningCandidate {
  /** By key. */
  settings: Readonly<Record<string, number | string | boolean>>;
  /** Requests per seed that it was last judged on: with halving, fewer for those dropped early. */
  requests: number;
  /** Reward per request over the tuning seeds; per session where actions change which requests come later. */
  score: Summary;
}

export interface WorldResult {
  name: string;
  users: number;
  lanes: number;
  /** Requests per agent and seed. */
  requests: number;
  rewardUnit: string;
  /** True where actions change which requests come later: regret is then against a *myopic* oracle. */
  sequential: boolean;
  contextNames: readonly string[];
  /** Ads on a page. */
  slots: number;
  /** How impressions are sold; null where each is the agent's own. */
  auction: AuctionSpec | null;
  /** How many agents compete, the one that is measured included. */
  players: number;
  /** True where a purse, a cap, a daypart or targeting may forbid an ad. */
  limited: boolean;
  /** [h] in which conversions may come late; null where they come at once. */
  conversionWindowHours: number | null;
}

/** One agent, online, over all seeds. */
export interface AgentResult {
  name: string;
  kind: string;
  /** One per seed, in order. */
  episodes: readonly EpisodeResult[];
  /** Over seeds. Rates of clicks per impression, conversions per click; ROI = (revenue − cost) / cost. */
  ctr: Summary;
  cvr: Summary;
  roi: Summary;
  costUsd: Summary;
  revenueUsd: Summary;
  /** Mean reward per request. */
  value: Summary;
  /** Reward per session that ended; unbiased where the odds of leaving are constant, close to it elsewhere. */
  valuePerSession: Summary;
  /** Cumulative pseudo-regret [reward] against the (myopic) oracle: Σ max_a truth − truth(chosen). */
  regret: Summary;
  /** The same against the best observable policy; negative where the agent did better. */
  regretAgainstObservable: Summary;
  /** [USD] per 1,000 requests, over seeds; null where impressions are not auctioned, or rewards are not money. */
  auction: AuctionResult | null;
  /** Where impressions went, and what they brought. */
  breakdowns: readonly BreakdownResult[];
  curve: Curve;
}

/** What was lost where in auctions. */
export interface AuctionResult {
  /** Share of offers that were shown. */
  winRate: Summary;
  /** [USD per 1,000 requests] AuctionGym's split (Jeunen et al. 2022); null where bids are for clicks or pages have several slots. */
  regret: { allocation: Summary; estimation: Summary; overbid: Summary; underbid: Summary } | null;
  /** [USD per 1,000 requests] true worth of what was shown less what it cost. */
  surplus: Summary;
}

/** An agent's impressions, split one way. */
export interface BreakdownResult {
  by: string;
  groups: readonly {
    label: string;
    /** Over all seeds. */
    impressions: number;
    clicks: number;
    conversions: number;
    costUsd: number;
    /** Clicks per impression; the interval is over seeds (null for one). Null without impressions. */
    ctr: { rate: number; interval: readonly [number, number] | null } | null;
    /** Reward per impression, conversions that came late left out; the same kind of interval. */
    reward: { rate: number; interval: readonly [number, number] | null } | null;
  }[];
}

/** One agent in one seed. */
export interface EpisodeResult {
  seed: string;
  requests: number;
  /** Sessions that ended; those that the episode cut short don't count, though their requests and rewards do. */
  sessions: number;
  impressions: number;
  clicks: number;
  conversions: number;
  costUsd: number;
  revenueUsd: number;
  reward: number;
  regret: number;
  regretAgainstObservable: number;
  /** Null where impressions are not auctioned, or rewards are not money. */
  auction: AuctionTotals | null;
}

/** Learning curves at checkpoints, with a band over seeds (null where there is one seed). */
export interface Curve {
  /** (points) requests seen. */
  requests: readonly number[];
  /** Mean reward per request since the checkpoint before. */
  reward: Band;
  /** Cumulative regret against the oracle. */
  regret: Band;
}

export interface Band {
  mean: readonly number[];
  low: readonly (number | null)[];
  high: readonly (number | null)[];
}

/** The creatives on show, and how good their generator is. */
export interface CreativesResult extends Evaluation {
  /** `silhouettes` (drawn by adsim), or the digest-bearing description of an image folder. */
  source: string;
  /** Back end that trained the generator, for instance `wasm`. */
  backend: string;
  gallery: readonly CreativeResult[];
  /** Images of the same noise while training went on: 25 of 28×28 bytes each, base64. */
  snapshots: readonly { step: number; pixels: string }[];
  training: { step: readonly number[]; generatorLoss: readonly number[]; discriminatorLoss: readonly number[] };
}

export interface CreativeResult {
  name: string;
  category: string;
  headline: string;
  /** 28×28 bytes, row-major, base64: 0 black … 255 white. */
  pixels: string;
  /** [nats, ≤ 0] log p(category | pixels) under the perception model. */
  recognisability: number;
  /** Over all agents and seeds. */
  impressions: number;
  clicks: number;
  /** Clicks per impression; the interval is over seeds (null for one). Null without impressions. */
  ctr: { rate: number; interval: readonly [number, number] | null } | null;
}

/** The creative encoder, over seeds. */
export interface EncoderResult {
  dimensions: number;
  /** Names of the models and agents that were not told. */
  without: readonly string[];
  /** [nats] by which log loss on creatives held out of its training is below that of predicting the others' click rate. */
  gained: Summary;
}

export interface ModelResult {
  name: string;
  /** Rows in each part of what models may learn from: the earlier part of one seed's log. */
  rows: { train: number; validation: number; test: number };
  auc: Summary;
  logLoss: Summary;
  /** Log loss of predicting the training click rate for every row. */
  baselineLogLoss: Summary;
  /** Expected calibration error. */
  calibrationError: Summary;
  /** The same against the true click rates of the test rows; where rewards are clicks. */
  trueCalibrationError?: Summary;
  /** On even shows of creatives that the log never showed, where there are any; and how far below the baseline's. */
  onNew?: { logLoss: Summary; gained: Summary };
  /** Test rows of all seeds pooled. */
  roc: { falsePositiveRate: readonly number[]; truePositiveRate: readonly number[] };
  /** Test rows of all seeds pooled, in bins of equal size. */
  calibration: readonly { predicted: number; observed: number; interval: readonly [number, number]; rows: number }[];
}

export interface OffPolicyResult {
  /** Name of the policy that collected the log. */
  behaviour: string;
  /** Rows of one seed's log that policies are valued on: the later part, from which no model learned. */
  rows: number;
  level: number;
  policies: readonly OffPolicyPolicy[];
  /** Measured coverage of the intervals on small synthetic worlds, beside nominal. */
  coverage: readonly CoverageResult[];
}

/** One evaluation policy, valued on the behaviour policy's logs. */
export interface OffPolicyPolicy {
  policy: string;
  estimators: readonly OffPolicyEstimator[];
}

export interface OffPolicyEstimator {
  estimator: string;
  rule: string;
  seeds: readonly {
    seed: string;
    /** Null where the log cannot tell (no weight at all). */
    value: number | null;
    /** Null where there is no estimate or one row leaves no spread. */
    interval: readonly [number, number] | null;
    effectiveSampleSize: number;
    /** The true value of the policy on this log. */
    truth: number;
  }[];
  /** Seeds whose interval holds the truth. */
  covered: number;
  /** Root mean squared relative error over seeds; null where an estimate or a truth of 0 leaves none. */
  relativeError: number | null;
}

export interface CoverageResult {
  /** For instance `high click rate`. */
  setting: string;
  estimator: string;
  rule: string;
  worlds: number;
  rows: number;
  /** Mean true value. */
  clickRate: number;
  nominal: number;
  actual: number;
  /** Wilson's interval of `actual`. */
  interval: readonly [number, number];
  /** True where `actual` is below nominal by more than chance explains. */
  fallsShort: boolean;
}
