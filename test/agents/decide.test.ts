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
  override uniforms(n: number): Float64Array {
    return new Float64Array(n).fill(this.#value);
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

  it('leaves the slot empty where no action is eligible', () => {
    const { requests, decisions } = rows(2);
    requests.eligible.fill(0, K);
    decide(stating(1, 0, 0), requests, randomFrom('none'), decisions, matrix(2, K));
    expect([...decisions.action]).toEqual([0, -1]);
    expect([...decisions.propensity]).toEqual([1, 1]);
    expect([...(decisions.distribution?.data ?? [])]).toEqual([1, 0, 0, 0, 0, 0]);
  });

  it('fills a page from the top, asking again for what is left, and writes each slot given those above', () => {
    // Odds in proportion to 1, 2, 3 among what is eligible: Plackett–Luce.
    const luce: Policy = {
      name: 'luce',
      distribution({ eligible, size }, out) {
        for (let i = 0; i < size; i++) {
          const weights = [1, 2, 3].map((w, a) => w * eligible[i * K + a]);
          const total = weights.reduce((x, y) => x + y, 0);
          weights.forEach((w, a) => (out.data[i * K + a] = total > 0 ? w / total : 0));
        }
      },
    };
    const n = 30_000;
    const { requests, decisions } = rows(n, 4);
    decide(luce, requests, randomFrom('page'), decisions, matrix(n, K));
    const counts = new Map<string, number>();
    for (let i = 0; i < n; i++) {
      const page = [...decisions.action.subarray(4 * i, 4 * i + 4)];
      expect(new Set(page.slice(0, 3))).toEqual(new Set([0, 1, 2]));
      expect(page[3]).toBe(-1);
      const [p, q] = decisions.propensity.subarray(4 * i, 4 * i + 2);
      expect(p).toBeCloseTo((page[0] + 1) / 6, 12);
      expect(q).toBeCloseTo((page[1] + 1) / (5 - page[0]), 12);
      expect([...decisions.propensity.subarray(4 * i + 2, 4 * i + 4)]).toEqual([1, 1]);
      counts.set(page.join(), (counts.get(page.join()) ?? 0) + 1);
    }
    // α = 4e-4 over the six orders (4 standard errors each).
    for (const [page, count] of counts) {
      const [first, second] = page.split(',').map(Number);
      const odds = (((first + 1) / 6) * (second + 1)) / (5 - first);
      expect(Math.abs(count - n * odds)).toBeLessThan(4 * Math.sqrt(n * odds * (1 - odds)));
    }
    expect(counts.size).toBe(6);
  });
});
