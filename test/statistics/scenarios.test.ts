/**
 * The worlds beyond bandits answer their questions, in small, and stop doing so where the mechanism that they are about is
 * switched off. Comparisons are paired over seeds (same users, same luck); z is the mean difference over its standard
 * error; with 5 degrees of freedom z > 2 is p < 0.051 one-sided, z > 2.5 p < 0.027, z > 3.5 p < 0.009. Seeds are fixed.
 */
import { describe, expect, it } from 'vitest';
import { createAgent, seesHidden } from '../../src/agents/registry.ts';
import type { AgentInput } from '../../src/agents/registry.ts';
import type { Agent, Environment } from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { resolveWorld } from '../../src/env/config.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { market } from '../../src/env/market.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import type { Breakdown, GroupSums } from '../../src/runner/breakdowns.ts';
import { playEpisode } from '../../src/runner/episode.ts';
import type { Tick } from '../../src/runner/episode.ts';
import { tally } from '../../src/runner/tally.ts';
import type { EpisodeRecord } from '../../src/runner/tally.ts';

const SEEDS = ['1', '2', '3', '4', '5', '6'];

interface Options {
  requests?: number;
  perCategory?: number;
  rivals?: readonly AgentInput[];
  /** Changes the agent before it plays. */
  wrap?: (agent: Agent, world: Environment) => Agent;
  onTick?: (tick: Tick, world: Environment) => void;
}

/** One agent over the seeds. */
function play(input: WorldInput, config: AgentInput, options: Options = {}): EpisodeRecord[] {
  const { requests = 20_000, perCategory = 1, rivals = [], wrap = (agent) => agent, onTick } = options;
  const resolved = resolveWorld(input);
  const creatives = syntheticCreatives({ categories: resolved.categories, perCategory }, randomFrom('creatives'));
  const environment = market(resolved, creatives, rivals.length + 1);
  const { spec, actions, truth } = environment;
  const nothing = matrix(spec.lanes, actions.size);
  return SEEDS.map((seed) => {
    const random = randomFrom(seed).stream('agent');
    const made = (one: AgentInput, source = random): Agent =>
      createAgent(one, {
        spec,
        actions,
        random: source,
        models: new Map(),
        requests,
        ...(seesHidden(one.kind) && { truth }),
      });
    const sums = tally(seed, requests, environment, () => nothing);
    playEpisode({
      environment,
      agent: wrap(made(config), environment),
      rivals: rivals.map((one, r) => ({
        agent: made(one, random.stream('rival', r)),
        random: random.stream('draws', r),
      })),
      seesHidden: seesHidden(config.kind),
      seed,
      requests,
      random,
      needsTruth: true,
      onTick: (tick) => {
        sums.add(tick);
        onTick?.(tick, environment);
      },
    });
    return sums.record();
  });
}

const value = ({ episode }: EpisodeRecord): number => episode.reward / episode.requests;

/** True worth of what was won less what it cost. */
const surplus = ({ episode }: EpisodeRecord): number => (episode.auction?.surplus ?? Number.NaN) / episode.requests;

/** Mean paired difference over its standard error. */
function z(a: readonly EpisodeRecord[], b: readonly EpisodeRecord[], of = value): number {
  const differences = a.map((one, s) => of(one) - of(b[s]));
  const mean = differences.reduce((sum, x) => sum + x, 0) / differences.length;
  const squares = differences.reduce((sum, x) => sum + (x - mean) * (x - mean), 0);
  return mean === 0 ? 0 : mean / Math.sqrt(squares / (differences.length - 1) / differences.length);
}

/** A group of a breakdown, added up over seeds. */
function group(records: readonly EpisodeRecord[], by: string, label: string): GroupSums {
  const all = records.map(({ breakdowns }) => {
    const found = breakdowns.find((one: Breakdown) => one.by === by)?.groups.find((one) => one.label === label);
    if (!found) throw new Error(`no group ${by}: ${label}`);
    return found;
  });
  return all.reduce((sum, one) => ({
    label,
    impressions: sum.impressions + one.impressions,
    clicks: sum.clicks + one.clicks,
    conversions: sum.conversions + one.conversions,
    costUsd: sum.costUsd + one.costUsd,
    reward: sum.reward + one.reward,
  }));
}

const rate = (one: GroupSums): number => one.clicks / one.impressions;

