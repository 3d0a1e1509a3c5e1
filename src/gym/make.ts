/** Environments by name, for people who bring their own agent. */
import { InputError } from '../core/errors.ts';
import type { Creatives } from '../core/contracts.ts';
import { randomFrom } from '../core/random.ts';
import { resolveWorld } from '../env/config.ts';
import type { WorldInput } from '../env/config.ts';
import { market } from '../env/market.ts';
import { PRESET_NAMES } from '../env/presets.ts';
import { syntheticCreatives } from '../env/synthetic-creatives.ts';
import { singleOf } from './single.ts';
import type { SingleEnvironment } from './single.ts';
import { vectorOf } from './vector.ts';
import type { VectorEnvironment } from './vector.ts';

export interface MakeOptions {
  /** What is shown; default: synthetic ones, one of each category. */
  creatives?: Creatives;
  /** Requests after which the episode of all sessions is over; default: never. */
  requests?: number;
}

/** Sessions side by side; `config.lanes` says how many. Throws `InputError` for an unknown name. */
export function makeVector(name: string, config: WorldInput = {}, options: MakeOptions = {}): VectorEnvironment {
  const preset = PRESET_NAMES.find((known) => known === name);
  if (!preset) throw new InputError(`make: there is no world "${name}"; use one of ${PRESET_NAMES.join(', ')}`);
  const world = resolveWorld({ ...config, preset });
  const creatives =
    options.creatives ??
    syntheticCreatives({ categories: world.categories, perCategory: 1 }, randomFrom('gym').stream('creatives'));
  return vectorOf(market(world, creatives), options.requests);
}

/** One session after the other. Throws `InputError` for an unknown name. */
export function make(name: string, config: WorldInput = {}, options: MakeOptions = {}): SingleEnvironment {
  return singleOf(makeVector(name, { ...config, lanes: 1 }, options));
}
