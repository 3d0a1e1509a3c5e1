/** What is asked about images beside the agents, in one seed's world: chosen by clicks, or copied. */
import type { Creatives, Environment } from '../core/contracts.ts';
import { subset } from '../core/creatives.ts';
import type { Random } from '../core/random.ts';
import { market } from '../env/market.ts';
import type { ResolvedExperiment } from './config.ts';
import { firstOfEach, guideCreatives } from './guidance.ts';
import type { Guided } from './guidance.ts';
import { valueImages, valueVarieties } from './variety.ts';
import type { ImageValue, VarietyValue } from './variety.ts';

export interface ImageStudies {
  /** Where `creatives.guidance` asks for it. */
  guided?: Guided;
  /** Where `creatives.variety` asks for it; few distinct images first. */
  varied?: VarietyValue[];
  /** Where `creatives.earlySteps` asks for it. */
  early?: ImageValue;
}

/** The studies that the experiment asks for, on images from the pool; no rivals play. */
export function imageStudies(
  { creatives, world, requests }: ResolvedExperiment,
  pool: Creatives,
  early: Creatives | undefined,
  seed: string,
  random: Random,
): ImageStudies {
  const { guidance, variety, perCategory } = creatives;
  const worldOf = (images: Creatives): Environment => market(world, images);
  const studies: ImageStudies = {};
  if (guidance !== undefined) {
    const task = { pool, perCategory, shown: guidance.shown, requests: guidance.requests, valuedRequests: requests };
    studies.guided = guideCreatives(task, worldOf, seed, random.stream('guidance'));
  }
  if (variety !== undefined) {
    const images = subset(pool, firstOfEach(pool, variety));
    const source = random.stream('variety');
    studies.varied = valueVarieties(images, variety, requests, worldOf, seed, source);
    if (early) studies.early = valueImages(worldOf(early), requests, seed, source);
  }
  return studies;
}
