/** Random small markets, agents that bid and choose wildly, and what nobody may do in any of them. */
import { decisionsOf, outcomesOf, trueRequestsOf } from '../../src/core/batch.ts';
import type { Decisions, Outcomes, TrueRequests } from '../../src/core/contracts.ts';
import { InputError } from '../../src/core/errors.ts';
import { randomFrom } from '../../src/core/random.ts';
import type { Sequence } from '../../src/core/random.ts';
import { CATEGORY_NAMES } from '../../src/core/contracts.ts';
import { resolveWorld } from '../../src/env/config.ts';
import type { WorldConfig, WorldInput } from '../../src/env/config.ts';
import { AGE_BANDS, DEVICES } from '../../src/env/demographics.ts';
import { market } from '../../src/env/market.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';

/** Draws a config; some combinations are refused, and then another is drawn. */
function worldConfig(luck: Sequence): WorldConfig {
  const pick = <T>(...options: readonly T[]): T => options[luck.integer(options.length)];
  const maybe = <T>(value: T, odds = 0.5): T | undefined => (luck.uniform() < odds ? value : undefined);
  const campaign = (name: string, categories?: (typeof CATEGORY_NAMES)[number][]): object => {
    const budgetUsd = maybe(0.02 + 3 * luck.uniform());
    const dailyBudgetUsd = maybe(0.01 + (budgetUsd ?? 2) * 0.9 * luck.uniform());
    const from = luck.integer(20);
    return {
      name,
      ...(categories && { categories }),
      ...(budgetUsd !== undefined && { budgetUsd }),
      ...(dailyBudgetUsd !== undefined &&
        dailyBudgetUsd <= (budgetUsd ?? Infinity) && { dailyBudgetUsd, pacing: pick('asap', 'even') }),
      valuePerClickUsd: luck.uniform(),
      ...(luck.uniform() < 0.5 && { frequencyCap: 1 + luck.integer(4) }),
      ...(luck.uniform() < 0.4 && {
        dayparts: [{ fromHour: from, toHour: from + 1 + luck.integer(24 - from), days: [1, 2, 3, 5, 6] }],
      }),
      ...(luck.uniform() < 0.4 && {
        targeting: {
          device: [pick(...DEVICES), 'tablet'].filter((x, i, all) => all.indexOf(x) === i),
          age: AGE_BANDS.slice(luck.integer(3)),
        },
      }),
    };
  };
  const lanes = 2 + luck.integer(7);
  const slots = pick(1, 1, 2, 3);
  const unit = pick('impression', 'click');
  const mechanism = pick('first-price', 'second-price', 'gsp', 'vcg');
  const input = {
    users: lanes * (3 + luck.integer(6)),
    lanes,
    requestsPerHour: lanes * pick(0.3, 1, 5),
    categories: 3,
    reward: pick('click', 'profit'),
    baseCtr: 0.3,
    costPerImpressionUsd: pick(0, 0.013, 0.05),
    priceLevels: pick([1], [0.8, 1.1]),
    behaviour: { eventsPerUser: 4 },
    population: { newcomers: pick(0, 0.3), newcomersOverHours: 20 },
    arrivals: { returnCoupling: pick(0, 0.5) },
    page: { slots, examination: pick('position', 'cascade') },
    fatigue: { weight: pick(0, 0.5) },
    drift: { pullPerDay: pick(0, 0.3), clickPull: pick(0, 0.1) },
    conversion: { logit: 0, delayMedianHours: pick(0, 2), windowHours: 8 },
    promotions: maybe([{ name: 'p', fromHour: 2, toHour: 9, everyHours: 24, discount: 0.3 }]) ?? [],
    campaigns: [campaign('rest'), campaign('dresses', ['pullover'])],
    auction:
      luck.uniform() < 0.7
        ? {
            mechanism,
            unit,
            squash: unit === 'click' ? pick(0, 0.5, 1) : 0,
            reserveUsd: pick(0, 0.01),
            rivals: luck.integer(4),
            rivalMedianUsd: 0.02,
          }
        : null,
  };
  try {
    return resolveWorld(input as unknown as WorldInput);
  } catch (error) {
    if (error instanceof InputError) return worldConfig(luck);
    throw error;
  }
}

/** What a broken market does to its outcomes after each step. */
export type Mutation = (outcomes: Outcomes, decisions: Decisions, requests: TrueRequests, config: WorldConfig) => void;

