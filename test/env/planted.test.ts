/**
 * Planted parameters are recovered from a large uniform log. Every estimate must lie within 4.5 standard errors of what
 * was planted, α = 7e-6 each, and must be sharp enough to tell a change that would matter (`resolution`).
 */
import { expect, it } from 'vitest';
import { matrix } from '../../src/core/matrix.ts';
import { trueRequestsOf } from '../../src/core/batch.ts';
import { randomFrom } from '../../src/core/random.ts';
import { REFERENCE_PRICES_USD } from '../../src/env/catalogue.ts';
import { resolveWorld } from '../../src/env/config.ts';
import type { HeadlineWeights, WorldInput } from '../../src/env/config.ts';
import { EXPOSURES, HOUR_EFFECT, LATENT, SEGMENT } from '../../src/env/hidden.ts';
import { market } from '../../src/env/market.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import { logisticFit } from './logistic.ts';
import type { Fit, Observation } from './logistic.ts';
import { anyAction, play, rates, worldOf } from './play.ts';
import type { Row } from './play.ts';

const ROWS = 100_000;
const SMALL = { users: 2000, lanes: 128 };
/** Weights that leave b_0 and the match alone in the click logit. */
const BARE = {
  styleWeight: 0,
  recognisabilityWeight: 0,
  hourAmplitude: 0,
  headlineWeights: { length: 0, question: 0, number: 0, urgency: 0, pronoun: 0, discount: 0, 'topical-match': 0 },
} satisfies WorldInput['response'] & { headlineWeights: HeadlineWeights };

/** How many standard errors an estimate lies from what was planted. Throws where `resolution` could not be told. */
function distance({ slopes, errors }: Fit, index: number, planted: number, resolution: number): number {
  if (!(errors[index] < resolution / 4.5)) throw new Error(`the log is too small to tell ${resolution} from 0`);
  return Math.abs(slopes[index] - planted) / errors[index];
}

const logit = (p: number): number => Math.log(p / (1 - p));

/** The logit of the truth of a row's action after `edit` has changed the row's hidden state. */
function offsets(world: ReturnType<typeof worldOf>, edit: (hidden: Float64Array) => void): (row: Row) => number {
  const k = world.actions.size;
  const one = trueRequestsOf({ rows: 1, context: 1, actions: k, slots: 1 }, world.spec.hiddenSize);
  one.size = 1;
  const truth = matrix(1, k);
  const h = world.spec.hiddenSize;
  return ({ requests, i, action }) => {
    one.hidden.data.set(requests.hidden.data.subarray(i * h, (i + 1) * h));
    edit(one.hidden.data);
    world.truth.predict(one, truth);
    return logit(truth.data[action]);
  };
}

it('anchors the click rate of average real images at baseCtr', () => {
  const config = resolveWorld({ baseCtr: 0.1, ...SMALL, requestsPerHour: ROWS / 48 });
  const creatives = syntheticCreatives(10, randomFrom('c'));
  creatives.recognisability.fill(creatives.referenceRecognisability);
  creatives.style.data.fill(0);
  let clicks = 0;
  play(market(config, creatives), anyAction, ROWS, ({ outcomes, i }) => (clicks += outcomes.click[i]));
  // Users who come often by chance move the rate: 2,000 of them add about a tenth to the binomial error.
  const error = 1.1 * Math.sqrt((0.1 * 0.9) / ROWS);
  expect(Math.abs(clicks / ROWS - 0.1) / error).toBeLessThan(4.5);
});

it('recovers the weight of fatigue, for the creative and for all', () => {
  const fatigue = { weight: 0.6, weightAll: 0.3, halfLifeHours: 6 };
  const world = worldOf({ fatigue, baseCtr: 0.3, ...SMALL });
  const rested = offsets(world, (hidden) => {
    hidden.fill(0, LATENT + 8);
    hidden[EXPOSURES] = 0;
  });
  const rows: Observation[] = [];
  play(world, anyAction, ROWS, (row) => {
    const at = row.i * world.spec.hiddenSize;
    const { data } = row.requests.hidden;
    const x = [-Math.log1p(data[at + LATENT + 8 + row.action]), -Math.log1p(data[at + EXPOSURES])];
    rows.push({ x, offset: rested(row), y: row.outcomes.click[row.i] });
  });
  const fit = logisticFit(rows);
  expect(distance(fit, 0, 0.6, 0.2)).toBeLessThan(4.5);
  expect(distance(fit, 1, 0.3, 0.2)).toBeLessThan(4.5);
});

