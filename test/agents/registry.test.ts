/** Configurations become agents; what can't is refused with what to do. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { betaContest } from '../../src/agents/context-free/best-beta.ts';
import { AGENTS, agentSchema, createAgent, seesHidden } from '../../src/agents/registry.ts';
import type { AgentConfig } from '../../src/agents/registry.ts';
import { thompson } from '../../src/agents/context-free/thompson.ts';
import { randomFrom } from '../../src/core/random.ts';
import { withFloor } from '../../src/agents/with-floor.ts';
import { decisionsOf } from '../../src/core/batch.ts';
import type { RewardModel } from '../../src/core/contracts.ts';
import { InputError } from '../../src/core/errors.ts';
import { matrix } from '../../src/core/matrix.ts';
import { tickOf } from './tick-of.ts';
import { toySetup } from './toy-source.ts';

const setup = toySetup(3);
const config = (value: object): AgentConfig => agentSchema.parse(value);

describe('registry', () => {
  it('makes every kind from its defaults, under its name', () => {
    for (const { kind, sees } of AGENTS) {
      expect(createAgent(config({ kind }), setup).name).toBe(kind);
      expect(createAgent(config({ kind, name: 'mine' }), setup).name).toBe('mine');
      expect(seesHidden(kind)).toBe(sees === 'everything');
    }
    expect(AGENTS.filter(({ sees }) => sees === 'everything').map(({ kind }) => kind)).toEqual(['oracle']);
  });

  it('describes every parameter with its default', () => {
    for (const { kind, schema } of AGENTS) {
      const { properties } = z.toJSONSchema(schema, { io: 'input' });
      for (const [key, value] of Object.entries(properties ?? {})) {
        const described = typeof value === 'object' ? (value.description ?? '') : '';
        expect(described, `${kind}.${key}`).not.toBe('');
        expect(described, `${kind}.${key}`).toMatch(key === 'kind' ? /./ : /default/);
      }
    }
  });

  it.each([
    { kind: 'epsilon-greedi' },
    { kind: 'epsilon-greedy', epsilon: 1.5 },
    { kind: 'epsilon-greedy', epsilom: 0.1 },
    { kind: 'lin-ucb', lambda: 0 },
    { kind: 'thompson', priorBeta: 0 },
    { kind: 'uniform', bidUsd: -1 },
  ])('refuses %j', (value) => {
    expect(agentSchema.safeParse(value).success).toBe(false);
  });

  it('fills keys left out, also where a config skipped the schema', () => {
    const agent = createAgent({ kind: 'uniform' } as AgentConfig, setup);
    const { requests } = tickOf(3, [0], [0]);
    const decisions = decisionsOf({ rows: 1, context: 0, actions: 3, slots: 1 });
    agent.bid(requests, decisions);
    expect(decisions.bid[0]).toBe(0.001);
  });

  it('says which model is missing, and that an oracle needs the hidden state', () => {
    const make = (): unknown => createAgent(config({ kind: 'greedy', model: 'mlp' }), setup);
    expect(make).toThrow(InputError);
    expect(make).toThrow(/no model named "mlp" \(trained: logistic, observable\)/);
    const { truth: _truth, ...blind } = setup;
    expect(() => createAgent(config({ kind: 'oracle' }), blind)).toThrow(/needs the truth/);
    const agent = createAgent(config({ kind: 'oracle' }), setup);
    expect(() => agent.distribution(tickOf(3, [0], [0]).requests, matrix(1, 3))).toThrow(/hidden state/);
  });

  it('learns an intercept of its own only where the context has none', () => {
    const gram = (names: readonly string[], value: object): number => {
      const agent = createAgent(config({ kind: 'lin-ucb', ...value }), {
        ...setup,
        spec: { ...setup.spec, contextNames: names },
      });
      return (agent as unknown as { ridge: { moment: Float64Array } }).ridge.moment.length / 3;
    };
    expect(gram(['intercept', 'x'], {})).toBe(2);
    expect(gram(['x', 'y'], {})).toBe(3);
    expect(gram(['x', 'y'], { intercept: false })).toBe(2);
  });
});

describe('rules', () => {
  const model: RewardModel = { predict: (_requests, out) => out.data.set([0.2, 0.5, 0.5]) };
  const odds = matrix(1, 3);
  const { requests } = tickOf(3, [0], [0]);

  it('greedy shares ties; a floor keeps every eligible action possible', () => {
    const greedy = createAgent(config({ kind: 'greedy' }), { ...setup, models: new Map([['logistic', model]]) });
    greedy.distribution(requests, odds);
    expect([...odds.data]).toEqual([0, 0.5, 0.5]);
    withFloor(greedy, 0.1).distribution(requests, odds);
    expect([...odds.data]).toEqual([0.1, 0.1 + 0.7 * 0.5, 0.1 + 0.7 * 0.5].map((p) => expect.closeTo(p, 15)));
    withFloor(greedy, 0.6).distribution(requests, odds);
    expect([...odds.data]).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect(() => withFloor(greedy, 1.2)).toThrow(InputError);
  });

  it('epsilon-greedy explores evenly with probability epsilon, over what is eligible', () => {
    const agent = createAgent(config({ kind: 'epsilon-greedy', epsilon: 0.3 }), setup);
    const tick = tickOf(3, [0, 1], [1, 0]);
    agent.learn(tick.requests, tick.decisions, tick.outcomes, tick.requests);
    agent.distribution(requests, odds);
    expect([...odds.data]).toEqual([0.8, 0.1, 0.1].map((p) => expect.closeTo(p, 15)));
    const two = tickOf(3, [0], [0]).requests;
    two.eligible[0] = 0;
    agent.distribution(two, odds);
    expect([...odds.data]).toEqual([0, 0.5, 0.5]);
  });

  it('thompson states P(best) among what each row allows', () => {
    const agent = thompson(3, randomFrom('thompson'));
    const shows = Array.from({ length: 60 }, (_, i) => i % 3);
    const tick = tickOf(
      3,
      shows,
      shows.map((a, i) => (i % (3 + 2 * a) === 0 ? 1 : 0)),
    );
    agent.learn(tick.requests, tick.decisions, tick.outcomes, tick.requests);
    const rows = tickOf(3, [0, 0, 0], [0, 0, 0]).requests;
    rows.eligible.set([1, 0, 1], 3);
    const among = matrix(3, 3);
    agent.distribution(rows, among);
    const contest = betaContest();
    const all = new Float64Array(3);
    contest(agent.alpha, agent.beta, all);
    const two = new Float64Array(2);
    contest([agent.alpha[0], agent.alpha[2]], [agent.beta[0], agent.beta[2]], two);
    expect([...among.data]).toEqual([...all, two[0], 0, two[1], ...all]);
  });

  it('a model that predicts NaN is named by what draws', () => {
    const broken: RewardModel = { predict: (_requests, out) => out.data.set([0.2, NaN, 0.5]) };
    const greedy = createAgent(config({ kind: 'greedy' }), { ...setup, models: new Map([['logistic', broken]]) });
    greedy.distribution(requests, odds);
    expect([...odds.data].some(Number.isNaN)).toBe(true);
  });

  it('thompson refuses rewards outside [0, 1], and learns nothing of the tick', () => {
    const agent = createAgent(config({ kind: 'thompson' }), setup);
    const tick = tickOf(3, [0, 1], [1, 1.5]);
    const learn = (): void => agent.learn(tick.requests, tick.decisions, tick.outcomes, tick.requests);
    expect(learn).toThrow(InputError);
    expect(learn).toThrow(/reward 1.5, outside \[0, 1\]/);
    agent.distribution(requests, odds);
    expect([...odds.data]).toEqual([1 / 3, 1 / 3, 1 / 3].map((p) => expect.closeTo(p, 12)));
  });

  it.each(['epsilon-greedy', 'ucb1', 'thompson', 'lin-ucb'])('an auction lost teaches %s nothing', (kind) => {
    const agent = createAgent(config({ kind }), setup);
    const row = tickOf(3, [0], [1], [[1, 0.2, 0.4, 0.6, 0.8]]);
    const learned = [0, 1].map((won) => {
      row.outcomes.won[0] = won;
      row.outcomes.slot[0] = won - 1;
      agent.learn(row.requests, row.decisions, row.outcomes, row.requests);
      agent.distribution(row.requests, odds);
      return Math.max(...odds.data) - Math.min(...odds.data) > 1e-9;
    });
    expect(learned).toEqual([false, true]);
  });

  it('ucb1 widens its bonus with the range of the reward', () => {
    const index = (rewardRange: [number, number]): number => {
      const agent = createAgent(config({ kind: 'ucb1' }), { ...setup, spec: { ...setup.spec, rewardRange } });
      const tick = tickOf(3, [0, 1, 2, 0], [0, 0, 0, 0]);
      agent.learn(tick.requests, tick.decisions, tick.outcomes, tick.requests);
      return (agent as unknown as { indices: Float64Array }).indices[1];
    };
    expect(index([-1, 4])).toBeCloseTo(5 * index([0, 1]), 12);
  });
});
