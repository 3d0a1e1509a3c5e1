import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { adFigures, increment, upliftAt } from '../../../src/models/metrics/business.ts';
import type { AdRows } from '../../../src/models/metrics/business.ts';

function ads(name: string, m: number): AdRows {
  const draw = randomFrom(name).sequence();
  const [cost, click, conversion, revenue] = Array.from({ length: 4 }, () => new Float64Array(m));
  for (let i = 0; i < m; i++) {
    cost[i] = 0.004 + 0.01 * draw.uniform();
    click[i] = draw.uniform() < 0.2 ? 1 : 0;
    conversion[i] = click[i] === 1 && draw.uniform() < 0.3 ? 1 : 0;
    revenue[i] = conversion[i] * (0.1 + 0.4 * draw.uniform());
  }
  return { cost, click, conversion, revenue };
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

describe('adFigures', () => {
  it('are ratios of sums', () => {
    const rows = ads('sums', 500);
    const figures = adFigures(rows);
    const [cost, clicks, conversions, revenue] = [rows.cost, rows.click, rows.conversion, rows.revenue].map(sum);
    expect(figures.costPerThousand.value).toBeCloseTo((1000 * cost) / 500, 10);
    expect(figures.costPerClick.value).toBeCloseTo(cost / clicks, 10);
    expect(figures.costPerAcquisition.value).toBeCloseTo(cost / conversions, 10);
    expect(figures.returnOnInvestment.value).toBeCloseTo((revenue - cost) / cost, 10);
    expect(figures.returnOnAdSpend.value).toBeCloseTo(revenue / cost, 10);
    expect(figures.clickRate.value).toBeCloseTo(clicks / 500, 12);
    expect(figures.conversionRate.value).toBeCloseTo(conversions / clicks, 12);
  });

  // 400 samples: 0.95 ± 0.033 is 3 sd; ratios of rare events are a little short of that.
  it('have intervals that cover the ratio of a big sample', () => {
    const truth = adFigures(ads('truth', 400_000));
    const names = Object.keys(truth) as (keyof typeof truth)[];
    const hits = new Map<string, number>();
    for (let s = 0; s < 400; s++) {
      const figures = adFigures(ads(`sample ${s}`, 2000));
      for (const name of names) {
        const [low, high] = figures[name].interval as [number, number];
        if (low <= truth[name].value && truth[name].value <= high) hits.set(name, (hits.get(name) ?? 0) + 1);
      }
    }
    for (const name of names) {
      const covered = (hits.get(name) as number) / 400;
      expect({ name, fits: covered > 0.91 && covered < 0.985 }).toEqual({ name, fits: true });
    }
  });

  it('are NaN without a denominator', () => {
    const none = { ...ads('none', 50), click: new Float64Array(50), conversion: new Float64Array(50) };
    expect(adFigures(none).costPerClick).toEqual({ value: Number.NaN, interval: null });
  });
});

describe('increment', () => {
  const drawn = (name: string, n: number, rate: number): Float64Array => {
    const draw = randomFrom(name).sequence();
    return Float64Array.from({ length: n }, () => (draw.uniform() < rate ? 1 : 0));
  };

  it('says what was added, per person, relative and in all', () => {
    const treated = Float64Array.of(1, 0, 2, 1);
    const control = Float64Array.of(0, 1, 0, 1);
    const { perPerson, lift, total, returnOnInvestment } = increment({ treated, control, costUsd: 1 });
    expect([perPerson.value, lift.value, total.value, returnOnInvestment?.value]).toEqual([0.5, 1, 2, 1]);
    const half = 1.959963984540054 * Math.sqrt(2 / 3 / 4 + 1 / 3 / 4);
    expect(perPerson.interval?.[0]).toBeCloseTo(0.5 - half, 12);
    expect(total.interval?.[1]).toBeCloseTo(4 * (0.5 + half), 12);
    expect(increment({ treated, control }).returnOnInvestment).toBeNull();
    expect(() => increment({ treated, control: Float64Array.of(1) })).toThrow(RangeError);
  });

  it('covers the true lift', () => {
    let hits = 0;
    for (let s = 0; s < 400; s++) {
      const { lift } = increment({ treated: drawn(`t${s}`, 1500, 0.12), control: drawn(`c${s}`, 1500, 0.1) });
      if (lift.interval && lift.interval[0] <= 0.2 && lift.interval[1] >= 0.2) hits++;
    }
    expect(hits / 400).toBeGreaterThan(0.917);
    expect(hits / 400).toBeLessThan(0.984);
  });

  it('uplift is larger among those whom a knowing score puts first', () => {
    const draw = randomFrom('uplift').sequence();
    const m = 20_000;
    const score = Float64Array.from({ length: m }, () => draw.uniform());
    const treated = Uint8Array.from({ length: m }, () => (draw.uniform() < 0.5 ? 1 : 0));
    const reward = score.map((s, i) => (draw.uniform() < 0.1 + 0.2 * s * treated[i] ? 1 : 0));
    const [first, all] = [0.2, 1].map((share) => upliftAt(share, { score, treated, reward }));
    expect(all.value).toBeCloseTo(0.1, 1);
    expect(first.interval?.[0]).toBeGreaterThan(all.interval?.[1] as number);
    expect(first.value).toBeCloseTo(0.18, 1);
  });
});
