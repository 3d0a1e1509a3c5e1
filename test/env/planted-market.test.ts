/**
 * What is planted in the market is recovered from large uniform logs. Each estimate must lie within 4.5 standard errors of
 * what was planted (α = 7e-6), and further than that from a mutant: a world in which the parameter is another.
 */
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/agents/decide.ts';
import { uniform } from '../../src/agents/context-free/uniform.ts';
import { decisionsOf, outcomesOf, trueRequestsOf } from '../../src/core/batch.ts';
import { CENSORED, CONVERTED, GOES_ON } from '../../src/core/contracts.ts';
import type { Decisions, Environment, Outcomes, Policy, TrueRequests } from '../../src/core/contracts.ts';
import { impressionLog } from '../../src/core/log.ts';
import type { WritableLog } from '../../src/core/log.ts';
import { matrix } from '../../src/core/matrix.ts';
import { normalCdf } from '../../src/core/normal.ts';
import { randomFrom } from '../../src/core/random.ts';
import { drawCatalogue } from '../../src/env/catalogue.ts';
import { resolveWorld } from '../../src/env/config.ts';
import type { WorldConfig, WorldInput } from '../../src/env/config.ts';
import { demographicShares } from '../../src/env/demographics.ts';
import { LATENT, PAGE, SEGMENT } from '../../src/env/hidden.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import { drawUsers, segmentCount, segmentMeansOf, segmentShares, usersOf } from '../../src/env/users.ts';
import { logisticFit } from './logistic.ts';
import type { Observation } from './logistic.ts';
import { worldOf } from './play.ts';

/** An estimate and its standard error. */
interface Estimate {
  value: number;
  error: number;
}

/** True where the estimate agrees with what was planted, and tells a mutant from it. */
const recovers = ({ value, error }: Estimate, planted: number, mutant: number): boolean =>
  Math.abs(value - planted) / error < 4.5 && Math.abs(value - mutant) / error > 4.5;

/** The column that says how far into the session a request is. */
const step = (world: Environment): number => world.spec.contextNames.indexOf('session-step');

interface Tick {
  requests: TrueRequests;
  decisions: Decisions;
  outcomes: Outcomes;
}

const SMALL = { users: 2000, lanes: 128 };

/** A uniform agent that bids `bidUsd` plays so many requests. */
function log(
  world: Environment,
  rows: number,
  onTick: (tick: Tick) => void = () => {},
  bidUsd = 1,
  policy?: Policy,
): WritableLog {
  const { spec } = world;
  const k = world.actions.size;
  const shape = { rows: spec.lanes, context: spec.contextNames.length, actions: k, slots: spec.slots };
  const tick = {
    requests: trueRequestsOf(shape, spec.hiddenSize),
    decisions: decisionsOf(shape),
    outcomes: outcomesOf(shape),
  };
  const kept = impressionLog(spec, { capacity: rows + spec.lanes });
  const agent = uniform(k, { bidUsd });
  const scratch = matrix(spec.lanes, k);
  const random = randomFrom('uniform');
  world.reset('planted');
  for (let played = 0; played < rows; played += spec.lanes) {
    world.observe(tick.requests);
    decide(policy ?? agent, tick.requests, random, tick.decisions, scratch);
    agent.bid(tick.requests, tick.decisions);
    world.step(tick.requests, [tick.decisions], [tick.outcomes]);
    kept.append(tick.requests, tick.decisions, tick.outcomes);
    onTick(tick);
  }
  kept.close();
  return kept;
}

const share = (hits: number, of: number): Estimate => ({
  value: hits / of,
  error: Math.sqrt(((hits / of) * (1 - hits / of)) / of),
});

/** z·q of the first ad, told by its truth: of hidden rows that differ in z alone, the logit is linear in the match. */
function productMatch(world: Environment, z: Float64Array): number {
  const q = (directions.get(world) ?? directions.set(world, directionOf(world)).get(world)) as Float64Array;
  return z.reduce((sum, x, j) => sum + x * q[j], 0);
}

const directions = new Map<Environment, Float64Array>();