/** The agent without sight of the context columns that `hidden` names. */
const blindTo =
  (hidden: (name: string) => boolean) =>
  (agent: Agent, { spec }: Environment): Agent => {
    const columns = spec.contextNames.flatMap((name, c) => (hidden(name) ? [c] : []));
    const blind = (requests: Parameters<Agent['learn']>[0]): typeof requests => {
      const context = { ...requests.context, data: requests.context.data.slice() };
      for (let i = 0; i < requests.size; i++) for (const c of columns) context.data[i * context.columns + c] = 0;
      return { ...requests, context };
    };
    return {
      ...agent,
      distribution: (requests, out) => agent.distribution(blind(requests), out),
      learn: (requests, decisions, outcomes, next) => agent.learn(blind(requests), decisions, outcomes, next),
    };
  };

const LIN_UCB: AgentInput = { kind: 'lin-ucb' };

describe('drifting', () => {
  it('what the best ad is changes, and who never forgets falls behind a fresh start', () => {
    const best = (input: WorldInput): number => {
      const counts = [new Float64Array(10), new Float64Array(10)];
      play(
        input,
        { kind: 'oracle' },
        {
          requests: 100_000,
          onTick: ({ requests, decisions }) => {
            const half = requests.hour[0] < 24 ? 0 : requests.hour[0] > 120 ? 1 : -1;
            if (half >= 0) for (let i = 0; i < requests.size; i++) counts[half][decisions.action[i]]++;
          },
        },
      );
      const shares = counts.map((count) => count.map((x) => x / count.reduce((a, b) => a + b, 0)));
      return shares[0].reduce((sum, x, a) => sum + Math.abs(x - shares[1][a]), 0) / 2;
    };
    // Total variation between what the oracle shows on the first day and after the fifth.
    expect(best({ preset: 'drifting' })).toBeGreaterThan(0.2);
    expect(
      best({ preset: 'drifting', drift: { trendDays: 0, pullPerDay: 0, noisePerDay: 0, clickPull: 0 } }),
    ).toBeLessThan(0.1);
  });
});

describe('cold-start', () => {
  it('to see age, device and region is worth something with users who have no history, nothing where they say nothing', () => {
    const blind = { wrap: blindTo((name) => /^(age|device|region)-/u.test(name)), requests: 30_000 };
    const seeing = { requests: 30_000 };
    const of = (record: EpisodeRecord): number =>
      rate(group([record], 'what is known of the user', 'new (hardly an event)'));
    const world: WorldInput = { preset: 'cold-start', population: { newcomers: 0.9, demographicSkew: 3 } };
    expect(z(play(world, LIN_UCB, seeing), play(world, LIN_UCB, blind), of)).toBeGreaterThan(2);
    const mute: WorldInput = { ...world, population: { ...world.population, demographicSkew: 0 } };
    expect(z(play(mute, LIN_UCB, seeing), play(mute, LIN_UCB, blind), of)).toBeLessThan(2);
  });
});

describe('cross-category', () => {
  it('what goes with a page beats the same again, unless nothing goes with it', () => {
    const by = 'ad against the page browsed';
    const uniform = play({ preset: 'cross-category' }, { kind: 'uniform' }, { requests: 30_000 });
    const plain = play(
      { preset: 'cross-category', response: { complementWeight: 0, pageWeight: 0.3 } },
      { kind: 'uniform' },
      { requests: 30_000 },
    );
    const lift = (records: EpisodeRecord[]): number =>
      rate(group(records, by, 'what goes with it')) / rate(group(records, by, 'another category'));
    expect(lift(uniform)).toBeGreaterThan(2);
    expect(lift(plain)).toBeLessThan(1.6);
  });

  it('LinUCB gains from seeing the page, unless nothing goes with it', () => {
    const gain = (complementWeight: number): number => {
      const world: WorldInput = { preset: 'cross-category', response: { complementWeight, pageWeight: 0 } };
      const wrap = blindTo((name) => name.startsWith('page-'));
      return z(play(world, LIN_UCB, { requests: 30_000 }), play(world, LIN_UCB, { requests: 30_000, wrap }));
    };
    expect(gain(2.5)).toBeGreaterThan(3);
    expect(gain(0)).toBeLessThan(3);
  });
});