it('recovers exposures themselves from the log, decay included', () => {
  const world = worldOf({ preset: 'fatigue', users: 200, lanes: 16, requestsPerHour: 400 });
  const shown = new Map<number, { hour: number; action: number }[]>();
  let largest = 0;
  let furthest = 0;
  play(world, anyAction, 20_000, ({ requests, i, action }) => {
    const events = shown.get(requests.user[i]) ?? [];
    shown.set(requests.user[i], events);
    const now = requests.hour[i];
    if (i === 3) {
      let expected = 0;
      for (const event of events) if (event.action === action) expected += 2 ** (-(now - event.hour) / 12);
      const held = requests.hidden.data[i * world.spec.hiddenSize + LATENT + 8 + action];
      furthest = Math.max(furthest, Math.abs(held - expected));
      largest = Math.max(largest, held);
    }
    events.push({ hour: now, action });
  });
  expect(furthest).toBeLessThan(1e-4);
  expect(largest).toBeGreaterThan(1.5);
});

it('recovers the daily wave', () => {
  const world = worldOf({ response: { hourAmplitude: 0.5 }, baseCtr: 0.3, ...SMALL, requestsPerHour: ROWS / 96 });
  const flat = offsets(world, (hidden) => (hidden[HOUR_EFFECT] = 0));
  const rows: Observation[] = [];
  play(world, anyAction, ROWS, (row) => {
    const angle = (2 * Math.PI * row.requests.hour[row.i]) / 24;
    const shift = (2 * Math.PI * 20) / 24;
    const x = [Math.cos(angle - shift), Math.sin(angle - shift)];
    rows.push({ x, offset: flat(row), y: row.outcomes.click[row.i] });
  });
  const fit = logisticFit(rows);
  expect(distance(fit, 0, 0.5, 0.1)).toBeLessThan(4.5);
  expect(distance(fit, 1, 0, 0.1)).toBeLessThan(4.5);
});

it('recovers what recognisability and each word of the headline are worth', () => {
  const weights = {
    length: 0,
    question: 0.3,
    number: -0.2,
    urgency: 0.4,
    pronoun: 0.1,
    discount: -0.5,
    'topical-match': 0,
  };
  const response = { ...BARE, interestWeight: 0, recognisabilityWeight: 0.4, headlineWeights: weights };
  const creatives = syntheticCreatives({ categories: 8, perCategory: 4 }, randomFrom('c'));
  const draws = randomFrom('words').sequence();
  creatives.headline.data.forEach(
    (_, j) => (creatives.headline.data[j] = j % 7 === 0 ? 0.5 : Math.round(draws.uniform())),
  );
  creatives.recognisability.forEach((_, a) => (creatives.recognisability[a] = -3 * draws.uniform()));
  const rows: Observation[] = [];
  play(
    market(resolveWorld({ response, baseCtr: 0.3, ...SMALL }), creatives),
    anyAction,
    ROWS,
    ({ outcomes, i, action }) => {
      const words = creatives.headline.data.subarray(action * 7 + 1, action * 7 + 6);
      rows.push({ x: [1, creatives.recognisability[action], ...words], offset: 0, y: outcomes.click[i] });
    },
  );
  const fit = logisticFit(rows);
  for (const [j, planted] of [0.4, 0.3, -0.2, 0.4, 0.1, -0.5].entries()) {
    expect(distance(fit, j + 1, planted, 0.2)).toBeLessThan(4.5);
  }
});

