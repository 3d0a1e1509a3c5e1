/** Visits to a market whose users' latent interest is known: what a user browses, and the interest that it was drawn from. */
import { decisionsOf, outcomesOf, trueRequestsOf } from '../../../src/core/batch.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { resolveWorld } from '../../../src/env/config.ts';
import { LATENT, PAGE } from '../../../src/env/hidden.ts';
import { market } from '../../../src/env/market.ts';
import { syntheticCreatives } from '../../../src/env/synthetic-creatives.ts';
import type { BehaviourRows } from '../../../src/models/audience/behaviour-rows.ts';

export interface MarketVisits extends BehaviourRows {
  /** D */
  dimensions: number;
  /** (m×D) the user's z_u at each row. */
  latent: Float64Array;
}

/** `size` visits of `users` users in `categories` categories, one request each. */
export function marketVisits(size: number, users: number, categories: number, seed: string): MarketVisits {
  const config = resolveWorld({
    users,
    lanes: 1,
    categories,
    requestsPerHour: users / 24,
    sessions: { leaveLogit: 20 },
  });
  const world = market(
    config,
    syntheticCreatives({ categories, perCategory: 1 }, randomFrom(seed).stream('creatives')),
  );
  const { spec } = world;
  const shape = { rows: 1, context: spec.contextNames.length, actions: spec.actions.length, slots: 1 };
  const requests = trueRequestsOf(shape, spec.hiddenSize);
  const decisions = decisionsOf(shape);
  const outcomes = outcomesOf(shape);
  const D = config.population.latentDimensions;
  const rows: MarketVisits = {
    size,
    users,
    categories: spec.actions.map((name) => name.replace(/-\d+$/u, '')),
    user: new Int32Array(size),
    category: new Int32Array(size),
    hour: new Float64Array(size),
    dimensions: D,
    latent: new Float64Array(size * D),
  };
  world.reset(seed);
  for (let i = 0; i < size; i++) {
    world.observe(requests);
    rows.user[i] = requests.user[0];
    rows.category[i] = requests.hidden.data[PAGE];
    rows.hour[i] = requests.hour[0];
    rows.latent.set(requests.hidden.data.subarray(LATENT, LATENT + D), i * D);
    world.step(requests, [decisions], [outcomes]);
  }
  return rows;
}