/** The product's direction: differences of the logit along each axis, over α. */
function directionOf(world: Environment): Float64Array {
  const k = world.actions.size;
  const one = trueRequestsOf({ rows: 1, context: 1, actions: k, slots: 1 }, world.spec.hiddenSize);
  const truth = matrix(1, k);
  one.size = 1;
  const logit = (): number => {
    world.truth.predict(one, truth);
    return Math.log(truth.data[0] / (1 - truth.data[0]));
  };
  const base = logit();
  const q = Float64Array.from({ length: 8 }, (_, j) => {
    one.hidden.data.fill(0, LATENT, LATENT + 8);
    one.hidden.data[LATENT + j] = 1;
    return (logit() - base) / 1.9;
  });
  return q;
}

/** A world of bare clicks: nothing but b_0 and what is switched on. */
const BARE: WorldInput = {
  ...SMALL,
  baseCtr: 0.3,
  response: {
    interestWeight: 0,
    styleWeight: 0,
    recognisabilityWeight: 0,
    hourAmplitude: 0,
    headlineWeights: { length: 0, question: 0, number: 0, urgency: 0, pronoun: 0, discount: 0, 'topical-match': 0 },
  },
};

describe('the page', () => {
  it('η_l: uniform slates swap every ad through every slot', () => {
    const positionFactors = [1, 0.6, 0.35];
    const world = worldOf({ ...BARE, page: { slots: 3, positionFactors } });
    const { outcomes, size } = log(world, 100_000);
    const clicks = [0, 0, 0];
    for (let c = 0; c < 3 * size; c++) clicks[c % 3] += outcomes.click[c];
    const rate = clicks.map((hits) => share(hits, size));
    for (const l of [1, 2]) {
      const value = rate[l].value / rate[0].value;
      const error = value * Math.hypot(rate[l].error / rate[l].value, rate[0].error / rate[0].value);
      expect(recovers({ value, error }, positionFactors[l], 0.85 * positionFactors[l])).toBe(true);
    }
  });

  it('the cascade: who clicks goes on with one probability, who does not with another', () => {
    const world = worldOf({ ...BARE, page: { slots: 2, examination: 'cascade', persistence: 0.8, afterClick: 0.3 } });
    const { outcomes, size } = log(world, 100_000);
    const [seen, below] = [
      [0, 0],
      [0, 0],
    ];
    let top = 0;
    for (let i = 0; i < size; i++) {
      const first = outcomes.click[2 * i];
      top += first;
      seen[first]++;
      below[first] += outcomes.click[2 * i + 1];
    }
    const p = top / size;
    for (const [clicked, planted] of [
      [0, 0.8],
      [1, 0.3],
    ] as const) {
      const { value, error } = share(below[clicked], seen[clicked]);
      expect(recovers({ value: value / p, error: (error / p) * 1.05 }, planted, planted + 0.1)).toBe(true);
    }
  });

  it('the effect of the category browsed, and of its complement', () => {
    const world = worldOf({ ...BARE, response: { ...BARE.response, pageWeight: 0.5, complementWeight: -0.7 } });
    const complement = [1, 0, 4, 8, 9, 3, 1, 0, 3, 4];
    const rows: Observation[] = [];
    log(world, 100_000, ({ requests, decisions, outcomes }) => {
      for (let i = 0; i < requests.size; i++) {
        const page = requests.hidden.data[i * requests.hidden.columns + PAGE];
        const c = world.actions.category[decisions.action[i]];
        rows.push({ x: [1, c === page ? 1 : 0, c === complement[page] ? 1 : 0], offset: 0, y: outcomes.click[i] });
      }
    });
    const { slopes, errors } = logisticFit(rows);
    expect(recovers({ value: slopes[1], error: errors[1] }, 0.5, 0.3)).toBe(true);
    expect(recovers({ value: slopes[2], error: errors[2] }, -0.7, -0.5)).toBe(true);
  });
});

