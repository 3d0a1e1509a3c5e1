/**
 * What every agent must keep to. Each law is a function that throws where an agent breaks it, so that broken agents can
 * be shown to be caught (test/agents/contract.test.ts does).
 */
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/agents/decide.ts';
import { frozen } from '../../src/agents/frozen.ts';
import type { Agent } from '../../src/core/contracts.ts';
import { InputError } from '../../src/core/errors.ts';
import { matrix } from '../../src/core/matrix.ts';
import { normalQuantile } from '../../src/core/quantiles.ts';
import { randomFrom } from '../../src/core/random.ts';
import { CONTEXT, answer, fillRequests, toySetup, toyTick } from '../agents/toy-source.ts';
import type { MakeAgent, Tick } from '../agents/toy-source.ts';

const K = 5;
const ROWS = 64;
/** Chance that a right agent fails the law of propensities: one in a million, over all actions together. */
const ALPHA = 1e-6;
/** Rows with smaller odds are left out of it: one lucky draw there would weigh as much as all the others. */
const LEAST = 0.01;

export interface PlayOptions {
  ticks?: number;
  rows?: number;
  /** Draws and writes propensities; a wrong one must be caught. */
  draw?: typeof decide;
  /** Called with each tick after the draw. */
  onTick?: (tick: Tick, t: number) => void;
}

/** Lets the agent play and learn; returns actions and propensities of all rows, in order. */
export function play(agent: Agent, options: PlayOptions = {}): { action: number[]; propensity: number[] } {
  const { ticks = 30, rows = ROWS, draw = decide, onTick } = options;
  const random = randomFrom('contract');
  const source = random.stream('requests');
  const draws = random.stream('draws');
  const pair = [toyTick(rows, K), toyTick(rows, K)];
  const scratch = matrix(rows, K);
  const record = { action: [] as number[], propensity: [] as number[] };
  fillRequests(pair[0].requests, 0, K, source);
  for (let t = 0; t < ticks; t++) {
    const tick = pair[t % 2];
    const next = pair[(t + 1) % 2];
    agent.bid(tick.requests, tick.decisions);
    draw(agent, tick.requests, draws, tick.decisions, scratch);
    answer(tick, K, source);
    onTick?.(tick, t);
    record.action.push(...tick.decisions.action);
    record.propensity.push(...tick.decisions.propensity);
    fillRequests(next.requests, t + 1, K, source);
    agent.learn(tick.requests, tick.decisions, tick.outcomes, next.requests);
  }
  return record;
}

/** The agent's odds on one tick of requests, as plain numbers. */
export function oddsOn(agent: Agent, t = 1000, rows = ROWS): number[] {
  const { requests } = toyTick(rows, K);
  fillRequests(requests, t, K, randomFrom('contract').stream('requests'));
  const out = matrix(rows, K);
  agent.distribution(requests, out);
  return [...out.data];
}

/**
 * z of Σ 1{a = j}/π_j − Σ 1{π_j > 0} for each action j, apart for likely (π_j ≥ ½) and unlikely rows: so rare draws, which
 * weigh much, don't drown the others. The first sum uses the propensity that was written, the second the odds stated.
 */
export function propensityScores(agent: Agent, draw?: typeof decide): number[] {
  const sum = new Float64Array(2 * K);
  const variance = new Float64Array(2 * K);
  play(agent, {
    ticks: 100,
    ...(draw ? { draw } : {}),
    onTick({ requests, decisions }) {
      const odds = decisions.distribution?.data ?? [];
      for (let i = 0; i < requests.size; i++) {
        for (let j = 0; j < K; j++) {
          const p = odds[i * K + j];
          if (p < LEAST) continue;
          const cell = p < 0.5 ? j : K + j;
          sum[cell] -= 1;
          if (decisions.action[i] === j) sum[cell] += 1 / decisions.propensity[i];
          variance[cell] += 1 / p - 1;
        }
      }
    },
  });
  return Array.from(sum, (s, cell) => (Math.abs(s) < 1e-9 ? 0 : s / Math.sqrt(variance[cell])));
}

