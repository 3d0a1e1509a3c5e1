/**
 * Drift: what happens to interests over time. A day moves z toward the mean of its segment and scatters it,
 *
 *     z ← normalise((1 − κ) z + κ μ_s(day) + σ_d ε),
 *
 * the means themselves move on with the trend, and a click pulls z toward the product (interest evolution as in RecSim,
 * Ie et al. 2019). Days are made up for at the user's next visit, all at once: (1 − κ)^Δ of z is left after Δ days, and
 * the scatter of Δ days has the variance that their sum would have.
 */
import type { Random } from '../core/random.ts';
import { normalise } from './catalogue.ts';
import type { WorldConfig } from './config.ts';
import type { Users } from './users.ts';

export interface Drift {
  begin(users: Users, means: (turns: number, out: Float64Array) => void, random: Random): void;
  /** Brings the user's interest up to the day of `hour`. */
  visit(user: number, visit: number, hour: number): void;
  /** The user clicked the product at `products[at …]`. */
  click(user: number, products: Float64Array, at: number): void;
}

/** True where interests move by themselves. */
function moves({ drift }: WorldConfig): boolean {
  return drift.pullPerDay > 0 || drift.noisePerDay > 0;
}

/** Room for the drift of a world; undefined where interests stay as they are. */
export function driftOf(config: WorldConfig, segments: number): Drift | undefined {
  const { pullPerDay, noisePerDay, trendDays, clickPull } = config.drift;
  if (!moves(config) && clickPull === 0) return undefined;
  const D = config.population.latentDimensions;
  const day = new Int32Array(moves(config) ? config.users : 0);
  const means = new Float64Array(segments * D);
  const still = new Float64Array(D);
  const keepPerDay = 1 - pullPerDay;
  let meansOfDay = -1;
  let users: Users;
  let meansAt: (turns: number, out: Float64Array) => void;
  let draws: Random;
  return { begin, visit, click };

  function begin(newUsers: Users, newMeans: (turns: number, out: Float64Array) => void, random: Random): void {
    users = newUsers;
    meansAt = newMeans;
    draws = random.stream('drift');
    day.fill(0);
    meansOfDay = -1;
  }

  function visit(user: number, number: number, hour: number): void {
    if (day.length === 0) return;
    const today = Math.floor(hour / 24);
    const days = today - day[user];
    if (days <= 0) return;
    day[user] = today;
    if (meansOfDay !== today) {
      meansAt(trendDays > 0 ? today / trendDays : 0, means);
      meansOfDay = today;
    }
    let kept = 1;
    let variance = 0;
    for (let d = 0; d < Math.min(days, 365); d++) {
      kept *= keepPerDay;
      variance = variance * keepPerDay * keepPerDay + 1;
    }
    const scatter = noisePerDay * Math.sqrt(variance);
    const { latent, segment } = users;
    const from = segment[user] * D;
    const normals = scatter > 0 ? normalsOf(user, number) : still;
    for (let j = 0; j < D; j++) {
      latent[user * D + j] = kept * latent[user * D + j] + (1 - kept) * means[from + j] + scatter * normals[j];
    }
    normalise(latent, user * D, D);
  }

  /** (D) */
  function normalsOf(user: number, visit: number): Float64Array {
    const counters = draws.counters(D);
    for (let j = 0; j < D; j++) {
      counters[2 * j] = user;
      counters[2 * j + 1] = Math.imul(visit, D) + j;
    }
    return draws.normals(D);
  }

  function click(user: number, products: Float64Array, at: number): void {
    if (clickPull === 0) return;
    const { latent } = users;
    for (let j = 0; j < D; j++) latent[user * D + j] += clickPull * products[at + j];
    normalise(latent, user * D, D);
  }
}
