/** Studies of estimators and of intervals: what is run, and that a wrong value or order is found. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPapers, runPapers } from '../../../src/runner/papers/papers.ts';
import type { PaperRow } from '../../../src/runner/papers/verdict.ts';
import { judged } from '../../../src/runner/papers/verdict.ts';
import { scheduler } from '../../../src/runner/scheduler.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-papers-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function rowsOf(study: string, workers = 0): Promise<PaperRow[]> {
  const file = join(folder, 'paper.yaml');
  writeFileSync(file, `id: T\ntitle: t\nsource: nobody\nstudies:\n${study}`);
  const schedule = scheduler(workers, undefined);
  const [paper] = await runPapers(loadPapers(file), { full: false, schedule, dataFolder: folder }).finally(() =>
    schedule.close(),
  );
  return paper.rows;
}

const SYNTHETIC = `
  - kind: estimators
    title: small
    design: { kind: obp-synthetic, actions: 10, context: 3, rows: 3000, beta: -3 }
    runs: 6
    fullRuns: 10
    tuned: [dros]
    checks:
      - { estimator: dm, expect: 0.09, factor: 3 }
      - { estimator: snips, expect: 0.03, factor: 3 }
      - { estimator: dros, expect: 99, gate: false }
    order:
      - { larger: dm, than: [snips] }
`;

describe('a study of estimators', () => {
  it('judges each, and their order', async () => {
    const rows = await rowsOf(SYNTHETIC);
    expect(rows.map(({ what, verdict, runs }) => [what, verdict, runs])).toEqual([
      ['dm: relative error', 'same', 6],
      ['snips: relative error', 'same', 6],
      ['dros: relative error', 'not gated', 6],
      ['dm > snips', 'same', 6],
    ]);
  });

  it('gives the same rows in worker processes', async () => {
    expect(await rowsOf(SYNTHETIC, 2)).toEqual(await rowsOf(SYNTHETIC));
  });

  it.each([
    ['an error that is not reproduced', 'expect: 0.09', 'expect: 0.9'],
    ['an order that does not hold', '{ larger: dm, than: [snips] }', '{ larger: snips, than: [dm] }'],
    ['a gap that is not there', 'than: [snips] }', 'than: [snips], times: 99 }'],
  ])('%s is found', async (_what, from, to) => {
    const rows = await rowsOf(SYNTHETIC.replace(from, to));
    expect(rows.filter(({ verdict }) => verdict === 'differs')).toHaveLength(1);
  });

  it('whose data is not at hand says so', async () => {
    const design =
      '{ kind: classified, file: none.arff, logged: 0.7, behaviour: { trust: 0.4 }, candidate: { trust: 0.9 } }';
    const rows = await rowsOf(SYNTHETIC.replace(/\{ kind: obp.*\}/u, design));
    expect(new Set(rows.map(({ verdict }) => verdict))).toEqual(new Set(['needs data']));
  });
});

describe('a study of intervals', () => {
  const study = (expected: number): string => `
  - kind: coverage
    title: small
    repetitions: 400
    settings:
      - title: even odds
        base: 0.5
        rows: 200
        behaviour: [0.5, 0.5]
        evaluation: [0.4, 0.6]
        checks:
          - { rule: snips-delta, expect: ${expected}, error: 0.01 }
          - { rule: eb-true-max, atLeast: 0.98 }
          - { rule: eb-true-max, measure: width, atLeast: 0.3 }
`;

  it('counts how often they hold the truth', async () => {
    expect((await rowsOf(study(0.95))).map(({ verdict }) => verdict)).toEqual(['same', 'same', 'same']);
  });

  it('finds a coverage that is not so', async () => {
    expect((await rowsOf(study(0.8)))[0].verdict).toBe('differs');
  });
});

describe('a study of marginalised IPS', () => {
  // 12 runs of 1,000 rows, seeded: the product form is biased by about .18, the joint form by 0 ± .04.
  const study = (joint: number, times: number): string => `
  - kind: mips
    title: small
    rows: 1000
    settings:
      - actions: 10
        runs: 12
        fullRuns: 12
        checks:
          - { what: mips-bias, expect: ${joint} }
          - { what: ips-over-mips-mse, atLeast: ${times} }
          - { what: largest-weight, expect: 1, gate: false }
      - { actions: 20, runs: 0, fullRuns: 12, checks: [{ what: mips-bias, expect: 0 }] }
`;

  it('judges bias and squared errors, and leaves what is long to the long form', async () => {
    expect((await rowsOf(study(0, 1))).map(({ what, verdict, runs }) => [what, verdict, runs])).toEqual([
      ['10 actions: mips bias', 'same', 12],
      ['10 actions: ips over mips mse', 'same', 12],
      ['10 actions: largest weight', 'not gated', 12],
    ]);
  });

  it('gives the same rows in worker processes', async () => {
    expect(await rowsOf(study(0, 1), 2)).toEqual(await rowsOf(study(0, 1)));
  });

  it.each([
    [0.5, 1],
    [0, 99],
  ])('finds a bias of %s, or a gap of %s, that is not there', async (joint, times) => {
    expect((await rowsOf(study(joint, times))).filter(({ verdict }) => verdict === 'differs')).toHaveLength(1);
  });
});

it('a verdict by share or by factor allows no standard error beside it', () => {
  expect(judged({ expect: 10, share: 0.6, gate: true }, 15.9, 99).verdict).toBe('same');
  expect(judged({ expect: 10, share: 0.6, gate: true }, 16.1, 99).verdict).toBe('differs');
  expect(judged({ expect: 10, factor: 2, gate: true }, 5.1, 99).verdict).toBe('same');
  expect(judged({ expect: 10, factor: 2, gate: true }, 4.9, 99).verdict).toBe('differs');
  expect(judged({ expect: 10, factor: 2, gate: true }, Number.NaN, 99).verdict).toBe('differs');
});