/** The greatest |z| that a right agent may have. */
export const PROPENSITY_BOUND: number = normalQuantile(1 - ALPHA / 2 / (2 * K));

export interface Law {
  name: string;
  /** Throws where the agent breaks the law. */
  check(make: () => Agent): void;
}

const sound: Law = {
  name: 'odds are in [0, 1], sum to 1, and are 0 where ineligible',
  check(make) {
    const agent = make();
    const check = ({ requests }: Tick): void => {
      const odds = matrix(requests.size, K);
      agent.distribution(requests, odds);
      for (let i = 0; i < requests.size; i++) {
        const row = [...odds.data.subarray(i * K, (i + 1) * K)];
        const right = row.every((p, j) => (requests.eligible[i * K + j] === 0 ? p === 0 : p >= 0));
        if (!right || Math.abs(row.reduce((a, b) => a + b) - 1) > 1e-9)
          expect.fail(`row ${i} has the odds ${row.join(' ')}`);
      }
    };
    play(agent, { onTick: check });
  },
};

const propensities: Law = {
  name: 'Σ 1{a = j}/π_j matches Σ 1{π_j > 0} for every action',
  check(make) {
    for (const z of propensityScores(make())) expect(Math.abs(z)).toBeLessThan(PROPENSITY_BOUND);
  },
};

const repeatable: Law = {
  name: 'the same seed brings the same log',
  check(make) {
    expect(play(make())).toEqual(play(make()));
  },
};

const pure: Law = {
  name: 'stating odds changes nothing',
  check(make) {
    const asked = make();
    play(asked, { ticks: 5, onTick: () => void oddsOn(asked) });
    const quiet = make();
    play(quiet, { ticks: 5 });
    expect(oddsOn(asked)).toEqual(oddsOn(asked));
    expect(oddsOn(asked)).toEqual(oddsOn(quiet));
  },
};

const ticks: Law = {
  name: 'a tick of n is n ticks of 1 for an agent that no longer learns',
  check(make) {
    const agent = make();
    play(agent);
    const fixed = frozen(agent);
    expect(play(fixed, { ticks: 1, rows: ROWS })).toEqual(play(fixed, { ticks: ROWS, rows: 1 }));
  },
};

const onlyChoice: Law = {
  name: 'an only eligible action is certain, and is learned from',
  check(make) {
    const agent = make();
    const tick = toyTick(ROWS, K);
    const random = randomFrom('only');
    for (let t = 0; t < 3 * K; t++) {
      fillRequests(tick.requests, t, K, random);
      tick.requests.eligible.fill(0);
      for (let i = 0; i < ROWS; i++) tick.requests.eligible[i * K + (t % K)] = 1;
      decide(agent, tick.requests, random, tick.decisions, matrix(ROWS, K));
      expect(new Set(tick.decisions.action)).toEqual(new Set([t % K]));
      expect(new Set(tick.decisions.propensity)).toEqual(new Set([1]));
      answer(tick, K, random);
      agent.learn(tick.requests, tick.decisions, tick.outcomes, tick.requests);
    }
    expect(oddsOn(agent).every(Number.isFinite)).toBe(true);
  },
};

const zeroRewards: Law = {
  name: 'rewards that are all 0 leave no NaN behind',
  check(make) {
    const agent = make();
    play(agent, { onTick: ({ outcomes }) => outcomes.reward.fill(0) });
    expect(oddsOn(agent).every(Number.isFinite)).toBe(true);
  },
};

const nothingShown: Law = {
  name: 'rows that showed nothing teach nothing',
  check(make) {
    const agent = make();
    play(agent, { ticks: 5 });
    const before = oddsOn(agent);
    const tick = toyTick(ROWS, K);
    fillRequests(tick.requests, 5, K, randomFrom('nothing'));
    tick.decisions.action.fill(-1);
    agent.learn(tick.requests, tick.decisions, tick.outcomes, tick.requests);
    expect(oddsOn(agent)).toEqual(before);
  },
};

