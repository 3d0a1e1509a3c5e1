/** Drift and copied rows: silent on clean logs (α = 0.001, at most 6 alarms in 1,000), and they see planted faults. */
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../../src/core/contracts.ts';
import { selectRows } from '../../../src/core/log.ts';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { drift } from '../../../src/ope/diagnosis/drift.ts';
import { duplicatedRows } from '../../../src/ope/diagnosis/duplicated-rows.ts';
import { rowTable } from '../../../src/ope/diagnosis/row-table.ts';
import type { Findings } from '../../../src/ope/diagnosis/check.ts';
import { alarmRate, drawLog, findingsOf, kindsOf, valueOf } from './drawn.ts';
import type { Design } from './drawn.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const N = 1000;
const CLEAN: Design = {
  n: N,
  behaviour: (x) => [0.6 - 0.4 * x, 0.02, 0.13, 0.25 + 0.4 * x],
  evaluation: () => [0.25, 0.25, 0.25, 0.25],
  rate: () => 0.06,
};
const draw = (design: Design, seed: number): Evidence => drawLog(design, randomFrom('faults').stream(seed));

describe('drift', () => {
  const findings = (design: Design, seed: number): Findings => findingsOf(drift(design.n, NAMES), draw(design, seed));

  test('clean logs', () => {
    const kinds = Array.from({ length: 1000 }, (_, seed) => kindsOf(findings(CLEAN, seed)));
    expect(kinds.filter((found) => found.length > 0).length).toBeLessThanOrEqual(6);
  });

  test.each([
    ['drift-of-rewards', { ...CLEAN, rate: (_x, _a, i) => (i < 500 ? 0.03 : 0.18) }],
    ['drift-of-actions', { ...CLEAN, drawn: (_x, i) => (i < 800 ? [0.4, 0.02, 0.13, 0.45] : [0.1, 0.02, 0.43, 0.45]) }],
    [
      'drift-of-weights',
      {
        ...CLEAN,
        behaviour: () => [0.4, 0.2, 0.2, 0.2],
        drawn: (_x, i) => (i < 700 ? [0.1, 0.3, 0.3, 0.3] : [0.8, 0.1, 0.05, 0.05]),
      },
    ],
  ] satisfies [string, Design][])('%s is seen', (kind, design) => {
    expect(alarmRate(50, kind, (seed) => findings(design, seed))).toBeGreaterThanOrEqual(0.95);
  });

  test('the message says from where to where', () => {
    const { warnings } = findings({ ...CLEAN, rate: (_x, _a, i) => (i < 900 ? 0.1 : 0.9) }, 1);
    expect(warnings[0].message).toMatch(
      /mean reward changes over the log: 0\.\d+ in the \w+ tenth, 0\.(?:8|9)\d* in the last/u,
    );
  });

  test('with a handful of rewards there is no test, and the figure says so', () => {
    const found = findings({ ...CLEAN, rate: (_x, _a, i) => (i < 5 ? 1 : 0) }, 1);
    expect(valueOf(found, 'drift-of-rewards')).toBeNull();
    expect(found.figures[0].note).toContain('5.1 rows make up the variance');
    expect(found.warnings).toEqual([]);
  });

  test('the table of tenths × actions by hand', () => {
    // 20 rows a tenth of two actions, 10 and 10 but in the last tenth 20 and 0: row totals 110 and 90.
    const log = draw({ ...CLEAN, n: 200 }, 1);
    const { action } = log.log.decisions;
    for (let i = 0; i < 200; i++) action[i] = i < 180 ? i % 2 : 0;
    let statistic = 0;
    for (const [o, e, times] of [
      [10, 11, 9],
      [10, 9, 9],
      [20, 11, 1],
      [0, 9, 1],
    ])
      statistic += (times * (o - e) ** 2) / e;
    const { figures } = findingsOf(drift(200, NAMES), log);
    // χ² with 9 degrees: closed form for odd degrees is no simple sum, so the median serves: 18.18 lies between the 0.05 (16.92) and 0.025 (19.02) points.
    expect(statistic).toBeCloseTo(18.18, 2);
    expect(figures[1].value).toBeGreaterThan(0.025);
    expect(figures[1].value).toBeLessThan(3 * 0.05);
  });
});

