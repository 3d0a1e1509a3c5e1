/** What agents take from a log before they play. */
import { describe, expect, it } from 'vitest';
import { fittedQ } from '../../src/agents/sequential/fitted-q.ts';
import type { Learner } from '../../src/agents/contextual/learners.ts';
import { transitionsOf } from '../../src/agents/sequential/logged.ts';
import { createAgent } from '../../src/agents/registry.ts';
import { GOES_ON, TERMINATED, TRUNCATED } from '../../src/core/contracts.ts';
import type { ImpressionLog } from '../../src/core/contracts.ts';
import { InputError } from '../../src/core/errors.ts';
import { impressionLog } from '../../src/core/log.ts';
import { matrix } from '../../src/core/matrix.ts';
import { oddsOn } from '../contracts/agent.ts';
import { tickOf } from './tick-of.ts';
import { toySetup } from './toy-source.ts';

/** Rows of (session, action, reward, ended) with the context [state]. */
function logOf(rows: [number, number, number, number, number][]): ImpressionLog {
  const spec = { contextNames: ['state'], actions: ['a', 'b'], slots: 1, rewardUnit: 'click', schemaVersion: 1 };
  const log = impressionLog(spec);
  rows.forEach(([session, state, action, reward, ended], i) => {
    const { requests, decisions, outcomes } = tickOf(2, [action], [reward], [[state]]);
    requests.session[0] = session;
    requests.impression[0] = i;
    outcomes.ended[0] = ended;
    log.append(requests, decisions, outcomes);
  });
  return log;
}

it('a log becomes transitions along its sessions; where the follower is unknown there is none', () => {
  const log = logOf([
    [1, 0, 0, 1, GOES_ON],
    [2, 0, 1, 2, GOES_ON],
    [1, 1, 1, 3, TERMINATED],
    [2, 1, -1, 0, GOES_ON],
    [3, 0, 0, 4, TRUNCATED],
    [2, 2, 0, 5, GOES_ON],
  ]);
  expect(transitionsOf(log)).toEqual([
    { row: 0, action: 0, reward: 1, next: 2 },
    { row: 1, action: 1, reward: 2, next: 3 },
    { row: 2, action: 1, reward: 3, next: -1 },
  ]);
});

describe('fitted Q iteration', () => {
  /** A table of means by state: exact where every pair was tried. */
  const table = (): Learner => {
    const sum = new Float64Array(6);
    const count = new Float64Array(6);
    return {
      range: [-Infinity, Infinity],
      predict({ context, size }, means) {
        for (let i = 0; i < size; i++) {
          for (let a = 0; a < 2; a++) {
            const cell = 2 * context.data[i] + a;
            means[2 * i + a] = count[cell] === 0 ? 0 : sum[cell] / count[cell];
          }
        }
      },
      learn({ context, size }, action, reward) {
        for (let i = 0; i < size; i++) {
          if (action[i] < 0) continue;
          sum[2 * context.data[i] + action[i]] += reward[i];
          count[2 * context.data[i] + action[i]]++;
        }
      },
    };
  };
  const log = logOf([
    [1, 0, 0, 1, TERMINATED],
    [2, 0, 1, 0, GOES_ON],
    [2, 1, 0, 4, TERMINATED],
    [3, 1, 1, 3, TERMINATED],
  ]);

  it.each([
    [0.5, 1, [0, 1]], // 1 now or 0.5 · 4 later
    [0.2, 0, [1, 0]],
  ])('with discount %d takes action %d first', (discount, _action, odds) => {
    const agent = fittedQ(2, log, table, { discount, iterations: 5 });
    const out = matrix(1, 2);
    agent.distribution(tickOf(2, [0], [0], [[0]]).requests, out);
    expect([...out.data]).toEqual(odds);
  });

  it('refuses a log without transitions, and values that run away', () => {
    expect(() => fittedQ(2, logOf([[1, 0, 0, 1, TRUNCATED]]), table, { discount: 0.5, iterations: 5 })).toThrow(
      InputError,
    );
    const growing = (): Learner => {
      const one = table();
      return {
        ...one,
        predict: (requests, means) => (one.predict(requests, means), means.forEach((m, c) => (means[c] = 9 * m + 9))),
      };
    };
    const loop = logOf([1, 2, 3].map((n) => [1, 0, 0, 1, n < 3 ? GOES_ON : TERMINATED]));
    expect(() => fittedQ(2, loop, growing, { discount: 0.9, iterations: 30 })).toThrow(/run away/);
  });
});

describe('warm start', () => {
  it('an agent begins with what the log taught it', () => {
    const cold = createAgent({ kind: 'thompson' }, toySetup(5));
    const warm = createAgent({ kind: 'thompson', warmStart: true }, toySetup(5));
    expect(oddsOn(warm)).not.toEqual(oddsOn(cold));
    expect(new Set(oddsOn(createAgent({ kind: 'lin-ucb', warmStart: true }, toySetup(5)))).size).toBeGreaterThan(1);
  });

  it.each(['q-learning', 'sarsa', 'dqn', 'ppo', 'reinforce', 'q-lambda'] as const)(
    '%s learns from truncated rows, too',
    (kind) => {
      const agent = createAgent({ kind, warmStart: true }, toySetup(5));
      expect(oddsOn(agent).every(Number.isFinite)).toBe(true);
    },
  );

  it('needs a log, of the same widths', () => {
    const { log, ...setup } = toySetup(5);
    expect(() => createAgent({ kind: 'thompson', warmStart: true }, setup)).toThrow(/learns from the behaviour log/);
    expect(() => createAgent({ kind: 'cql' }, setup)).toThrow(/learns from the behaviour log/);
    const other = { ...toySetup(4), ...(log && { log }) };
    expect(() => createAgent({ kind: 'thompson', warmStart: true }, other)).toThrow(
      /the log has 5 context columns and 5 actions, the market 5 and 4/,
    );
    expect(() => createAgent({ kind: 'fitted-q' }, other)).toThrow(InputError);
  });
});
