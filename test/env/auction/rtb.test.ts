/** RTB-style auctions in columns: prices by their exact distribution, luck by its rates, purses never overdrawn. */
import { expect, it } from 'vitest';
import { normalCdf } from '../../../src/core/normal.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { rtbAuctions, rtbOutcomesOf } from '../../../src/env/auction/rtb.ts';
import type { RtbOutcomes, RtbRequests, RtbRule } from '../../../src/env/auction/rtb.ts';

const N = 50_000;
const RULE: RtbRule = { mechanism: 'second-price', rivals: 4, rivalMedianUsd: 0.01, rivalSpread: 0.5, reserveUsd: 0 };

function offers(from = 0, size = N): RtbRequests {
  return {
    size,
    id: Int32Array.from({ length: size }, (_, i) => from + i),
    bid: Float64Array.from({ length: size }, (_, i) => 0.005 + 0.0005 * ((from + i) % 40)),
    clickRate: new Float64Array(size).fill(0.1),
    conversionRate: new Float64Array(size).fill(0.3),
  };
}

function play(rule: RtbRule, budgetUsd: number, requests = offers()): RtbOutcomes & { spent: number } {
  const out = rtbOutcomesOf(requests.size);
  return { ...out, spent: rtbAuctions(rule, randomFrom('rtb'))(requests, out, budgetUsd) };
}

it('draws the highest of R rivals by its exact distribution, told from one rival more', () => {
  const prices = play(RULE, Infinity).minimumToWin.toSorted();
  const distance = (rivals: number): number =>
    Math.sqrt(N) *
    Math.max(
      ...prices.map((x, j) =>
        Math.abs(Math.exp(rivals * Math.log(normalCdf(Math.log(x / 0.01) / 0.5))) - (j + 0.5) / N),
      ),
    );
  expect(distance(4)).toBeLessThan(2.6); // Kolmogorov–Smirnov, α = 3e-6
  expect(distance(5)).toBeGreaterThan(2.6);
});

it('charges the mechanism’s price, and clicks and converts at the rates', () => {
  const { bid } = offers();
  const second = play(RULE, Infinity);
  const first = play({ ...RULE, mechanism: 'first-price' }, Infinity);
  let [wins, clicks, conversions] = [0, 0, 0];
  for (let i = 0; i < N; i++) {
    const won = bid[i] >= second.minimumToWin[i];
    expect(second.won[i]).toBe(won ? 1 : 0);
    expect(second.cost[i]).toBe(won ? second.minimumToWin[i] : 0);
    expect(first.cost[i]).toBe(won ? bid[i] : 0);
    expect(second.click[i]).toBeLessThanOrEqual(second.won[i]);
    wins += second.won[i];
    clicks += second.click[i];
    conversions += second.conversion[i];
  }
  // |z| < 4.5, and a tenth more is told.
  const z = (hits: number, of: number, p: number): number => Math.abs(hits - of * p) / Math.sqrt(of * p * (1 - p));
  expect(z(clicks, wins, 0.1)).toBeLessThan(4.5);
  expect(z(clicks, wins, 0.12)).toBeGreaterThan(4.5);
  expect(z(conversions, clicks, 0.3)).toBeLessThan(4.5);
});

it('never spends what is not there, and spends next to all of it', () => {
  for (const budget of [0, 0.02, 1, 20]) {
    const { spent, cost } = play(RULE, budget);
    expect(spent).toBeLessThanOrEqual(budget);
    expect(spent).toBeCloseTo(
      cost.reduce((a, b) => a + b, 0),
      9,
    );
    expect(budget - spent).toBeLessThanOrEqual(0.025);
  }
});

it('gives an offer the same luck whatever it comes with', () => {
  const whole = play(RULE, Infinity);
  const half = play(RULE, Infinity, offers(N / 2, N / 2));
  expect(half.click).toEqual(whole.click.slice(N / 2));
  expect(half.minimumToWin).toEqual(whole.minimumToWin.slice(N / 2));
});

it('keeps to the reserve, and refuses to sell against nobody', () => {
  const { bid } = offers();
  const { won, minimumToWin } = play({ ...RULE, reserveUsd: 0.02 }, Infinity);
  expect(Math.min(...minimumToWin)).toBe(0.02);
  expect(won.some((w, i) => w === 1 && bid[i] < 0.02)).toBe(false);
  expect(() => rtbAuctions({ ...RULE, rivals: 0 }, randomFrom('rtb'))).toThrow(/auction.rivals: 0/);
});