describe('prices', () => {
  it('the price elasticity of clicks and of conversions, through price levels', () => {
    const world = worldOf({
      ...BARE,
      baseCtr: 0.4,
      priceLevels: [0.7, 1, 1.4],
      response: { ...BARE.response, priceWeight: 0.8 },
      conversion: { logit: -0.5, interestWeight: 0, priceSensitivity: 1.5, priceSpread: 0 },
    });
    const k = world.actions.size / 3;
    const [clicks, purchases]: Observation[][] = [[], []];
    const { decisions, outcomes, size } = log(world, 120_000);
    for (let i = 0; i < size; i++) {
      const x = [1, Math.log([0.7, 1, 1.4][Math.floor(decisions.action[i] / k)])];
      clicks.push({ x, offset: 0, y: outcomes.click[i] });
      if (outcomes.click[i] === 1) purchases.push({ x, offset: 0, y: outcomes.conversion[i] });
    }
    const [click, purchase] = [logisticFit(clicks), logisticFit(purchases)];
    expect(recovers({ value: click.slopes[1], error: click.errors[1] }, -0.8, -0.6)).toBe(true);
    expect(recovers({ value: purchase.slopes[1], error: purchase.errors[1] }, -1.5, -1.2)).toBe(true);
  });

  it('promotions: a discount works as a lower price while it is on, and is taken off what is paid', () => {
    const promotions = [{ name: 'sale', fromHour: 6, toHour: 12, everyHours: 24, discount: 0.3 }];
    const conversion = { logit: -0.5, interestWeight: 0, priceSensitivity: 2 };
    const world = worldOf({ ...BARE, baseCtr: 0.4, requestsPerHour: 500, promotions, conversion });
    const rows: Observation[] = [];
    const { requests, decisions, outcomes, size } = log(world, 80_000);
    for (let i = 0; i < size; i++) {
      const hour = requests.hour[i] % 24;
      const on = hour >= 6 && hour < 12 ? 1 : 0;
      if (outcomes.click[i] === 1) rows.push({ x: [1, on], offset: 0, y: outcomes.conversion[i] });
      const price = world.actions.priceUsd[decisions.action[i]] * (1 - 0.3 * on);
      expect(outcomes.revenue[i]).toBeCloseTo(outcomes.conversion[i] === CONVERTED ? price : 0, 9);
    }
    const { slopes, errors } = logisticFit(rows);
    expect(recovers({ value: slopes[1], error: errors[1] }, -2 * Math.log(0.7), -1.5 * Math.log(0.7))).toBe(true);
  });
});

describe('late conversions', () => {
  const conversion = {
    logit: 0,
    interestWeight: 0,
    priceSensitivity: 0,
    delayMedianHours: 10,
    delayShape: 0.8,
    windowHours: 48,
  };
  const world = worldOf({ ...BARE, requestsPerHour: 500, conversion });
  const delays = new Map<number, number>(); // by impression
  const kept = log(world, 150_000, ({ outcomes }) => {
    for (const { impression, delayHours } of outcomes.late) delays.set(impression, delayHours);
  });
  /** P(delay ≤ hours) of a Weibull with this median of 10 h. */
  const cdf = (hours: number, shape = 0.8): number => -Math.expm1(-Math.LN2 * Math.exp(shape * Math.log(hours / 10)));
  const horizon = kept.requests.hour[kept.size - 1];
  /** Clicks whose window closed within the log: what will ever be seen of them has been. */
  const closed = Array.from({ length: kept.size }, (_, i) => i).filter(
    (i) => kept.outcomes.click[i] === 1 && kept.requests.hour[i] + 48 < horizon,
  );
  const converted = closed.filter((i) => kept.outcomes.conversion[i] === CONVERTED);

  it('the median and the shape of the delay, and the share that is ever seen', () => {
    expect(recovers(share(converted.length, closed.length), 0.5 * cdf(48), 0.5)).toBe(true);
    // Of those seen within 48 h, P(delay ≤ t) = F(t) / F(48). A mutant of shape 1 has the same median.
    const within = (hours: number): Estimate => {
      const early = converted.filter((i) => (delays.get(kept.requests.impression[i]) as number) <= hours);
      return share(early.length, converted.length);
    };
    expect(recovers(within(2), cdf(2) / cdf(48), cdf(2, 1) / cdf(48, 1))).toBe(true);
    expect(recovers(within(10), cdf(10) / cdf(48), 1.15 * (cdf(10) / cdf(48)))).toBe(true);
  });

  it('censoring: a click is marked so when its window has closed, and only then', () => {
    for (let i = 0; i < kept.size; i++) {
      const open = kept.requests.hour[i] + 48 > horizon;
      expect(open && kept.outcomes.conversion[i] === CENSORED).toBe(false);
    }
    const censored = closed.filter((i) => kept.outcomes.conversion[i] === CENSORED);
    expect(censored.length + converted.length).toBe(closed.length);
    expect(recovers(share(censored.length, closed.length), 1 - 0.5 * cdf(48), 1 - 0.5 * cdf(24))).toBe(true);
    expect(
      kept.outcomes.conversion.subarray(0, kept.size).some((state, i) => state === 0 && kept.outcomes.click[i] === 1),
    ).toBe(true);
  });
});

