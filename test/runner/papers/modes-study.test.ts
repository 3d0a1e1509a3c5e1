import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modesSchema } from '../../../src/runner/papers/modes-schema.ts';
import { modesRows } from '../../../src/runner/papers/modes-study.ts';
import { loadPapers, runPapers } from '../../../src/runner/papers/papers.ts';
import type { JudgedPaper } from '../../../src/runner/papers/papers.ts';
import { scheduler } from '../../../src/runner/scheduler.ts';
import type { Scheduler } from '../../../src/runner/scheduler.ts';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'adsim-modes-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PAPER = `id: T
title: modes
source: nobody
studies:
  - kind: modes
    title: ring
    mixture: ring
    deviation: 0.5
    generators:
      - name: short
        objective: gan-r1
        gradientPenalty: 0.1
        steps: 10
        runs: 2
        fullRuns: 2
        checks:
          - { what: found, atLeast: 1 }
          - { what: well-found, atLeast: 9 }
          - { what: near, atLeast: 0, gate: false }
          - { what: found, atMost: 7 }
          - { what: found, atMost: 8 }
      - name: long
        objective: gan
        steps: 5
        runs: 0
        fullRuns: 1
        checks: [{ what: found, atLeast: 0 }]
    ascending:
      - { what: near, order: [short, long] }
`;

const PLAY = `id: P
title: a short play
source: nobody
studies:
  - kind: play
    title: two arms
    world: { kind: bernoulli-arms, rates: [1, 0] }
    requests: 10
    runs: 1
    fullRuns: 1
    plays:
      - { agent: { kind: uniform }, checks: [{ measure: regret, atLeast: 0 }] }
`;

async function run(full: boolean): Promise<JudgedPaper> {
  const file = join(folder, 'paper.yaml');
  writeFileSync(file, PAPER);
  const schedule = scheduler(0, undefined);
  const [paper] = await runPapers(loadPapers(file), { full, schedule, dataFolder: folder });
  return paper;
}

describe('a study of modes', () => {
  it('judges the mean over runs, and leaves to the long form what it is told to', async () => {
    const { rows, leftOut } = await run(false);
    expect(rows.map(({ what, verdict, runs: n }) => [what, verdict, n])).toEqual([
      ['short: modes found', 'same', 2],
      ['short: modes well found', 'differs', 2], // there are eight
      ['short: share of points near a mode', 'not gated', 2],
      ['short: modes found', 'differs', 2],
      ['short: modes found', 'same', 2],
    ]);
    expect(leftOut).toEqual(['ring: long']);
    const whole = await run(true);
    expect(whole.rows.slice(0, 5)).toEqual(rows);
    expect(whole.rows[5]).toMatchObject({ what: 'long: modes found', runs: 1, error: null });
    expect(whole.rows[6]).toMatchObject({ what: 'short < long: share of points near a mode', rule: 'means ascend' });
  });

  it('judges an order by means', () => {
    const study = modesSchema.parse({
      kind: 'modes',
      title: 'ring',
      mixture: 'ring',
      deviation: 0.1,
      generators: ['plain', 'ours'].map((name) => ({
        name,
        objective: 'gan',
        steps: 1,
        runs: 2,
        fullRuns: 2,
        checks: [{ what: 'found', atLeast: 0 }],
      })),
      ascending: [{ what: 'well-found', order: ['plain', 'ours'] }],
    });
    const found = (...wellFound: number[]) => wellFound.map((n) => ({ found: 8, 'well-found': n, near: 0.5 }));
    const verdictOf = (plain: number[], ours: number[]) =>
      modesRows('T', study, [found(...plain), found(...ours)]).at(-1)?.verdict;
    expect(verdictOf([8, 0], [8, 7])).toBe('same');
    expect(verdictOf([8, 8], [8, 7])).toBe('differs');
    expect(verdictOf([8, 7], [8, 7])).toBe('differs');
  });

  it('starts before the tasks of other papers, which are shorter, and stays in its place', async () => {
    const first = join(folder, 'a-first.yaml');
    writeFileSync(first, PLAY);
    writeFileSync(join(folder, 'paper.yaml'), PAPER);
    const labels: string[] = [];
    const inline = scheduler(0, undefined);
    const schedule: Scheduler = {
      ...inline,
      run(label, ...rest) {
        labels.push(label);
        return inline.run(label, ...rest);
      },
    };
    const papers = await runPapers(loadPapers(folder), { full: false, schedule, dataFolder: folder });
    expect(labels).toEqual(['ring: short', 'ring: short', 'two arms: uniform']);
    expect(papers.map(({ id }) => id)).toEqual(['P', 'T']);
    rmSync(first);
  });
});
