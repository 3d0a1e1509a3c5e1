/** No campaign overspends, no cap or daypart is broken: ten thousand random markets, and mutants that break each law. */
import { describe, expect, it } from 'vitest';
import { playRandomMarket } from './random-markets.ts';
import type { Mutation } from './random-markets.ts';

const MARKETS = 10_000;

it.each([0, 1, 2, 3])('holds in each of 10,000 random markets, part %i', (part) => {
  let held = 0;
  for (let index = part; index < MARKETS; index += 4) {
    playRandomMarket(index);
    held++;
  }
  expect(held).toBe(MARKETS / 4);
});

/** The first of the ad's cells that was shown; −1 if none was. */
const shownCell = ({ slot }: Parameters<Mutation>[0]): number => slot.findIndex((place) => place >= 0);

const MUTANTS: readonly (readonly [law: string, mutation: Mutation])[] = [
  ['no campaign overspends', (o) => (shownCell(o) < 0 ? undefined : (o.cost[shownCell(o)] += 4))],
  ['what is not shown costs nothing', (o) => (shownCell(o) < 0 ? (o.cost[0] = 0.01) : undefined)],
  ['a place holds one ad', (o, x) => (o.slot.length > x.bid.length ? o.slot.fill(0, 0, 2) : undefined)],
  [
    'what is not eligible is not shown',
    (o, x, r) => (r.eligible[Math.max(0, x.action[0])] === 0 ? (o.slot[0] = 0) : undefined),
  ],
  [
    'nobody pays more than they bid',
    (o, x) => (shownCell(o) < 0 ? undefined : (o.cost[shownCell(o)] = 2 * Math.max(...x.bid))),
  ],
  [
    'no cap is broken',
    (o, x) => x.action.forEach((a, c) => (o.slot[c] = a < 0 || c % (x.action.length / x.bid.length) > 0 ? -1 : 0)),
  ],
  [
    'ads run in their dayparts',
    (o, x) => x.action.forEach((a, c) => (o.slot[c] = a < 0 || c % (x.action.length / x.bid.length) > 0 ? -1 : 0)),
  ],
];

describe('a market in which the law is broken is told', () => {
  it.each(MUTANTS)('%s', (law, mutation) => {
    const found = new Set<string>();
    for (let index = 0; index < 400; index++) {
      try {
        playRandomMarket(index, mutation);
      } catch (error) {
        found.add(/breaks a law: (.*?) \(/u.exec((error as Error).message)?.[1] ?? String(error));
      }
    }
    expect(found).toContain(law);
  });
});
