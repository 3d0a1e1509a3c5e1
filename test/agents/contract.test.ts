/** Every kind keeps the agent contract, and the contract catches agents that don't. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/agents/decide.ts';
import { frozen } from '../../src/agents/frozen.ts';
import { AGENTS, agentSchema, createAgent } from '../../src/agents/registry.ts';
import { uniform } from '../../src/agents/context-free/uniform.ts';
import { withFloor } from '../../src/agents/with-floor.ts';
import type { Agent } from '../../src/core/contracts.ts';
import { randomFrom } from '../../src/core/random.ts';
import { AGENT_LAWS, PROPENSITY_BOUND, agentContract, propensityScores } from '../contracts/agent.ts';
import { toySetup } from './toy-source.ts';

for (const { kind } of AGENTS) {
  agentContract(kind, (setup) => createAgent(agentSchema.parse({ kind }), setup));
  agentContract(`${kind} with a floor`, (setup) => createAgent(agentSchema.parse({ kind, floor: 0.02 }), setup));
}
agentContract('frozen epsilon-greedy', (setup) =>
  frozen(createAgent(agentSchema.parse({ kind: 'epsilon-greedy' }), setup)),
);
agentContract('uniform kept above a floor that is too high', () => withFloor(uniform(5), 0.9));

const base = (): Agent => createAgent(agentSchema.parse({ kind: 'epsilon-greedy' }), toySetup(5));

/** ε-greedy with its odds meddled with. */
function meddled(meddle: (odds: Float64Array) => void): Agent {
  const agent = base();
  return {
    ...agent,
    distribution(requests, out) {
      agent.distribution(requests, out);
      meddle(out.data);
    },
  };
}

/** Mixes each row of odds with its own squares: still odds on the same actions, but others. */
function tilt(odds: Float64Array, share: number): void {
  for (let start = 0; start < odds.length; start += 5) {
    const row = odds.subarray(start, start + 5);
    const squares = row.map((p) => p * p);
    const total = squares.reduce((a, b) => a + b, 0);
    for (let j = 0; j < 5; j++) row[j] = share * row[j] + ((1 - share) * squares[j]) / total;
  }
}

let calls = 0;
const luck = (): number => randomFrom('not the seed').uniform(calls++, 0);

/** Each fault, the law that must catch it, and an agent that has it. */
const faults: [string, keyof typeof AGENT_LAWS, () => Agent][] = [
  ['odds that sum to more than 1', 'sound', () => meddled((odds) => odds.set(odds.map((p) => p * 1.001)))],
  ['odds on an ineligible action', 'sound', () => meddled((odds) => void odds.fill(1 / 5))],
  ['odds that are no numbers', 'sound', () => meddled((odds) => void odds.fill(NaN))],
  [
    'chance that is not the seed’s',
    'repeatable',
    () => {
      const share = luck();
      return meddled((odds) => tilt(odds, share));
    },
  ],
  ['odds drawn afresh at each call', 'pure', () => meddled((odds) => tilt(odds, luck()))],
  ['rows that look at each other', 'ticks', () => meddled((odds) => tilt(odds, Math.min(1, odds.length / 640)))],
  ['doubt about an only choice', 'onlyChoice', () => meddled((odds) => odds.set(odds.map((p) => (p === 1 ? 0.9 : p))))],
  [
    'division by the rewards’ sum',
    'zeroRewards',
    () => {
      let sum = 0;
      let rows = 0;
      return {
        ...meddled((odds) => tilt(odds, rows === 0 ? 1 : Math.min(1, sum / sum))),
        learn(requests, _decisions, outcomes) {
          rows += requests.size;
          sum += outcomes.reward.reduce((a, b) => a + b, 0);
        },
      };
    },
  ],
  [
    'learning from what was not shown',
    'nothingShown',
    () => {
      let seen = 0;
      return { ...meddled((odds) => tilt(odds, 1 / (2 + seen))), learn: () => void seen++ };
    },
  ],
  [
    'learning from NaN',
    'badRewards',
    () => {
      let sum = 0;
      return {
        ...meddled((odds) => tilt(odds, sum - sum + 0.5)),
        learn(_requests, _decisions, outcomes) {
          for (const reward of outcomes.reward) sum += reward;
        },
      };
    },
  ],
  [
    'learning from a context that is no number',
    'badContexts',
    () => {
      let sum = 0;
      return {
        ...meddled((odds) => tilt(odds, sum - sum + 0.5)),
        learn(requests) {
          for (const value of requests.context.data) sum += value;
        },
      };
    },
  ],
  [
    'a row with nothing eligible that changes the others',
    'nothingEligible',
    () => {
      const agent = base();
      return {
        ...agent,
        distribution(requests, out) {
          agent.distribution(requests, out);
          tilt(out.data, requests.eligible.reduce((sum, one) => sum + one, 0) / requests.eligible.length);
        },
      };
    },
  ],
  ['a bid that is no number', 'bids', () => ({ ...base(), bid: (_r, decisions) => void decisions.bid.fill(NaN) })],
];

describe('the agent contract catches', () => {
  it.each(faults)('%s by its law "%s"', (_fault, law, make) => {
    expect(() => AGENT_LAWS[law].check(make)).toThrow(Error);
  });

  it('a fault with every law but one', () => {
    // Propensities are written by `decide`, which has its own mutants below.
    const used = new Set(faults.map(([, law]) => law));
    expect(Object.keys(AGENT_LAWS).filter((law) => !used.has(law as keyof typeof AGENT_LAWS))).toEqual([
      'propensities',
    ]);
  });

  it.each<[string, typeof decide]>([
    [
      'greedy draws written as certain',
      (policy, requests, random, decisions, scratch) => {
        decide(policy, requests, random, decisions, scratch);
        decisions.propensity.forEach((p, i) => {
          decisions.propensity[i] = p > 0.5 ? 1 : p;
        });
      },
    ],
    [
      'branches that write their own propensity (importance weights average 2 then)',
      (policy, requests, random, decisions, scratch) => {
        decide(policy, requests, random, decisions, scratch);
        decisions.propensity.forEach((p, i) => {
          if (p < 0.5 || p === 1) return;
          const explored = 1 - p; // stands for ε/k
          decisions.propensity[i] = random.uniform(requests.impression[i], 1) * p < explored ? explored : p - explored;
        });
      },
    ],
  ])('%s', (_fault, wrong) => {
    expect(Math.max(...propensityScores(base()).map(Math.abs))).toBeLessThan(PROPENSITY_BOUND);
    expect(Math.max(...propensityScores(base(), wrong).map(Math.abs))).toBeGreaterThan(PROPENSITY_BOUND);
  });
});