const badRewards: Law = {
  name: 'a reward that is no number is refused, and nothing is learned of its tick',
  check(make) {
    for (const reward of [NaN, Infinity]) {
      const agent = make();
      play(agent, { ticks: 5 });
      const before = oddsOn(agent);
      const tick = toyTick(ROWS, K);
      fillRequests(tick.requests, 5, K, randomFrom('bad'));
      decide(agent, tick.requests, randomFrom('bad'), tick.decisions, matrix(ROWS, K));
      answer(tick, K, randomFrom('bad'));
      tick.outcomes.won.fill(1);
      tick.outcomes.slot.fill(0);
      tick.outcomes.reward[ROWS - 1] = reward;
      try {
        agent.learn(tick.requests, tick.decisions, tick.outcomes, tick.requests);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
      expect(oddsOn(agent)).toEqual(before);
    }
  },
};

const badContexts: Law = {
  name: 'a context that is no number is refused, or has no say; nothing is spoilt',
  check(make) {
    for (const value of [NaN, Infinity, 1e300]) {
      const agent = make();
      play(agent, { ticks: 5 });
      const before = oddsOn(agent);
      const tick = toyTick(ROWS, K);
      fillRequests(tick.requests, 5, K, randomFrom('bad'));
      decide(agent, tick.requests, randomFrom('bad'), tick.decisions, matrix(ROWS, K));
      answer(tick, K, randomFrom('bad'));
      tick.requests.context.data[ROWS * CONTEXT.length - 2] = value;
      let refused = false;
      try {
        agent.learn(tick.requests, tick.decisions, tick.outcomes, tick.requests);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        refused = true;
      }
      if (refused) expect(oddsOn(agent)).toEqual(before);
      expect(oddsOn(agent).every(Number.isFinite)).toBe(true);
    }
  },
};

const nothingEligible: Law = {
  name: 'a row with nothing eligible stays empty, and does the others no harm',
  check(make) {
    const agent = make();
    play(agent, { ticks: 5 });
    const tick = toyTick(ROWS, K);
    fillRequests(tick.requests, 5, K, randomFrom('empty'));
    const whole = { ...tick.requests, eligible: tick.requests.eligible.slice() };
    const [scratch, others] = [matrix(ROWS, K), matrix(ROWS, K)];
    agent.distribution(whole, others);
    tick.requests.eligible.fill(0, 0, K);
    decide(agent, tick.requests, randomFrom('empty'), tick.decisions, scratch);
    expect([tick.decisions.action[0], tick.decisions.propensity[0]]).toEqual([-1, 1]);
    expect([...scratch.data.subarray(K)]).toEqual([...others.data.subarray(K)]);
    answer(tick, K, randomFrom('empty'));
    agent.learn(tick.requests, tick.decisions, tick.outcomes, tick.requests);
    expect(oddsOn(agent).every(Number.isFinite)).toBe(true);
  },
};

const bids: Law = {
  name: 'bids are finite and not negative',
  check(make) {
    const tick = toyTick(ROWS, K);
    fillRequests(tick.requests, 0, K, randomFrom('bid'));
    tick.decisions.bid.fill(NaN);
    make().bid(tick.requests, tick.decisions);
    for (const bid of tick.decisions.bid) {
      expect(bid).toBeGreaterThanOrEqual(0);
      expect(bid).toBeLessThan(Infinity);
    }
  },
};

/** The laws by a short name, in the order in which they are checked. */
export const AGENT_LAWS = {
  sound,
  propensities,
  repeatable,
  pure,
  ticks,
  onlyChoice,
  zeroRewards,
  nothingShown,
  badRewards,
  badContexts,
  nothingEligible,
  bids,
} as const satisfies Record<string, Law>;

/** Runs every law on the agents that `make` makes; each call must make a fresh one. */
export function agentContract(name: string, make: MakeAgent): void {
  describe(`agent contract: ${name}`, () => {
    for (const law of Object.values(AGENT_LAWS)) {
      it(`law: ${law.name}`, () => {
        expect(() => law.check(() => make(toySetup(K)))).not.toThrow();
      });
    }
  });
}