describe('promotion', () => {
  it('discounted ads are clicked more while the sale is on, unless prices leave users cold', () => {
    const lift = (input: WorldInput): number => {
      const records = play(input, { kind: 'uniform' }, { requests: 30_000 });
      return rate(group(records, 'promotion shoe-night', 'on')) / rate(group(records, 'promotion shoe-night', 'off'));
    };
    const flat = { response: { hourAmplitude: 0 } };
    expect(lift({ preset: 'promotion', ...flat })).toBeGreaterThan(1.12);
    expect(Math.abs(lift({ preset: 'promotion', response: { hourAmplitude: 0, priceWeight: 0 } }) - 1)).toBeLessThan(
      0.1,
    );
  });
});

describe('shop', () => {
  it('a few of sixty products earn most of the oracle’s profit, and it takes long to find them', () => {
    const oracle = play({ preset: 'shop' }, { kind: 'oracle' }, { perCategory: 6 });
    const learner = play({ preset: 'shop' }, { kind: 'epsilon-greedy', epsilon: 0.1 }, { perCategory: 6 });
    const shown = oracle.map(({ impressions }) => impressions.toSorted((a, b) => b - a));
    const topTen = shown.map(
      (sorted) => sorted.slice(0, 10).reduce((a, b) => a + b, 0) / sorted.reduce((a, b) => a + b, 0),
    );
    expect(Math.min(...topTen)).toBeGreaterThan(0.5);
    expect(z(oracle, learner)).toBeGreaterThan(5);
  });
});

describe('delivery', () => {
  it('clicks fall down the page, and with the hour', () => {
    const records = play({ preset: 'delivery' }, { kind: 'uniform' }, { requests: 60_000 });
    const places = [1, 2, 3].map((l) => rate(group(records, 'place on the page', `slot ${l}`)));
    expect(places[1] / places[0]).toBeLessThan(0.8);
    expect(places[2] / places[1]).toBeLessThan(0.95);
    const even = play({ preset: 'delivery', page: { positionDecay: 0 } }, { kind: 'uniform' }, { requests: 60_000 });
    const flat = [1, 2].map((l) => rate(group(even, 'place on the page', `slot ${l}`)));
    expect(flat[1] / flat[0]).toBeGreaterThan(0.85);
    expect(group(records, 'hour of the day', '20').impressions).toBeGreaterThan(
      2 * group(records, 'hour of the day', '3').impressions,
    );
  });

  it('evening ads run in the evening alone', () => {
    let misplaced = 0;
    const mornings = play(
      { preset: 'delivery' },
      { kind: 'uniform' },
      {
        requests: 60_000,
        onTick: ({ requests, decisions, outcomes }, { actions, spec }) => {
          const evening = requests.hour[0] % 24 >= 17;
          decisions.action.forEach((a, c) => {
            const shown = outcomes.slot[c] >= 0 ? spec.campaigns[actions.campaign[a]].name : 'all-day';
            if (!evening && shown !== 'all-day') misplaced++;
          });
        },
      },
    );
    expect(misplaced).toBe(0);
    expect(group(mornings, 'campaign', 'evenings').impressions).toBeGreaterThan(0);
  });
});

describe('pricing', () => {
  it('the best price is not the list price for everybody, and to know whom is worth money', () => {
    const levels = new Float64Array(3);
    const oracle = play(
      { preset: 'pricing' },
      { kind: 'oracle' },
      {
        onTick: ({ decisions }, { actions }) => {
          for (const a of decisions.action) levels[Math.floor(a / (actions.size / 3))]++;
        },
      },
    );
    const total = levels.reduce((a, b) => a + b, 0);
    expect(Math.max(...levels) / total).toBeLessThan(0.98);
    expect(z(oracle, play({ preset: 'pricing' }, { kind: 'uniform' }))).toBeGreaterThan(4);
  });
});

describe('auction', () => {
  const world: WorldInput = { preset: 'auction' };
  const agent = (bidding: AgentInput['bidding']): AgentInput => ({ kind: 'oracle', ...(bidding && { bidding }) });

  it('a first price leaves truthful bidders nothing, shading leaves something; nothing is overpaid in a second price', () => {
    const truthful = play(world, agent({ kind: 'truthful' }));
    const shaded = play(world, agent({ kind: 'shaded', factor: 0.7 }));
    for (const one of truthful) expect(Math.abs(surplus(one))).toBeLessThan(1e-9);
    expect(z(shaded, truthful, surplus)).toBeGreaterThan(4);
    const second = play({ ...world, auction: { mechanism: 'second-price' } }, agent({ kind: 'truthful' }));
    for (const { episode } of second) {
      expect(episode.auction?.overbidRegret).toBeCloseTo(0, 9);
      expect(episode.auction?.underbidRegret).toBe(0);
      expect(episode.auction?.allocationRegret).toBe(0);
    }
    for (const { episode } of truthful) expect(episode.auction?.overbidRegret).toBeGreaterThan(1);
  });
});