describe('arrivals', () => {
  it('the daily and the weekly profile: requests come at its rate', () => {
    const dailyProfile = Array.from({ length: 24 }, (_, h) => 1 + (h % 6));
    const weeklyProfile = [1, 1, 2, 1, 1, 3, 0];
    const world = worldOf({ ...SMALL, lanes: 16, requestsPerHour: 200, arrivals: { dailyProfile, weeklyProfile } });
    const counts = new Float64Array(168);
    const { requests, size } = log(world, 2 * 168 * 200);
    for (let i = 0; i < size; i++) counts[Math.floor(requests.hour[i] % 168)]++;
    const rates = Array.from({ length: 168 }, (_, h) => dailyProfile[h % 24] * weeklyProfile[Math.floor(h / 24)]);
    const total = rates.reduce((a, b) => a + b, 0);
    // The clock follows the profile itself: counts are off by a tick of 16 at each of four ends at most.
    rates.forEach((rate, h) => expect(Math.abs(counts[h] - (size * rate) / total)).toBeLessThan(64));
    expect(Math.abs(counts[5] - (size * rates[6]) / total)).toBeGreaterThan(64); // a mutant: the profile an hour late
  });

  it('visits of one user are a Poisson process on that clock: gaps are exponential, rates are the users’ own', () => {
    const lanes = 64;
    const world = worldOf({
      ...SMALL,
      lanes,
      users: 64 * 200,
      requestsPerHour: 6400,
      population: { activityShape: 1 },
    });
    const visits = new Map<number, number[]>();
    const before = new Map<number, number>();
    log(world, 600_000, ({ requests }) => {
      for (let i = 0; i < lanes; i++) {
        if (before.get(i) === requests.session[i]) continue;
        before.set(i, requests.session[i]);
        visits.set(requests.user[i], [...(visits.get(requests.user[i]) ?? []), requests.impression[i]]);
      }
    });
    // Given their number, the times of a Poisson process are uniform over the episode: Kolmogorov–Smirnov over all users.
    const times = [...visits.values()]
      .flat()
      .map((impression) => impression / 600_000)
      .toSorted((a, b) => a - b);
    const distance = Math.max(...times.map((t, j) => Math.abs(t - (j + 0.5) / times.length)));
    expect(distance * Math.sqrt(times.length)).toBeLessThan(2.6); // α = 3e-6
    // Counts: mean m, variance m + m²/shape over users (a Gamma mixture of Poissons). The error is that of 64 batches.
    const counts = Array.from({ length: 64 * 200 }, (_, u) => visits.get(u)?.length ?? 0);
    const shapeOf = (some: number[]): number => {
      const mean = some.reduce((a, b) => a + b, 0) / some.length;
      const variance = some.reduce((a, b) => a + (b - mean) ** 2, 0) / (some.length - 1);
      return (variance - mean) / (mean * mean); // 1 / shape: nearly unbiased
    };
    const batches = Array.from({ length: 64 }, (_, b) => shapeOf(counts.slice(200 * b, 200 * b + 200)));
    const value = batches.reduce((a, b) => a + b, 0) / 64;
    const error = Math.sqrt(batches.reduce((a, b) => a + (b - value) ** 2, 0) / (63 * 64));
    expect(recovers({ value, error }, 1, 1 / 1.25)).toBe(true);
  });

  it('newcomers: none before their time, then at an even rate, and without a past', () => {
    const population = { newcomers: 0.6, newcomersOverHours: 50, activityShape: 20 };
    const config = resolveWorld({ users: 1500, lanes: 128, requestsPerHour: 6000, population });
    const world = worldOf(config);
    const met = new Map<number, { hour: number; frequency: number }>();
    const frequency = world.spec.contextNames.indexOf('frequency');
    const d = world.spec.contextNames.length;
    log(world, 360_000, ({ requests }) => {
      for (let i = 0; i < requests.size; i++) {
        const { user, hour, context } = requests;
        if (!met.has(user[i])) met.set(user[i], { hour: hour[i], frequency: context.data[i * d + frequency] });
      }
    });
    const isNew = [...met.values()].filter((one) => Math.expm1(5 * one.frequency) < 5);
    expect(recovers(share(isNew.length, met.size), 0.6, 0.5)).toBe(true);
    // When they come into being is drawn with the users: evenly over 50 hours, and nobody is met before.
    const users = usersOf(config);
    const random = randomFrom('planted').stream('world');
    drawUsers(config, new Float64Array(segmentCount(config) * 8).fill(1), random, users);
    for (const [user, { hour }] of met) expect(hour).toBeGreaterThanOrEqual(users.entry[user]);
    const entries = [...users.entry].filter((hour) => hour > 0).toSorted((x, y) => x - y);
    const distance = (over: number): number =>
      Math.sqrt(entries.length) *
      Math.max(...entries.map((hour, j) => Math.abs(hour / over - (j + 0.5) / entries.length)));
    expect(distance(50)).toBeLessThan(2.6); // Kolmogorov–Smirnov, α = 3e-6
    expect(distance(60)).toBeGreaterThan(2.6); // a mutant: over 60 hours
    // Users come about every 1.6 h, so that their first visit is soon after: a mutant would let them wait a day.
    const waits = [...met]
      .filter(([user]) => users.entry[user] > 0)
      .map(([user, { hour }]) => hour - users.entry[user]);
    expect(waits.toSorted((x, y) => x - y)[Math.floor(waits.length / 2)]).toBeLessThan(3);
  });

  it('returning: a user’s visits are in proportion to 1 + ρ × satisfaction', () => {
    // Everybody is shown the same ad, and satisfaction is its match with the user's interest.
    const same: Policy = {
      name: 'same',
      distribution: ({ size }, out) => {
        out.data.fill(0);
        for (let i = 0; i < size; i++) out.data[i * out.columns] = 1;
      },
    };
    const sessions = { pushyAnnoyance: 0, repeatAnnoyance: 0, satisfactionMemory: 0 };
    const ratioOf = (returnCoupling: number): { seen: number; expected: number } => {
      const arrivals = { returnCoupling, forgettingHours: 1e6 };
      const population = { activityShape: 50 };
      const world = worldOf({ users: 1000, lanes: 32, requestsPerHour: 400, arrivals, sessions, population });
      const visits = new Map<number, { match: number; sessions: Set<number> }>();
      log(
        world,
        200_000,
        ({ requests, outcomes }) => {
          for (let i = 0; i < requests.size; i++) {
            const one = visits.get(requests.user[i]) ?? { match: 0, sessions: new Set<number>() };
            one.sessions.add(requests.session[i]);
            visits.set(requests.user[i], one);
            const at = i * requests.hidden.columns + LATENT;
            one.match = productMatch(world, requests.hidden.data.subarray(at, at + 8));
          }
          expect(outcomes.slot[0]).toBe(0);
        },
        1,
        same,
      );
      const users = [...visits.values()].toSorted((x, y) => x.match - y.match);
      const half = users.length / 2;
      const mean = (of: typeof users, value: (one: (typeof users)[number]) => number): number =>
        of.reduce((sum, one) => sum + value(one), 0) / of.length;
      const [low, high] = [users.slice(0, half), users.slice(half)];
      const rate = (one: (typeof users)[number]): number => 1 + 0.9 * one.match;
      return {
        seen: mean(high, (one) => one.sessions.size) / mean(low, (one) => one.sessions.size),
        expected: mean(high, rate) / mean(low, rate),
      };
    };
    const { seen, expected } = ratioOf(0.9);
    expect(expected).toBeGreaterThan(1.3);
    expect(Math.abs(seen / expected - 1)).toBeLessThan(0.08);
    expect(Math.abs(ratioOf(0).seen / expected - 1)).toBeGreaterThan(0.2); // a mutant: nobody minds
  });
});

