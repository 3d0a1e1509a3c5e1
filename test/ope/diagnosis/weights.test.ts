/** The figures of weights alone, by hand and on the real log whose facts are known (shared data README). */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { banditLog } from '../../../src/ope/bandit-log.ts';
import type { Evidence } from '../../../src/core/contracts.ts';
import type { Findings } from '../../../src/ope/diagnosis/check.ts';
import { effectiveRows } from '../../../src/ope/diagnosis/effective-rows.ts';
import { heavyRows } from '../../../src/ope/diagnosis/heavy-rows.ts';
import { largestValues } from '../../../src/ope/diagnosis/largest-values.ts';
import { logDiagnosis } from '../../../src/ope/diagnosis/log-diagnosis.ts';
import { meanWeight } from '../../../src/ope/diagnosis/mean-weight.ts';
import { support } from '../../../src/ope/diagnosis/support.ts';
import { dataFolder } from '../../folders.ts';
import { alarmRate, drawLog, findingsOf, kindsOf, rowsOf, valueOf } from './drawn.ts';

test('by hand: weights 1, 2, 3, 0', () => {
  const rows = rowsOf(Float64Array.of(1, 2, 3, 0), Float64Array.of(1, -1, 0, 5));
  const of = (check: { add(r: typeof rows): void; report(): Findings }): Findings => (check.add(rows), check.report());
  const effective = of(effectiveRows());
  expect(valueOf(effective, 'effective-sample-size')).toBeCloseTo(36 / 14, 12);
  expect(valueOf(effective, 'effective-share')).toBeCloseTo((100 * 36) / 14 / 4, 12);
  expect(valueOf(effective, 'hellinger-affinity')).toBeCloseTo((1 + Math.SQRT2 + Math.sqrt(3)) / 4, 12);
  const heavy = of(heavyRows(4));
  expect(valueOf(heavy, 'largest-weight')).toBe(3);
  expect(valueOf(heavy, 'largest-weight-share')).toBe(50);
  expect(valueOf(heavy, 'top-rows-share')).toBeCloseTo((100 * 2) / 3, 12); // w|r| is 1, 2, 0, 0: one row is the top
  expect(heavy.warnings[0].message).toContain('row 3 carries 50.0 %');
  const mean = of(meanWeight());
  expect(valueOf(mean, 'mean-weight')).toBe(1.5);
  expect(valueOf(mean, 'mean-weight-score')).toBeCloseTo(0.5 / Math.sqrt(1.25 / 4), 12);
});

test('of 300 rows the top 1 % are three', () => {
  const check = heavyRows(300);
  check.add(
    rowsOf(
      Float64Array.from({ length: 300 }, (_, i) => (i * 7) % 300),
      new Float64Array(300).fill(0.5),
    ),
  );
  expect(valueOf(check.report(), 'top-rows-share')).toBeCloseTo((100 * (299 + 298 + 297)) / ((300 * 299) / 2), 10);
});

test('the largest values are those of a full sort, in any order of coming', () => {
  const random = randomFrom('largest');
  for (const most of [1, 5, 40, 300]) {
    const kept = largestValues(most);
    const all = Array.from({ length: 2000 }, (_, i) => Math.floor(50 * random.uniform(i, most)) + i / 500);
    for (const value of all) kept.add(value);
    expect([...kept.sorted(most)]).toEqual([...all].sort((a, b) => a - b).slice(-most));
    expect(kept.sorted(most + 1).length).toBe(most);
  }
});

const FLAT = [0.25, 0.25, 0.25, 0.25];
const TILTED = [0.4, 0.3, 0.2, 0.1];

