/** How fast auctions are: RTB-style in columns, and whole pages with several slots, beside one object per auction. */
import { randomFrom } from '../src/core/random.ts';
import { pageAuction } from '../src/env/auction/mechanism.ts';
import { rtbAuctions, rtbOutcomesOf } from '../src/env/auction/rtb.ts';
import type { RtbRequests, RtbRule } from '../src/env/auction/rtb.ts';
import type { Figure } from './main.ts';

const ROWS = 1_000_000;
const BATCH = 2_000;
const REPEATS = 7;
const RULE: RtbRule = { mechanism: 'second-price', rivals: 5, rivalMedianUsd: 0.01, rivalSpread: 0.5, reserveUsd: 0 };

export const parts: readonly (() => AsyncIterable<Figure>)[] = [figures];

/** Auctions per second, one core: bid, highest rival, win, cost, click, conversion, budget. */
async function* figures(): AsyncGenerator<Figure> {
  const baseline = 'one object per auction, each of the rivals drawn';
  const plain = best(() => playPlainly(ROWS / 10)) / (ROWS / 10);
  yield figure('RTB-style auctions, 5 rivals, batches of 2,000', best(playColumns) / ROWS, baseline, plain);
  yield figure('GSP pages, 3 slots, 8 ads', best(playPages) / ROWS, baseline, plain);
}

function figure(name: string, msPerRow: number, baseline: string, plain: number): Figure {
  const nsPerRow = msPerRow * 1e6;
  return { name, unit: 'auctions', perSecond: 1000 / msPerRow, nsPerRow, baseline, ratio: plain / msPerRow };
}

/** The shortest of a few runs [ms]. */
function best(run: () => number): number {
  let least = Infinity;
  for (let i = 0; i < REPEATS; i++) least = Math.min(least, run());
  return least;
}

function playColumns(): number {
  const requests: RtbRequests = {
    size: BATCH,
    id: new Int32Array(BATCH),
    bid: Float64Array.from({ length: BATCH }, (_, i) => 0.01 + 0.00001 * (i % 1000)),
    clickRate: new Float64Array(BATCH).fill(0.02),
    conversionRate: new Float64Array(BATCH).fill(0.1),
  };
  const out = rtbOutcomesOf(BATCH);
  const play = rtbAuctions(RULE, randomFrom('bench'));
  let budget = 1e6;
  const start = performance.now();
  for (let first = 0; first < ROWS; first += BATCH) {
    for (let i = 0; i < BATCH; i++) requests.id[i] = first + i;
    budget -= play(requests, out, budget);
  }
  return performance.now() - start;
}

function playPages(): number {
  const auction = pageAuction({ mechanism: 'gsp', squash: 1, reserve: 0, clickFactors: [1, 0.6, 0.4] }, 8);
  const luck = randomFrom('bench').sequence();
  const pages = 512;
  const bids = Array.from({ length: pages }, () => Float64Array.from({ length: 8 }, () => luck.uniform()));
  const qualities = Array.from({ length: pages }, () => Float64Array.from({ length: 8 }, () => 0.1 * luck.uniform()));
  let sold = 0;
  const start = performance.now();
  for (let i = 0; i < ROWS; i++) sold += auction.sell(8, bids[i % pages], qualities[i % pages]);
  if (sold !== 3 * ROWS) throw new Error('bench: slots were left empty');
  return performance.now() - start;
}

/** As one would first write it. */
function playPlainly(rows: number): number {
  const random = randomFrom('bench');
  const log: { id: number; won: boolean; cost: number; click: boolean; conversion: boolean }[] = [];
  let budget = 1e6;
  const start = performance.now();
  for (let id = 0; id < rows; id++) {
    const request = { id, bid: 0.01 + 0.00001 * (id % 1000), clickRate: 0.02, conversionRate: 0.1 };
    const rivals = Array.from({ length: 5 }, (_, r) => Math.exp(Math.log(0.01) + 0.5 * random.normal(id, r)));
    const highest = rivals.reduce((a, b) => Math.max(a, b));
    const won = request.bid >= highest && request.bid <= budget;
    const cost = won ? highest : 0;
    const click = won && random.uniform(id, 100) < request.clickRate;
    const conversion = click && random.uniform(id, 101) < request.conversionRate;
    budget -= cost;
    log.push({ id, won, cost, click, conversion });
  }
  return performance.now() - start;
}
