/**
 * How fast `adsim ope` values a log that it need not hold: Parquet of four actions, with the policy's odds and a model's
 * predictions as columns, 10⁷ rows or as many as ADSIM_ROWS says. Beside it, DuckDB adding up IPS by itself from the same file,
 * on one thread: no checks, no intervals, no other estimator.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Figure } from './main.ts';

const ROWS = Number(process.env['ADSIM_ROWS'] ?? 1e7);
const PROGRAM = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const ACTIONS = [0, 1, 2, 3];
/** Prints memory and processor time at the program's end. */
const PEAK =
  "data:text/javascript,process.on('exit',()=>{const u=process.resourceUsage();process.stderr.write('\\npeak '+u.maxRSS+' '+(u.userCPUTime+u.systemCPUTime)/1e6)})";

export const parts: readonly (() => AsyncIterable<Figure>)[] = [valued];

async function* valued(): AsyncGenerator<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'adsim-parquet-'));
  try {
    const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
    const log = join(folder, 'log.parquet');
    await write(connection, log);
    const plain = await seconds(() => connection.run(sumOfIps(log)));
    const { took, wall, megabytes } = ope(folder, log);
    yield {
      name: `ips, snips, dr of ${ROWS.toLocaleString('en')} rows of Parquet, with intervals, ${megabytes} MB`,
      unit: 'rows',
      perSecond: ROWS / took,
      nsPerRow: (1e9 * took) / ROWS,
      baseline: 'DuckDB adding up ips, one thread',
      ratio: plain / took,
      wallSeconds: wall / ROWS,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function write(connection: DuckDBConnection, path: string): Promise<void> {
  const odds = ACTIONS.map((a) => `(0.1 + 0.01 * (hash(i * 4 + ${a}) % 13)::DOUBLE) AS p${a}`);
  const total = ACTIONS.map((a) => `p${a}`).join(' + ');
  const columns = ACTIONS.map((a) => `p${a} / (${total}) AS pi_${a}, 0.1 * p${a} AS q_${a}`);
  await connection.run(`COPY (
    SELECT (hash(i * 7 + 1) % 4)::INTEGER AS action, 0.25 AS propensity, (hash(i * 3 + 2) % 50 = 0)::INTEGER AS reward, ${columns.join(', ')}
    FROM (SELECT i, ${odds.join(', ')} FROM range(${ROWS}) t(i))) TO '${path}' (FORMAT parquet)`);
}

function sumOfIps(path: string): string {
  const mine = ACTIONS.map((a) => `WHEN ${a} THEN pi_${a}`).join(' ');
  return `SELECT avg(z), stddev_samp(z) FROM (SELECT reward * (CASE action ${mine} END) / propensity AS z FROM '${path}')`;
}

/** [s of the processor] */
async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** As a user calls it: seconds of the processor, seconds, and memory at its highest. */
function ope(folder: string, log: string): { took: number; wall: number; megabytes: number } {
  const map = join(folder, 'columns.yaml');
  const predicted = ACTIONS.map((a) => `'${a}': q_${a}`).join(', ');
  writeFileSync(map, `action: action\npropensity: propensity\nreward: reward\npredicted: { ${predicted} }\n`);
  const words = ['ope', log, '--columns', map, '--policy', 'columns:pi_', '--estimators', 'ips,snips,dr', '--json'];
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--import', PEAK, PROGRAM, ...words], { encoding: 'utf8' });
  const wall = (performance.now() - start) / 1e3;
  if (status !== 0) throw new Error(`adsim ope ended with ${status}: ${stderr}`);
  const [peak, took] = (stderr.split('\npeak ').at(-1) ?? '').split(' ').map(Number);
  return { took, wall, megabytes: Math.round(peak / 1024) };
}
