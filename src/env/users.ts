/** Who the users are: segment, latent interest, activity. None of it is ever shown to an agent. */
import type { Random } from '../core/random.ts';
import { normalise } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import type { WorldConfig } from './config.ts';

/** U users, D latent dimensions. */
export interface Users {
  /** (U) segment. */
  segment: Uint8Array;
  /** (U×D) unit vectors z_u = normalise(μ_s + σ_z ε). */
  latent: Float32Array;
  /** (U) λ_u: relative rate of visits, Gamma(shape) with mean 1. */
  activity: Float32Array;
}

/** Room for the users of a world. */
export function usersOf(config: WorldConfig): Users {
  return {
    segment: new Uint8Array(config.users),
    latent: new Float32Array(config.users * config.population.latentDimensions),
    activity: new Float32Array(config.users),
  };
}

/** Share of users in segment s of S: ∝ S − s + 1, so that segments differ in size (chosen). */
export function segmentShares(segments: number): Float64Array {
  const total = (segments * (segments + 3)) / 2;
  return Float64Array.from({ length: segments }, (_, s) => (segments - s + 1) / total);
}

/** Draws every user, filling `users`. */
export function drawUsers(config: WorldConfig, catalogue: Catalogue, random: Random, users: Users): void {
  const { segments, latentDimensions: D, noise, activityShape } = config.population;
  const means = segmentMeans(config, catalogue, random);
  const shares = segmentShares(segments);
  const segmentDraws = random.stream('segment');
  const latentDraws = random.stream('latent');
  const activityDraws = random.stream('activity');
  for (let u = 0; u < config.users; u++) {
    let s = 0;
    for (let rest = segmentDraws.uniform(u, 0) - shares[0]; rest >= 0 && s < segments - 1;) rest -= shares[++s];
    users.segment[u] = s;
    for (let j = 0; j < D; j++) users.latent[u * D + j] = means[s * D + j] + noise * latentDraws.normal(u, j);
    normalise(users.latent, u * D, D);
    users.activity[u] = gamma(activityShape, activityDraws, u) / activityShape;
  }
}

/** (S×D) means μ_s: a favourite category and, at half its weight, a second one, dealt in a random order. */
function segmentMeans(config: WorldConfig, catalogue: Catalogue, random: Random): Float64Array {
  const { segments, latentDimensions: D } = config.population;
  const order = random
    .stream('favourites')
    .sequence()
    .shuffle(Int32Array.from({ length: config.categories }, (_, c) => c));
  const means = new Float64Array(segments * D);
  for (let s = 0; s < segments; s++) {
    const first = order[(2 * s) % order.length] * D;
    const second = order[(2 * s + 1) % order.length] * D;
    for (let j = 0; j < D; j++) {
      means[s * D + j] = catalogue.categories[first + j] + 0.5 * catalogue.categories[second + j];
    }
    normalise(means, s * D, D);
  }
  return means;
}

/** Gamma(shape, 1), a pure function of the counter. Marsaglia & Tsang 2000, with their boost for shape < 1. */
function gamma(shape: number, draws: Random, counter: number): number {
  const boosted = shape < 1 ? shape + 1 : shape;
  const d = boosted - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (let attempt = 0; ; attempt += 2) {
    const x = draws.normal(counter, attempt);
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (Math.log(1 - draws.uniform(counter, attempt + 1)) >= 0.5 * x * x + d - d * v + d * Math.log(v)) continue;
    // exp(log(u) / shape) rather than u ** (1 / shape): Math.pow differs between V8 versions.
    return shape < 1 ? d * v * Math.exp(Math.log(1 - draws.uniform(counter, -1)) / shape) : d * v;
  }
}
