/** What studies of images found, over seeds: part of `results.json`. */
import type { PairedDifference } from '../core/paired.ts';
import type { clusteredRate, Summary } from '../core/statistics.ts';

/** What some images are worth, over seeds. */
export interface VarietyPoint {
  /** Distinct images per category. */
  distinct: number;
  /** Groups that at least one image falls in. */
  reached: number;
  /** Expected reward per request of the best creative for each request, and of what a learner showed. */
  best: Summary;
  learned: Summary;
  /** Against the best of all images of the whole training. */
  regret: { best: Summary; learned: Summary };
  /** Less what all images of the whole training bring, the best and a learner each, seed by seed; null for one seed. */
  change: { best: PairedDifference | null; learned: PairedDifference | null };
}

/** What a collapsed generator costs, over seeds. */
export interface VarietyResult {
  /** Of real images. */
  groups: number;
  points: readonly VarietyPoint[];
  /** As many distinct images as the last point, from the generator stopped after so many steps. */
  early?: VarietyPoint & { steps: number };
}

/** What choosing images by clicks was worth, over seeds. */
export interface GuidanceResult {
  /** Expected reward per request of an even choice among the images. */
  unguided: Summary;
  /** Chosen by recognisability alone, without clicks. */
  recognised: Summary;
  guided: Summary;
  /** Guided less unguided, seed by seed; null for one seed. */
  gain: PairedDifference | null;
  /** Guided less chosen by recognisability. */
  gainOverRecognised: PairedDifference | null;
  /** [logit] as the predictor thought. */
  predictedGain: Summary;
  /** [logit] what it learned, by style feature; recognisability per nat. */
  appeal: readonly { feature: string; weight: Summary }[];
  /** Images of the first seed's world, before and after. */
  images: readonly { category: string; unguided: string; guided: string }[];
}

/** What the elements of composited creatives add, from the behaviour policy's log, over seeds. */
export interface ElementsResult {
  /** Creatives made of each product image. */
  combinations: number;
  factors: readonly {
    name: string;
    levels: readonly {
      name: string;
      /** In the logs of all seeds. */
      impressions: number;
      /** [reward per impression] against an even choice among all creatives; null where never shown. */
      estimated: Summary | null;
      /** The same by the true expected rewards in the same rows. */
      actual: Summary;
      /** Of each agent's impressions. */
      shares: readonly { agent: string; share: ReturnType<typeof clusteredRate> }[];
    }[];
  }[];
}
