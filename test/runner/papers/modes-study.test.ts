import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