/** The evidence with some rows again behind them. */
function withCopies(evidence: Evidence, rows: readonly number[]): Evidence {
  const { log, evaluation } = evidence;
  const k = evaluation.columns;
  const policy = matrix(rows.length, k);
  rows.forEach((i, at) => policy.data.set(evaluation.data.subarray(i * k, (i + 1) * k), at * k));
  return { log: selectRows(log, rows), evaluation: policy };
}

describe('copied rows', () => {
  const findings = (evidence: Evidence): Findings => findingsOf(duplicatedRows(2 * N), evidence);
  const all = Array.from({ length: N }, (_, i) => i);
  const plain = ({ log, evaluation }: Evidence): Evidence => ({ log, evaluation });

  test.each<[string, number]>([
    ['all contexts differ', 0],
    ['there are 20 contexts', 20],
    ['there is one context', 1],
  ])('clean logs where %s', (_, contexts) => {
    const rate = alarmRate(1000, 'duplicated-rows', (seed) => {
      const evidence = plain(draw({ ...CLEAN, behaviour: () => [0.4, 0.1, 0.2, 0.3] }, seed));
      const { data } = evidence.log.requests.context;
      if (contexts > 0) data.forEach((x, i) => (data[i] = Math.floor(contexts * x)));
      return findings(evidence);
    });
    expect(rate).toBeLessThanOrEqual(0.006);
  });

  test('20 of 1,000 rows written again at the end are seen', () => {
    const rate = alarmRate(50, 'duplicated-rows', (seed) =>
      findings(withCopies(draw(CLEAN, seed), [...all, ...all.slice(100, 120)])),
    );
    expect(rate).toBe(1);
    const { warnings } = findings(withCopies(draw(CLEAN, 3), [...all, ...all.slice(100, 120)]));
    expect(warnings[0].message).toContain('20 repeat action and propensity');
    expect(warnings[0].message).toContain('the first is row 1001');
  });

  test('each seventh row written twice in a row is seen, where there is one context', () => {
    const rows = all.flatMap((i) => (i % 7 === 0 ? [i, i] : [i]));
    const rate = alarmRate(50, 'duplicated-rows', (seed) => {
      const evidence = withCopies(draw({ ...CLEAN, n: N, behaviour: () => [0.1, 0.2, 0.3, 0.4] }, seed), rows);
      evidence.log.requests.context.data.fill(0);
      return findings(evidence);
    });
    expect(rate).toBeGreaterThanOrEqual(0.9);
  });

  test('in a log far longer than the table', () => {
    const check = duplicatedRows(40_000, 8);
    const evidence = draw({ ...CLEAN, n: 20_000 }, 5);
    const rows = Array.from({ length: 20_000 }, (_, i) => i);
    const found = findingsOf(
      check,
      withCopies(
        evidence,
        rows.flatMap((i) => (i % 4 === 0 ? [i, i] : [i])),
      ),
    );
    expect(kindsOf(found)).toEqual(['duplicated-rows']);
    // 128 contexts at a time, half of them new at each of 8 thinnings: of 5,000 copies a few hundred at most are looked at.
    const compared = Number(/of (\d+) rows/u.exec(found.figures[0].note ?? '')?.[1]);
    expect(compared).toBeGreaterThan(50);
    expect(compared).toBeLessThan(600);
    expect(kindsOf(findingsOf(duplicatedRows(40_000, 8), plain(evidence)))).toEqual([]);
  });
});

test('a thinned table still holds all rows of the contexts it holds', () => {
  const table = rowTable(6);
  const random = randomFrom('table');
  const hashes = Array.from({ length: 3000 }, (_, i) => [
    random.uniform(i, 0) * 2 ** 32,
    random.uniform(i, 1) * 2 ** 32,
  ]);
  for (const [low, high] of hashes) if (table.holds(low)) table.find(low, high);
  const held = hashes.filter(([low]) => table.holds(low));
  expect(held.length).toBeGreaterThan(8);
  expect(held.length).toBeLessThanOrEqual(32);
  for (const [low, high] of held) {
    table.find(low, high);
    expect(table.isNew).toBe(false);
  }
});
