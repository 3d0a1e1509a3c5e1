/** Rivals' bids as a log-normal from auctions won and lost. */
import { describe, expect, it } from 'vitest';
import { landscape } from '../../../src/agents/bidding/landscape.ts';
import { logNormalCdf } from '../../../src/agents/bidding/normal-tail.ts';
import { normalQuantile } from '../../../src/core/quantiles.ts';
import { randomFrom } from '../../../src/core/random.ts';

const MU = Math.log(0.03);
const SIGMA = 0.6;

describe('log Φ', () => {
  it('is the inverse of the quantile', () => {
    for (const p of [1e-300, 1e-100, 1e-20, 1e-9, 0.001, 0.0062, 0.3, 0.5, 0.9, 0.999, 1 - 1e-12]) {
      expect(Math.abs(logNormalCdf(normalQuantile(p)).value - Math.log(p))).toBeLessThan(1e-11 * (1 - Math.log(p)));
    }
  });

  it('has the slope it says', () => {
    for (let z = -40; z < 9; z += 0.37) {
      const h = 1e-4;
      const numeric = (logNormalCdf(z + h).value - logNormalCdf(z - h).value) / (2 * h);
      expect(Math.abs(logNormalCdf(z).slope - numeric)).toBeLessThan(1e-6 * (1 + Math.abs(numeric)));
    }
  });
});

describe('landscape', () => {
  /** n auctions at bids spread log-normally around `centre`; each tells what `tell` makes of it. */
  function fitted(n: number, tell: (rivals: ReturnType<typeof landscape>, bid: number, highest: number) => void) {
    const rivals = landscape(Math.log(0.1));
    const draw = randomFrom('landscape').stream('auctions').sequence();
    for (let i = 0; i < n; i++)
      tell(rivals, 0.04 * Math.exp(0.7 * draw.normal()), Math.exp(MU + SIGMA * draw.normal()));
    rivals.fit();
    return rivals;
  }

  it('is found from wins and losses alone', () => {
    const n = 50_000;
    const { mu, sigma, weight } = fitted(n, (rivals, bid, highest) =>
      bid >= highest ? rivals.won(bid) : rivals.lost(bid),
    );
    expect(weight).toBe(n);
    // A win or loss tells about a third of what the bid itself would: α < 1e-6 at 5 standard errors of σ·√(3/n).
    expect(Math.abs(mu - MU)).toBeLessThan(5 * SIGMA * Math.sqrt(3 / n));
    expect(Math.abs(sigma - SIGMA)).toBeLessThan(5 * SIGMA * Math.sqrt(3 / n));
  });

  it('is found from prices paid and auctions lost', () => {
    const n = 50_000;
    const { mu, sigma } = fitted(n, (rivals, bid, highest) =>
      bid >= highest ? rivals.seen(highest) : rivals.lost(bid),
    );
    expect(Math.abs(mu - MU)).toBeLessThan(5 * SIGMA * Math.sqrt(1.5 / n));
    expect(Math.abs(sigma - SIGMA)).toBeLessThan(5 * SIGMA * Math.sqrt(1.5 / n));
  });

  it('would not be found if losses were taken for wins (the test can fail)', () => {
    const { mu } = fitted(50_000, (rivals, bid, highest) => (bid >= highest ? rivals.lost(bid) : rivals.won(bid)));
    expect(Math.abs(mu - MU)).toBeGreaterThan(1);
  });

  it('is the mean and spread of prices where all are seen, but for the prior', () => {
    const rivals = landscape(0);
    const logs = [-1, 0.5, 2, 0.25, -0.75];
    for (let copy = 0; copy < 1000; copy++) for (const x of logs) rivals.seen(Math.exp(x));
    rivals.fit();
    const mean = logs.reduce((a, b) => a + b) / 5;
    const variance = logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 5;
    expect(rivals.mu).toBeCloseTo(mean, 3);
    expect(rivals.sigma).toBeCloseTo(Math.sqrt(variance), 3);
  });

  it.each(['won', 'lost', 'seen'] as const)('stays finite where all auctions are %s alike', (what) => {
    const rivals = landscape(Math.log(0.05));
    for (let i = 0; i < 10_000; i++) rivals[what](i % 3 === 0 ? 1e-15 : 0.05);
    for (let i = 0; i < 5; i++) rivals.fit();
    expect(Number.isFinite(rivals.mu)).toBe(true);
    expect(rivals.sigma).toBeGreaterThan(0);
    expect(rivals.sigma).toBeLessThan(Infinity);
  });
});