it('recovers the effect of price on conversions', () => {
  const conversion = { logit: -0.5, interestWeight: 0, priceSensitivity: 1.5, priceSpread: 0.5 };
  const world = worldOf({ conversion, baseCtr: 0.5, ...SMALL }, 3);
  const rows: Observation[] = [];
  play(world, anyAction, ROWS, ({ outcomes, i, action }) => {
    if (outcomes.click[i] === 0) return;
    const relative = Math.log(world.actions.priceUsd[action] / REFERENCE_PRICES_USD[world.actions.category[action]]);
    rows.push({ x: [1, relative], offset: 0, y: outcomes.conversion[i] });
  });
  const fit = logisticFit(rows);
  expect(distance(fit, 0, -0.5, 0.2)).toBeLessThan(4.5);
  expect(distance(fit, 1, -1.5, 0.3)).toBeLessThan(4.5);
});

it('recovers what keeps users and what drives them away', () => {
  const sessions = {
    leaveLogit: -1.5,
    satisfactionCoupling: 2,
    satisfactionMemory: 0,
    pushyAnnoyance: 0.8,
    repeatAnnoyance: 0.4,
  };
  const world = worldOf({
    preset: 'long-session',
    sessions,
    baseCtr: 0.3,
    response: { ...BARE, interestWeight: 2 },
    ...SMALL,
  });
  const matches = offsets(world, () => {});
  const unmatched = offsets(world, (hidden) => hidden.fill(0, LATENT, LATENT + 8));
  const { features, featureNames } = world.actions;
  const urgency = featureNames.indexOf('headline-urgency');
  const met = new Set<string>();
  const rows: Observation[] = [];
  play(world, anyAction, ROWS, (row) => {
    if (row.outcomes.ended[row.i] === 2) return;
    const key = `${row.requests.session[row.i]}:${row.action}`;
    const match = (matches(row) - unmatched(row)) / 2;
    const pushy = features.data[row.action * features.columns + urgency];
    rows.push({ x: [1, -match, pushy, met.has(key) ? 1 : 0], offset: 0, y: row.outcomes.ended[row.i] });
    met.add(key);
  });
  const fit = logisticFit(rows);
  expect(distance(fit, 0, -1.5, 0.2)).toBeLessThan(4.5);
  expect(distance(fit, 1, 2, 0.3)).toBeLessThan(4.5);
  expect(distance(fit, 2, 2 * 0.8, 0.3)).toBeLessThan(4.5);
  expect(distance(fit, 3, 2 * 0.4, 0.3)).toBeLessThan(4.5);
});

it('leaves users be where satisfaction is not coupled', () => {
  const base: WorldInput = { preset: 'long-session', ...SMALL };
  const free: WorldInput = { ...base, sessions: { satisfactionCoupling: 0 } };
  const last = (): number => 7;
  expect(rates(worldOf(base), last, ROWS / 4).length).not.toBeCloseTo(
    rates(worldOf(base), anyAction, ROWS / 4).length,
    1,
  );
  expect(rates(worldOf(free), last, ROWS / 4).length).toBe(rates(worldOf(free), anyAction, ROWS / 4).length);
});

it('mixes segments in their shares', () => {
  // Pearson's χ² over 4 segments and 20,000 users: 3 degrees of freedom, 30 is exceeded with probability 1.4e-6.
  const world = worldOf({ users: 20_000, lanes: 500, population: { segments: 4 }, behaviour: { eventsPerUser: 0 } });
  const segment = new Map<number, number>();
  play(world, anyAction, 300_000, ({ requests, i }) => {
    segment.set(requests.user[i], requests.hidden.data[i * world.spec.hiddenSize + SEGMENT]);
  });
  const counts = [0, 0, 0, 0];
  for (const s of segment.values()) counts[s]++;
  const chiSquare = counts.reduce((sum, count, s) => {
    const expected = segment.size * [5 / 14, 4 / 14, 3 / 14, 2 / 14][s];
    return sum + (count - expected) ** 2 / expected;
  }, 0);
  expect(segment.size).toBeGreaterThan(10_000);
  expect(chiSquare).toBeLessThan(30);
});
