/** Names come from files that anybody may have written: they stay text in the card, the report and the terminal. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { modelCard } from '../../../src/report/model/card.ts';
import { buildTrainingReport } from '../../../src/report/model/training.ts';
import { trainingText } from '../../../src/report/model/training-text.ts';
import { reportHtml } from '../../../src/report/render-html.ts';
import { trainConfig } from '../../../src/runner/supervised/train-config.ts';
import { trainModels } from '../../../src/runner/supervised/train.ts';
import type { Trained } from '../../../src/runner/supervised/train.ts';

const NASTY = 'a|b <script>alert(1)</script>';
let folder: string;
let trained: Trained;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-card-'));
  const path = join(folder, 'rows.csv');
  const rows = Array.from({ length: 80 }, (_, i) => `${(7 * i) % 11},${i % 3 === 0 ? '[x](y)' : '*no*'}`);
  writeFileSync(path, `"${NASTY}","y`.concat('`"\n', rows.join('\n'), '\n'));
  const config = { folds: 2, columns: { label: 'y`', positive: '[x](y)' } };
  trained = await trainModels(path, trainConfig.parse(config));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the card', () => {
  const { digest, settings } = trained.model.file;
  const card = modelCard(trained.results, { digest, settings });
  expect(card).toContain('| a\\|b \\<script\\>alert(1)\\</script\\> | number |');
  expect(card).toContain('\\[x\\](y) 33.8');
  expect(card).toContain('`{"kind":"logistic","l2":1,"classes":2}`');
  expect(card).toContain('only 27 rows have the label "\\[x\\](y)"');
  // Every row of a table has the cells of its heading.
  const bars = card.split('\n').filter((line) => line.startsWith('|'));
  for (const line of bars) expect([4, 5]).toContain(line.replaceAll('\\|', '').split('|').length - 1);
});

it('the report', async () => {
  const html = await reportHtml(buildTrainingReport(trained.results, 'digest'), { static: true });
  expect(html).not.toContain('<script>alert');
  expect(html).toContain('a|b &lt;script&gt;alert(1)');
});

it('the terminal', () => {
  const text = trainingText(trained.results, { folder: 'f', digest: 'd', seconds: 1 }, (rows) =>
    rows.map((r) => r.join(' ')).join('\n'),
  );
  expect(text.split('\n')[0]).toMatch(
    /^logistic does not surely predict y` better than its base rate does: AUC 0\.\d+ \[/u,
  );
  expect(text).toContain('doubt: only 27 rows have the label');
  expect(text).toMatch(/took {7}1\.0 s$/u);
});
