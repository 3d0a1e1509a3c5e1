/**
 * Every model on every real table: `npm run tables [-- NAME …]` prints what docs/models.md shows, the configs of
 * experiments/models in five-fold cross-validation. `ADSIM_DATA` names the data folder; default: ../shared/data.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { metricText } from '../../src/report/model/metric-words.ts';
import { counted } from '../../src/report/format.ts';
import { loadConfig } from '../../src/runner/config-file.ts';
import { trainConfig } from '../../src/runner/supervised/train-config.ts';
import { trainModels } from '../../src/runner/supervised/train.ts';

interface RealTable {
  name: string;
  config: string;
  /** Below the data folder. */
  file: string;
  /** Where the config leaves it open. */
  label?: string;
  /** Columns are separated by spaces. */
  spaced?: boolean;
}

const uci = (name: string, label: string): RealTable => ({
  name,
  config: 'multi-class',
  file: `uci_multiclass/${name}.arff`,
  label,
});

const TABLES: readonly RealTable[] = [
  { name: 'shoppers', config: 'online-shoppers', file: 'online_shoppers/online_shoppers_intention.csv' },
  { name: 'coupon', config: 'coupon', file: 'coupon/in-vehicle-coupon-recommendation.csv.gz' },
  { name: 'obd', config: 'open-bandit', file: 'obd/random/men' },
  { name: 'upworthy', config: 'upworthy', file: 'upworthy/upworthy_exploratory_half.csv.gz' },
  uci('iris', 'class'),
  uci('glass', 'Type'),
  uci('ecoli', 'class'),
  uci('vehicle', 'Class'),
  uci('optdigits', 'class'),
  uci('letter', 'class'),
  { ...uci('yeast', 'class'), file: 'uci_multiclass/yeast.csv', spaced: true },
];

const SHOWN = ['auc', 'logLoss', 'accuracy', 'calibrationError'];

/** One table as Markdown: a row for each model, then the base rate. */
async function printed({ name, config: file, file: data, label, spaced }: RealTable): Promise<string> {
  const configs = fileURLToPath(new URL('../../experiments/models/', import.meta.url));
  const { config } = loadConfig(join(configs, `${file}.yaml`), trainConfig);
  const columns = { ...config.columns, ...(label !== undefined && { label }) };
  const path = join(process.env['ADSIM_DATA'] ?? join('..', 'shared', 'data'), ...data.split('/'));
  const { results } = await withCommas(path, spaced, (csv) => trainModels(csv, { ...config, columns }));
  const { models, baseRate } = results.validation;
  const shown = models[0].metrics.filter((metric) => SHOWN.includes(metric.name));
  const cells = (metrics: typeof baseRate): string[] =>
    shown.map(({ name: one }) => {
      const metric = metrics.find((other) => other.name === one);
      return metric ? metricText(metric) : '';
    });
  const rows = [
    [`${name}, ${counted(results.data.rows, 'row')}`, ...shown.map(({ title }) => title)],
    ['---', ...shown.map(() => '---')],
    ...models.map((model) => [model.name, ...cells(model.metrics)]),
    ['base rate', ...cells(baseRate)],
  ];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The file, or where its columns are `spaced` a CSV of it, which is there while it is used. */
async function withCommas<T>(path: string, spaced: boolean | undefined, use: (csv: string) => Promise<T>): Promise<T> {
  if (!spaced) return use(path);
  const folder = mkdtempSync(join(tmpdir(), 'adsim-tables-'));
  const csv = join(folder, basename(path));
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(csv, lines.map((line) => line.trim().replaceAll(/\s+/gu, ',')).join('\n'));
  return use(csv).finally(() => rmSync(folder, { recursive: true }));
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !TABLES.some((table) => table.name === name));
if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(', ')}; tables are ${TABLES.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}
for (const table of TABLES) {
  if (asked.length > 0 && !asked.includes(table.name)) continue;
  // oxlint-disable-next-line no-await-in-loop -- one after the other: each takes all of a core
  process.stdout.write(`${await printed(table)}\n\n`);
}
