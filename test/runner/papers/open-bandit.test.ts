/** The Open Bandit Dataset's numbers: from a small file by hand, and where there is none. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBanditRows } from '../../../src/runner/papers/open-bandit.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-open-bandit-'));
  const text = ',item_id,click,propensity_score\n0,0,1,0.25\n1,1,0,0.5\n2,1,1,0.5\n';
  writeFileSync(join(folder, 'toy.csv.gz'), gzipSync(text));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const study = (expected: number) => ({
  kind: 'open-bandit' as const,
  title: 'toy',
  logs: [
    {
      file: 'toy.csv.gz',
      checks: [
        { what: 'clicks' as const, expect: 2, gate: true },
        // Weights of 2, 1 and 1: (2 + 0 + 1) / 3 and (2 + 0 + 1) / 4.
        { what: 'uniform-by-ips' as const, expect: 1, gate: true },
        { what: 'uniform-by-snips' as const, expect: expected, gate: true },
      ],
    },
  ],
});

it('are judged to nine digits', async () => {
  const verdicts = async (expected: number) =>
    (await openBanditRows('T', study(expected), folder)).map(({ verdict }) => verdict);
  expect(await verdicts(0.75)).toEqual(['same', 'same', 'same']);
  expect(await verdicts(0.7500001)).toEqual(['same', 'same', 'differs']);
});

it('say so where the log is not at hand', async () => {
  const rows = await openBanditRows('T', study(0.75), join(folder, 'nowhere'));
  expect(new Set(rows.map(({ verdict }) => verdict))).toEqual(new Set(['needs data']));
});
