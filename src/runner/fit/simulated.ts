/** The visits of a market made of a fitted population, as rows that a log's can be compared with. */
import { decisionsOf, outcomesOf, trueRequestsOf } from '../../core/batch.ts';
import { randomFrom } from '../../core/random.ts';
import { resolveWorld } from '../../env/config.ts';
import { PAGE } from '../../env/hidden.ts';
import { market } from '../../env/market.ts';
import type { Population } from '../../env/population.ts';
import { syntheticCreatives } from '../../env/synthetic-creatives.ts';
import type { BehaviourRows } from '../../models/audience/behaviour-rows.ts';
import type { FittedPopulation } from '../../models/audience/population.ts';

/**
 * So many users visit a market of this population in [from, to) [h since a Monday's midnight, as in `BehaviourRows`];
 * each visit is a row with the category that its user browses. Deterministic in its arguments.
 */
export function simulatedVisits(
  population: Population,
  users: number,
  [from, to]: readonly [number, number],
  seed: string,
): BehaviourRows {
  const C = population.categories.length;
  const config = resolveWorld({
    users,
    lanes: 1,
    categories: C,
    requestsPerHour: (users * population.visitsPerUserPerDay) / 24,
    population: { fitted: population, noise: 0, latentDimensions: Math.max(2, C) },
    sessions: { leaveLogit: 20 }, // after one request
  });
  const world = market(config, syntheticCreatives({ categories: C, perCategory: 1 }, randomFrom('creatives')));
  const { spec } = world;
  const shape = { rows: 1, context: spec.contextNames.length, actions: spec.actions.length, slots: 1 };
  const requests = trueRequestsOf(shape, spec.hiddenSize);
  const decisions = decisionsOf(shape);
  const outcomes = outcomesOf(shape);
  const visits: { user: number; category: number; hour: number }[] = [];
  const monday = 168 * Math.floor(from / 168);
  world.reset(seed);
  for (;;) {
    world.observe(requests);
    const hour = monday + requests.hour[0];
    if (hour >= to) break;
    if (hour >= from) visits.push({ user: requests.user[0], category: requests.hidden.data[PAGE], hour });
    world.step(requests, [decisions], [outcomes]);
  }
  return {
    size: visits.length,
    users,
    categories: population.categories,
    user: Int32Array.from(visits, ({ user }) => user),
    category: Int32Array.from(visits, ({ category }) => category),
    hour: Float64Array.from(visits, ({ hour }) => hour),
  };
}

/** What a world needs of a fit. */
export function populationFrom(rows: BehaviourRows, fitted: FittedPopulation): Population {
  return {
    schemaVersion: 1,
    users: rows.users,
    unseen: fitted.unseen,
    categories: [...rows.categories],
    segments: fitted.segments,
    activityShape: fitted.activityShape,
    visitsPerUserPerDay: fitted.visitsPerUserPerDay,
    dailyProfile: fitted.dailyProfile,
    weeklyProfile: fitted.weeklyProfile,
  };
}