describe('mean weight', () => {
  test('clean logs: 4 standard errors are crossed in at most 3 of 1,000', () => {
    const rate = alarmRate(1000, 'mean-weight', (seed) =>
      findingsOf(
        meanWeight(),
        drawLog({ n: 500, behaviour: () => TILTED, evaluation: () => FLAT }, randomFrom('w').stream(seed)),
      ),
    );
    expect(rate).toBeLessThanOrEqual(0.003);
  });

  test('propensities logged for another policy than the one that drew are seen', () => {
    const rate = alarmRate(50, 'mean-weight', (seed) =>
      findingsOf(
        meanWeight(),
        drawLog(
          { n: 500, behaviour: () => TILTED, evaluation: () => FLAT, drawn: () => FLAT },
          randomFrom('w').stream(seed),
        ),
      ),
    );
    expect(rate).toBe(1);
  });
});

describe('support', () => {
  const names = ['a', 'b', 'c'];
  const log = banditLog({
    actions: 3,
    action: Array.from({ length: 200 }, (_, i) => (i < 4 ? 1 : 0)),
    propensity: Array.from({ length: 200 }, (_, i) => (i < 4 ? 0.02 : 0.98)),
    reward: new Float64Array(200),
  });
  const evaluation = matrix(200, 3);
  for (let i = 0; i < 200; i++) evaluation.data.set([0.5, 0.2, 0.3], i * 3);
  const behaviour = matrix(200, 3);
  for (let i = 0; i < 200; i++) behaviour.data.set([0.98, 0.02, 0], i * 3);

  test('actions never and hardly ever logged are named, with their probability', () => {
    const findings = findingsOf(support(names, true), { log, evaluation, behaviour });
    expect(kindsOf(findings)).toEqual(['no-support', 'thin-support', 'zero-propensity']);
    expect(findings.warnings[0].message).toContain('30.0 % of its probability on actions that the log never shows: c');
    expect(findings.warnings[1].message).toContain('b (20.0 %, 4 rows)');
    expect(valueOf(findings, 'unsupported-share')).toBeCloseTo(30, 12);
    expect(valueOf(findings, 'zero-propensity-share')).toBeCloseTo(30, 12);
  });

  test('nothing is claimed of a policy known at the logged actions alone', () => {
    const findings = findingsOf(support(names, false), { log, evaluation });
    expect(findings.warnings).toEqual([]);
    expect(valueOf(findings, 'unsupported-share')).toBeNull();
  });
});

/** The Open Bandit log of the BernoulliTS policy, wherever it lies, as seen by the uniform policy. */
function openBandit(): Evidence | undefined {
  const data = dataFolder();
  const folder = data && join(data, 'obd', 'bts');
  if (!folder || !existsSync(folder)) return undefined;
  const path = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('.csv.gz'));
  if (!path) return undefined;
  const [header, ...lines] = gunzipSync(readFileSync(join(folder, path)))
    .toString('utf8')
    .trim()
    .split('\n');
  const names = header.split(',');
  const column = (name: string): number[] => lines.map((line) => Number(line.split(',')[names.indexOf(name)]));
  const action = column('item_id');
  const actions = Math.max(...action) + 1;
  const evaluation = matrix(action.length, actions);
  evaluation.data.fill(1 / actions);
  const log = banditLog({ actions, action, propensity: column('propensity_score'), reward: column('click') });
  return { log, evaluation };
}

const real = openBandit();

test.skipIf(real === undefined)('the facts of the uniform policy on bts/men', () => {
  const { log } = real as Evidence;
  const diagnosis = logDiagnosis({ rows: log.size, actions: log.spec.actions });
  diagnosis.add({ evidence: real as Evidence });
  const found = diagnosis.report();
  console.info(found.figures.map(({ name, value }) => `${name} ${value}`).join('\n'));
  expect(valueOf(found, 'effective-sample-size')).toBeCloseTo(655.71, 2);
  expect(valueOf(found, 'largest-weight')).toBeCloseTo(178.25, 2);
  expect(valueOf(found, 'mean-weight')).toBeCloseTo(0.94331, 5);
  // The same independent program as in weight-tail.test.ts, on these 10,000 weights.
  expect(valueOf(found, 'pareto-shape')).toBeCloseTo(0.43995451703672067, 10);
  expect(valueOf(found, 'hill-index')).toBeCloseTo(1.3829935349131932, 10);
});