describe('users', () => {
  it('the mixture of segments, and what demographics say of them', () => {
    const config = resolveWorld({
      ...SMALL,
      users: 40_000,
      observed: { demographics: true },
      population: { demographicSkew: 1 },
    });
    const world = worldOf(config);
    const segment = new Map<number, number>();
    const phone = new Map<number, number>();
    const at = world.spec.contextNames.indexOf('device-phone');
    const d = world.spec.contextNames.length;
    log(world, 400_000, ({ requests }) => {
      for (let i = 0; i < requests.size; i++) {
        segment.set(requests.user[i], requests.hidden.data[i * requests.hidden.columns + SEGMENT]);
        phone.set(requests.user[i], requests.context.data[i * d + at]);
      }
    });
    const users = [...segment.keys()];
    const shares = segmentShares(config);
    const planted = demographicShares(4, 1, randomFrom('planted').stream('world'));
    for (let s = 0; s < 4; s++) {
      const own = users.filter((u) => segment.get(u) === s);
      expect(recovers(share(own.length, users.length), shares[s], shares[s] + 0.03)).toBe(true);
      const phones = own.filter((u) => phone.get(u) === 1).length;
      expect(recovers(share(phones, own.length), planted[s][1][0], planted[s][1][0] + 0.06)).toBe(true);
    }
  });

  /** What drift starts from in a world that `log` has played: the segments' means and the products' directions. */
  function planted(config: WorldConfig): { means: (turns: number) => Float64Array; products: Float64Array } {
    const random = randomFrom('planted').stream('world');
    const creatives = syntheticCreatives({ categories: config.categories, perCategory: 1 }, randomFrom('creatives'));
    const catalogue = drawCatalogue(config, creatives, random);
    const meansOf = segmentMeansOf(config, catalogue, random);
    const means = (turns: number): Float64Array => {
      const out = new Float64Array(segmentCount(config) * 8);
      meansOf(turns, out);
      return out;
    };
    return { means, products: catalogue.products };
  }

  const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
    let sum = 0;
    for (let j = 0; j < 8; j++) sum += x[j] * y[j];
    return sum;
  };

  /** Of z' ∝ (1 − κ) z + κ μ + σ ε: how far it goes toward μ, and what it scatters by. */
  it('drift: the share of the way back that a day goes, and the scatter that it adds', () => {
    const drift = { pullPerDay: 0.3, noisePerDay: 0.05, trendDays: 0, clickPull: 0 };
    const config = resolveWorld({
      users: 4000,
      lanes: 128,
      requestsPerHour: 800,
      population: { segments: 1, noise: 0.2 },
      drift,
    });
    const world = worldOf(config);
    const h = world.spec.hiddenSize;
    const mu = planted(config).means(0);
    const last = new Map<number, { day: number; z: Float64Array }>();
    const pairs: [before: Float64Array, after: Float64Array][] = [];
    log(world, 400_000, ({ requests }) => {
      for (let i = 0; i < requests.size; i++) {
        // A session that began before midnight goes on as it was.
        if (requests.context.data[i * requests.context.columns + step(world)] > 0) continue;
        const z = requests.hidden.data.slice(i * h + LATENT, i * h + LATENT + 8);
        const day = Math.floor(requests.hour[i] / 24);
        const known = last.get(requests.user[i]);
        if (known && day === known.day + 1) pairs.push([known.z, z]);
        last.set(requests.user[i], { day, z });
      }
    });
    // Along e, the direction from z to μ at right angles to z: z'·e / z'·z = (κ μ·e + σ ε) / (1 − κ + κ μ·z + σ ε'). That
    // is linear in κ but for products of errors, of the order σ² = 0.0025; each pair is weighted with μ·e.
    let [top, bottom, squares] = [0, 0, 0];
    for (const [z, after] of pairs) {
      const c = dot(mu, z);
      const s = Math.sqrt(1 - c * c);
      const ratio = (dot(after, mu) - dot(after, z) * c) / s / dot(after, z);
      top += s * ratio;
      bottom += s * (ratio * (1 - c) + s);
      squares += s * s;
    }
    const kappa = { value: top / bottom, error: (0.05 * Math.sqrt(squares)) / bottom };
    expect(recovers(kappa, 0.3, 0.33)).toBe(true);
    // At right angles to m = (1 − κ) z + κ μ: |z'⊥ / z'∥|² |m|² is σ² χ²₇ (1 + 3 σ² / |m|²).
    let sum = 0;
    for (const [z, after] of pairs) {
      const m = z.map((x, j) => 0.7 * x + 0.3 * mu[j]);
      const length = Math.sqrt(dot(m, m));
      const along = dot(after, m) / length;
      sum += ((1 - along * along) / (along * along)) * length * length;
    }
    const value = sum / (7 * pairs.length);
    const variance = { value, error: value * Math.sqrt(2 / (7 * pairs.length)) };
    const squared = (sigma: number): number => sigma ** 2 * (1 + 3 * sigma ** 2);
    expect(recovers(variance, squared(0.05), squared(0.055))).toBe(true);
  });

  it('the trend: segments turn to other categories, a turn in so many days', () => {
    const drift = { pullPerDay: 1, noisePerDay: 0, trendDays: 5, clickPull: 0 };
    const config = resolveWorld({ users: 500, lanes: 64, requestsPerHour: 400, drift });
    const world = worldOf(config);
    const h = world.spec.hiddenSize;
    const { means } = planted(config);
    const off = [0, 0]; // largest distance from the mean of the day, and from a mutant's whose turn takes 6 days
    let turned = false;
    log(world, 100_000, ({ requests }) => {
      const day = Math.floor(requests.hour[0] / 24);
      if (day === 0) return; // the first day's users are as they were drawn
      turned ||= day > 7;
      const now = [means(day / 5), means(day / 6)];
      for (let i = 0; i < requests.size; i++) {
        // A session that began before midnight goes on as it was.
        if (requests.context.data[i * requests.context.columns + step(world)] > 0) continue;
        const z = requests.hidden.data.subarray(i * h + LATENT, i * h + LATENT + 8);
        const from = requests.hidden.data[i * h + SEGMENT] * 8;
        now.forEach((mean, which) => {
          off[which] = Math.max(off[which], Math.abs(1 - dot(z, mean.subarray(from, from + 8))));
        });
      }
    });
    expect(turned).toBe(true);
    expect(off[0]).toBeLessThan(1e-6);
    expect(off[1]).toBeGreaterThan(0.01);
  });

  it('drift: a click pulls interest toward the product, by so much', () => {
    const drift = { pullPerDay: 0, noisePerDay: 0, trendDays: 0, clickPull: 0.5 };
    const config = resolveWorld({ ...BARE, lanes: 4, users: 40, drift });
    const world = worldOf(config);
    const { products } = planted(config);
    const h = world.spec.hiddenSize;
    const pulls: number[] = [];
    let turned = 0;
    let pending: { lane: number; clicked: boolean; action: number; z: Float64Array }[] = [];
    log(world, 4000, ({ requests, decisions, outcomes }) => {
      for (const { lane, clicked, action, z } of pending) {
        const now = requests.hidden.data.subarray(lane * h + LATENT, lane * h + LATENT + 8);
        if (!clicked && now.some((x, j) => x !== z[j])) turned++;
        // z' ∝ z + p q: at right angles to z, z'·e / z'·z = p q·e / (1 + p q·z).
        const q = products.subarray(8 * action, 8 * action + 8);
        const c = dot(q, z);
        const s = Math.sqrt(dot(q, q) - c * c);
        const ratio = (dot(now, q) - dot(now, z) * c) / s / dot(now, z);
        if (clicked && s > 0.1) pulls.push(ratio / (s - ratio * c));
      }
      pending = [];
      for (let i = 0; i < requests.size; i++) {
        const z = requests.hidden.data.slice(i * h + LATENT, i * h + LATENT + 8);
        const [clicked, action] = [outcomes.click[i] === 1, decisions.action[i]];
        if (outcomes.ended[i] === GOES_ON) pending.push({ lane: i, clicked, action, z });
      }
    });
    expect(pulls.length).toBeGreaterThan(200);
    expect(pulls.every((pull) => Math.abs(pull - 0.5) < 1e-4)).toBe(true); // single precision; a mutant's 0.51 would not be
    expect(turned).toBe(0);
  });
});

