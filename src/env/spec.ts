/** What a world says of itself, and what it asks of its creatives. */
import type { Creatives, EnvironmentSpec } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import type { Campaigns } from './campaigns.ts';
import type { WorldConfig } from './config.ts';
import { hiddenSize, tires } from './hidden.ts';
import { contextNames } from './observation.ts';

/** The specification of a world. */
export function specOf(config: WorldConfig, creatives: Creatives, campaigns: Campaigns): EnvironmentSpec {
  const { costUsd, marginUsd } = campaigns;
  return {
    name: config.preset,
    contextNames: contextNames(config),
    actions: creatives.names,
    slots: 1,
    rewardUnit: config.reward === 'click' ? 'click' : 'USD',
    rewardRange: config.reward === 'click' ? [0, 1] : [-costUsd, Math.max(...marginUsd) - costUsd],
    schemaVersion: 1,
    lanes: config.lanes,
    hiddenSize: hiddenSize(config, creatives.size),
    sequential: config.sessions.satisfactionCoupling > 0 || tires(config),
  };
}

/** Throws `InputError` for creatives that a world of this config cannot show. */
export function checkCreatives(config: WorldConfig, creatives: Creatives): void {
  if (creatives.size < 2) {
    throw new InputError(`creatives: ${creatives.size} leave nothing to choose between; give at least 2`);
  }
  creatives.category.forEach((category, a) => {
    if (category >= config.categories) {
      throw new InputError(
        `creatives: ${creatives.names[a]} is of category ${category}, but world.categories is ${config.categories}; ` +
          'raise it or leave the creative out',
      );
    }
  });
  for (const [name, values] of [
    ['recognisability', creatives.recognisability],
    ['style', creatives.style.data],
    ['headline', creatives.headline.data],
  ] as const) {
    if (!values.every(Number.isFinite)) throw new InputError(`creatives: ${name} holds a value that is not a number`);
  }
}