/** Plays market number `index` and throws where a law is broken. */
export function playRandomMarket(index: number, mutate: Mutation = () => {}): void {
  const luck = randomFrom('random markets').stream(index).sequence();
  const config = worldConfig(luck);
  const players = config.auction ? 1 + luck.integer(3) : 1;
  const world = market(config, CREATIVES, players);
  const broken = (law: string, detail: string): Error => new Error(`market ${index} breaks a law: ${law} (${detail})`);
  const { spec, actions } = world;
  const [L, k, n] = [spec.slots, actions.size, spec.lanes];
  const shape = { rows: n, context: spec.contextNames.length, actions: k, slots: L };
  const seats = Array.from({ length: players }, () => ({
    requests: trueRequestsOf(shape, spec.hiddenSize),
    decisions: decisionsOf(shape),
    outcomes: outcomesOf(shape),
    spent: new Float64Array(spec.campaigns.length),
    spentToday: new Float64Array(spec.campaigns.length),
    shown: new Map<string, number>(),
  }));
  const campaigns = config.campaigns;
  let day = 0;
  world.reset(String(index));
  for (let tick = 0; tick < 16; tick++) {
    seats.forEach(({ requests, decisions }, p) => {
      world.observe(requests, p);
      for (let i = 0; i < n; i++) {
        const first = luck.integer(k);
        // Any ads, eligible or not, empty slots among them; each at most once.
        for (let l = 0; l < L; l++) decisions.action[i * L + l] = luck.uniform() < 0.1 ? -1 : (first + l) % k;
        decisions.bid[i] = luck.uniform() < 0.1 ? 0 : 0.1 * luck.uniform() * luck.uniform();
      }
    });
    const [{ requests }] = seats;
    const hour = requests.hour[0];
    if (Math.floor(hour / 24) !== day) {
      day = Math.floor(hour / 24);
      for (const seat of seats) {
        seat.spentToday.fill(0);
        seat.shown.clear();
      }
    }
    const eligible = seats.map((seat) => seat.requests.eligible.slice());
    world.step(
      requests,
      seats.map((seat) => seat.decisions),
      seats.map((seat) => seat.outcomes),
    );
    mutate(seats[0].outcomes, seats[0].decisions, requests, config);
    for (let i = 0; i < n; i++) {
      const places = new Set<number>();
      seats.forEach(({ decisions, outcomes, spent, spentToday, shown }, p) => {
        for (let c = i * L; c < i * L + L; c++) {
          const place = outcomes.slot[c];
          const cost = outcomes.cost[c];
          if (place < 0) {
            if (cost !== 0 || outcomes.click[c] !== 0) throw broken('what is not shown costs nothing', `cost ${cost}`);
            continue;
          }
          const a = decisions.action[c];
          const j = actions.campaign[a];
          const { budgetUsd, dailyBudgetUsd, frequencyCap, dayparts, pacing } = campaigns[j];
          if (places.has(place)) throw broken('a place holds one ad', `place ${place}`);
          places.add(place);
          if (a < 0) throw broken('an empty slot shows nothing', `row ${i}`);
          const isOpen = (dayparts.length === 0 ? [{ fromHour: 0, toHour: 24, days: undefined }] : dayparts).some(
            (part) =>
              hour % 24 >= part.fromHour && hour % 24 < part.toHour && (part.days?.includes((day % 7) + 1) ?? true),
          );
          if (!isOpen) throw broken('ads run in their dayparts', `hour ${hour}`);
          // Pacing holds back what is eligible; a bid that ignores that may still spend what the day has left.
          if (eligible[p][i * k + a] === 0 && pacing !== 'even')
            throw broken('what is not eligible is not shown', `action ${a}`);
          if (config.auction) {
            if (cost > decisions.bid[i] * (1 + 1e-12)) throw broken('nobody pays more than they bid', `${cost}`);
            const paid = config.auction.unit === 'impression' || outcomes.click[c] === 1;
            if (paid && cost < config.auction.reserveUsd) throw broken('nobody pays less than the reserve', `${cost}`);
            if (!paid && cost !== 0) throw broken('only clicks are paid for', `${cost}`);
          }
          spent[j] += cost;
          spentToday[j] += cost;
          if (spent[j] > (budgetUsd ?? Infinity) * (1 + 1e-9))
            throw broken('no campaign overspends', `${spent[j]} of ${budgetUsd}`);
          if (spentToday[j] > (dailyBudgetUsd ?? Infinity) * (1 + 1e-9)) {
            throw broken('no campaign overspends its day', `${spentToday[j]} of ${dailyBudgetUsd}`);
          }
          const key = `${requests.user[i]}:${j}`;
          const count = (shown.get(key) ?? 0) + 1;
          shown.set(key, count);
          if (count > (frequencyCap ?? Infinity)) throw broken('no cap is broken', `${count} of ${frequencyCap}`);
        }
      });
    }
  }
}

const CREATIVES = syntheticCreatives(
  { categories: 3, perCategory: 2 },
  randomFrom('random markets').stream('creatives'),
);