describe('rivals', () => {
  it('the highest of R log-normal bids, by its exact distribution', () => {
    const auction = {
      mechanism: 'second-price',
      rivals: 3,
      rivalMedianUsd: 0.02,
      rivalSpread: 0.6,
      rivalCategorySpread: 0,
      rivalHourAmplitude: 0,
    } as const;
    const world = worldOf({ ...SMALL, auction });
    const prices: number[] = [];
    log(
      world,
      30_000,
      ({ outcomes }) => {
        for (let i = 0; i < outcomes.won.length; i++) {
          prices.push((world.minimumToWin as Float64Array)[i]);
          expect(outcomes.cost[i]).toBe((world.minimumToWin as Float64Array)[i]);
        }
      },
      100,
    );
    prices.sort((a, b) => a - b);
    const statistic = (rivals: number): number =>
      Math.sqrt(prices.length) *
      Math.max(
        ...prices.map((x, j) => {
          const one = normalCdf(Math.log(x / 0.02) / 0.6);
          return Math.abs(Math.exp(rivals * Math.log(one)) - (j + 0.5) / prices.length);
        }),
      );
    expect(statistic(3)).toBeLessThan(2.6); // Kolmogorov–Smirnov, α = 3e-6
    expect(statistic(4)).toBeGreaterThan(2.6); // a mutant: one rival more
  });
});
