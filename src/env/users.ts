/** Who the users are: segment, latent interest, activity, demographics. Only the last is ever shown to an agent. */
import type { Random } from '../core/random.ts';
import { LEAST_AFFINITY, normalise } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import type { WorldConfig } from './config.ts';
import { DEMOGRAPHICS, demographicShares } from './demographics.ts';

/** U users, D latent dimensions. */
export interface Users {
  /** (U) segment. */
  segment: Uint8Array;
  /** (U×D) unit vectors z_u = normalise(μ_s + σ_z ε) at first; they may drift. */
  latent: Float32Array;
  /** (U) λ_u: relative rate of visits, Gamma(shape) with mean 1, times the segment's own rate where one was fitted. */
  activity: Float32Array;
  /** (U×fields) level of each of `DEMOGRAPHICS`; empty where neither agent nor campaigns look at them. */
  demographics: Uint8Array;
  /** (U)[h] when newcomers first come; 0 for the others. Empty where there are no newcomers. */
  entry: Float32Array;
}

/** True where demographics are looked at. */
export function knowsDemographics(config: WorldConfig): boolean {
  return config.observed.demographics || config.campaigns.some(({ targeting }) => Object.keys(targeting).length > 0);
}

/** Room for the users of a world. */
export function usersOf(config: WorldConfig): Users {
  const U = config.users;
  return {
    segment: new Uint8Array(U),
    latent: new Float32Array(U * config.population.latentDimensions),
    activity: new Float32Array(U),
    demographics: new Uint8Array(knowsDemographics(config) ? U * DEMOGRAPHICS.length : 0),
    entry: new Float32Array(config.population.newcomers > 0 ? U : 0),
  };
}

/** How many segments a world has. */
export function segmentCount({ population }: WorldConfig): number {
  return population.fitted ? population.fitted.segments.length : population.segments;
}

/** Share of users in each segment: as fitted, or ∝ S − s + 1, so that segments differ in size (chosen). */
export function segmentShares(config: WorldConfig): Float64Array {
  const { fitted, segments: S } = config.population;
  if (fitted) return Float64Array.from(fitted.segments, ({ share }) => share);
  const total = (S * (S + 3)) / 2;
  return Float64Array.from({ length: S }, (_, s) => (S - s + 1) / total);
}

/** Draws every user, filling `users`; `means` (S×D) are the segments' μ_s at the start. */
export function drawUsers(config: WorldConfig, means: Float64Array, random: Random, users: Users): void {
  const { fitted, latentDimensions: D, noise, newcomers, newcomersOverHours } = config.population;
  const shape = fitted?.activityShape ?? config.population.activityShape;
  const shares = segmentShares(config);
  const segments = shares.length;
  const demographics = demographicShares(segments, config.population.demographicSkew, random);
  const segmentDraws = random.stream('segment');
  const latentDraws = random.stream('latent');
  const activityDraws = random.stream('activity');
  const levelDraws = random.stream('levels');
  const entryDraws = random.stream('entry');
  const fields = DEMOGRAPHICS.length;
  for (let u = 0; u < config.users; u++) {
    let s = 0;
    for (let rest = segmentDraws.uniform(u, 0) - shares[0]; rest >= 0 && s < segments - 1;) rest -= shares[++s];
    users.segment[u] = s;
    const counters = latentDraws.counters(D);
    for (let j = 0; j < D; j++) {
      counters[2 * j] = u;
      counters[2 * j + 1] = j;
    }
    const normals = latentDraws.normals(D);
    for (let j = 0; j < D; j++) users.latent[u * D + j] = means[s * D + j] + noise * normals[j];
    normalise(users.latent, u * D, D);
    const rate = fitted?.segments[s].activity ?? 1;
    users.activity[u] = (rate * gamma(shape, activityDraws, u)) / shape;
    if (users.demographics.length > 0) {
      for (let f = 0; f < fields; f++) {
        const x = levelDraws.uniform(u, f);
        const cumulative = demographics[s][f];
        let level = 0;
        while (level < cumulative.length - 1 && cumulative[level] <= x) level++;
        users.demographics[u * fields + f] = level;
      }
    }
    if (users.entry.length > 0) {
      const isNew = entryDraws.uniform(u, 0) < newcomers;
      users.entry[u] = isNew ? newcomersOverHours * entryDraws.uniform(u, 1) : 0;
    }
  }
}

/**
 * The mean μ_s of every segment after `turns` turns of the trend, filling `out` (S×D): a favourite category and, at half
 * its weight, a second one, dealt in a random order; each whole turn moves on to the next two. Where segments were
 * fitted, μ_s is the interest whose events fall on categories as theirs do, and there is no trend.
 */
export function segmentMeansOf(
  config: WorldConfig,
  catalogue: Catalogue,
  random: Random,
): (turns: number, out: Float64Array) => void {
  const { latentDimensions: D, fitted } = config.population;
  const C = config.categories;
  const segments = segmentCount(config);
  if (fitted) {
    const means = fittedMeans(config, catalogue, fitted.segments);
    return (_, out) => out.set(means);
  }
  const order = random
    .stream('favourites')
    .sequence()
    .shuffle(Int32Array.from({ length: C }, (_, c) => c));
  return (turns, out) => {
    out.fill(0);
    const turn = Math.floor(turns);
    for (let s = 0; s < segments; s++) {
      for (let step = 0; step < 2; step++) {
        const weight = step === 0 ? 1 - (turns - turn) : turns - turn;
        const place = 2 * (s + turn + step);
        const first = order[place % C] * D;
        const second = order[(place + 1) % C] * D;
        for (let j = 0; j < D; j++) {
          out[s * D + j] += weight * (catalogue.categories[first + j] + 0.5 * catalogue.categories[second + j]);
        }
      }
      normalise(out, s * D, D);
    }
  };
}

/**
 * z·v_c = τ (log p_c − b), so that softmax(z·v / τ) = p. With orthonormal directions the length of z is that of its
 * coordinates, so b is where it is 1: the root of C b² − 2 b Σ log p + Σ log² p = 1/τ².
 */
function fittedMeans(
  config: WorldConfig,
  { categories, temperature }: Catalogue,
  segments: readonly { affinity: readonly number[] }[],
): Float64Array {
  const D = config.population.latentDimensions;
  const C = config.categories;
  const means = new Float64Array(segments.length * D);
  segments.forEach(({ affinity }, s) => {
    const logs = affinity.map((p) => Math.log(Math.max(p, LEAST_AFFINITY)));
    const sum = logs.reduce((a, x) => a + x, 0);
    const squares = logs.reduce((a, x) => a + x * x, 0);
    const b = (sum - Math.sqrt(Math.max(0, sum * sum - C * (squares - 1 / (temperature * temperature))))) / C;
    for (let c = 0; c < C; c++) {
      const coordinate = temperature * (logs[c] - b);
      for (let j = 0; j < D; j++) means[s * D + j] += coordinate * categories[c * D + j];
    }
    normalise(means, s * D, D);
  });
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