describe('tight-budget', () => {
  it('pacing earns more than spending at once, unless there is money for all', () => {
    const asap: AgentInput = { kind: 'lin-ucb', alpha: 0.05, bidding: { kind: 'truthful' } };
    const paced: AgentInput = { kind: 'lin-ucb', alpha: 0.05, bidding: { kind: 'paced' } };
    const options = { requests: 48_000 };
    const world: WorldInput = { preset: 'tight-budget' };
    expect(z(play(world, paced, options), play(world, asap, options))).toBeGreaterThan(2.5);
    const campaigns = [{ name: 'all', dailyBudgetUsd: 1e6, valuePerClickUsd: 0.5, valuePerConversionUsd: 0 }];
    const rich: WorldInput = { ...world, campaigns };
    expect(z(play(rich, paced, options), play(rich, asap, options))).toBeLessThan(2.5);
  });
});

describe('delayed', () => {
  it('what has been seen at the click is nothing of what is earned; without delay it is all', () => {
    const seen = (input: WorldInput): number => {
      let [early, late] = [0, 0];
      play(
        input,
        { kind: 'uniform' },
        {
          requests: 40_000,
          onTick: ({ outcomes }) => {
            outcomes.conversion.forEach((state) => (early += state === 1 ? 1 : 0));
            late += outcomes.late.length;
          },
        },
      );
      return early / (early + late);
    };
    expect(seen({ preset: 'delayed' })).toBe(0);
    expect(seen({ preset: 'delayed', conversion: { delayMedianHours: 0 } })).toBe(1);
  });

  it('an agent that counts only what it saw at the click learns nothing; without delay it does', () => {
    const greedy: AgentInput = { kind: 'epsilon-greedy', epsilon: 0.1 };
    const options = { requests: 40_000 };
    const gap = (input: WorldInput): number =>
      z(play(input, greedy, options), play(input, { kind: 'uniform' }, options));
    expect(Math.abs(gap({ preset: 'delayed' }))).toBeLessThan(2.5);
    expect(gap({ preset: 'delayed', conversion: { delayMedianHours: 0 } })).toBeGreaterThan(2.5);
  });
});

describe('slate', () => {
  it('the best first beats the same ads the other way round, unless everybody looks at everything', () => {
    const backwards = {
      wrap: (agent: Agent, { spec }: Environment): Agent => ({
        ...agent,
        bid(requests, decisions) {
          for (let i = 0; i < requests.size; i++) {
            decisions.action.subarray(i * spec.slots, (i + 1) * spec.slots).reverse();
          }
          agent.bid(requests, decisions);
        },
      }),
    };
    const oracle: AgentInput = { kind: 'oracle' };
    expect(z(play({ preset: 'slate' }, oracle), play({ preset: 'slate' }, oracle, backwards))).toBeGreaterThan(3.5);
    const patient: WorldInput = { preset: 'slate', page: { persistence: 1, afterClick: 1 } };
    expect(Math.abs(z(play(patient, oracle), play(patient, oracle, backwards)))).toBeLessThan(3.5);
  });
});

describe('rivals', () => {
  it('surplus falls as others learn what to bid, and does not where they never bid', () => {
    const shaded: AgentInput = { kind: 'oracle', bidding: { kind: 'shaded', factor: 0.7 } };
    const rival: AgentInput = { kind: 'lin-ucb', alpha: 0.05, bidding: { kind: 'truthful' } };
    const options = { requests: 30_000 };
    const alone = play({ preset: 'rivals' }, shaded, options);
    expect(
      z(alone, play({ preset: 'rivals' }, shaded, { ...options, rivals: [rival, rival] }), surplus),
    ).toBeGreaterThan(2.5);
    const idle: AgentInput = { kind: 'uniform', bidUsd: 0 };
    expect(z(alone, play({ preset: 'rivals' }, shaded, { ...options, rivals: [idle, idle] }))).toBe(0);
  });
});
