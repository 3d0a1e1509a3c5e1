/** The one place that draws: what it writes, what it refuses, and that nothing else shifts a draw. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/agents/decide.ts';
import { decisionsOf, requestsOf } from '../../src/core/batch.ts';
import type { Policy, Requests } from '../../src/core/contracts.ts';
import { InputError } from '../../src/core/errors.ts';
import { matrix } from '../../src/core/matrix.ts';
import { Random, randomFrom } from '../../src/core/random.ts';

const K = 3;

function rows(n: number, slots = 1): { requests: Requests; decisions: ReturnType<typeof decisionsOf> } {
  const shape = { rows: n, context: 0, actions: K, slots };
  const requests = requestsOf(shape);
  requests.size = n;
  requests.eligible.fill(1);
  requests.impression.forEach((_, i) => {
    requests.impression[i] = i;
  });
  return { requests, decisions: decisionsOf(shape, true) };
}

/** States the same odds for every row. */
const stating = (...odds: number[]): Policy => ({
  name: 'stated',
  distribution(requests, out) {
    for (let i = 0; i < requests.size; i++) out.data.set(odds, i * K);
  },
});

/** Draws the same number always. */
class Fixed extends Random {
  readonly #value: number;
  constructor(value: number) {
    super('fixed');
    this.#value = value;
  }
  override uniform(): number {
    return this.#value;
  }
}

const almostOne = 1 - 2 ** -53;

describe('decide', () => {
  it('draws with the odds stated, and writes them', () => {
    const n = 40_000;
    const { requests, decisions } = rows(n);
    decide(stating(0.2, 0.5, 0.3), requests, randomFrom('odds'), decisions, matrix(n, K));
    const counts = [0, 0, 0];
    for (const a of decisions.action) counts[a]++;
    expect(decisions.propensity).toEqual(Float64Array.from(decisions.action, (a) => [0.2, 0.5, 0.3][a]));
    // α = 6e-5 per action (4 standard errors).
    [0.2, 0.5, 0.3].forEach((p, a) => {
      expect(Math.abs(counts[a] - n * p)).toBeLessThan(4 * Math.sqrt(n * p * (1 - p)));
    });
    expect([...(decisions.distribution?.data.subarray(0, K) ?? [])]).toEqual([0.2, 0.5, 0.3]);
  });

  it('draws by the impression’s id alone, high word included', () => {
    const { requests, decisions } = rows(64);
    const random = randomFrom('ids');
    decide(stating(0.2, 0.5, 0.3), requests, random, decisions, matrix(64, K));
    const forward = [...decisions.action];
    requests.impression.reverse();
    decide(stating(0.2, 0.5, 0.3), requests, random, decisions, matrix(64, K));
    expect([...decisions.action].toReversed()).toEqual(forward);
    requests.impression.forEach((id, i) => {
      requests.impression[i] = id + 2 ** 32;
    });
    decide(stating(0.2, 0.5, 0.3), requests, random, decisions, matrix(64, K));
    expect([...decisions.action].toReversed()).not.toEqual(forward);
  });

  it.each([
    [0, [0, 1, 0], 1],
    [0, [0, 0.5, 0.5], 1],
    [almostOne, [0.5, 0.5, 0], 1],
    [almostOne, [1, 0, 0], 0],
    [almostOne, [0.1, 0.2, 0.7 - 1e-10], 2],
    [almostOne, [0.7, 0.3 + 1e-10, 0], 1],
    [almostOne, [0.1, 0.9 - 2 ** -53, 0], 1],
    [almostOne, [1 / 3, 2 / 3 + 2 ** -52, 0], 1],
    [0.5, [0.5, 0.5, 0], 1],
  ])('never draws probability 0, at u = %d of %j', (u, odds, action) => {
    const { requests, decisions } = rows(1);
    decide(stating(...odds), requests, new Fixed(u), decisions, matrix(1, K));
    expect(decisions.action[0]).toBe(action);
    expect(decisions.propensity[0]).toBe(odds[action]);
  });

  it('refuses a uniform that is 1', () => {
    const { requests, decisions } = rows(1);
    expect(() => decide(stating(0.5, 0.5, 0), requests, new Fixed(1), decisions, matrix(1, K))).toThrow(RangeError);
  });

  it('leaves further slots empty', () => {
    const { requests, decisions } = rows(2, 3);
    decide(stating(0, 0, 1), requests, randomFrom('slots'), decisions, matrix(2, K));
    expect([...decisions.action]).toEqual([2, -1, -1, 2, -1, -1]);
    expect([...decisions.propensity]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('plays only the rows that are filled', () => {
    const { requests, decisions } = rows(4);
    requests.size = 2;
    decide(stating(0, 1, 0), requests, randomFrom('part'), decisions, matrix(4, K));
    expect([...decisions.action]).toEqual([1, 1, -1, -1]);
  });

  it.each([
    [[NaN, 0.5, 0.5], /agent "stated": row 0 \(impression 0\) gives action 0 the probability NaN/],
    [[-0.1, 0.6, 0.5], /action 0 the probability -0.1/],
    [[0.5, 0.4, 0], /sum to 0.9, not 1/],
    [[0.5, 0.5, 1e-8], /not 1/],
    [[0.5, 0, 0.5], /action 2 the probability 0.5, though it is not eligible/],
  ])('refuses %j', (odds, message) => {
    const { requests, decisions } = rows(1);
    if (odds[1] === 0) requests.eligible[2] = 0;
    const draw = (): void => decide(stating(...odds), requests, randomFrom('bad'), decisions, matrix(1, K));
    expect(draw).toThrow(InputError);
    expect(draw).toThrow(message);
  });

  it('says where no action is eligible', () => {
    const { requests, decisions } = rows(2);
    requests.eligible.fill(0, K);
    const draw = (): void => decide(stating(1, 0, 0), requests, randomFrom('none'), decisions, matrix(2, K));
    expect(draw).toThrow(/row 1 \(impression 1\) has no eligible action/);
  });
});
