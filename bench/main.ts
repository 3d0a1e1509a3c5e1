/**
 * Benchmarks: `npm run bench -- NAME [NAME …] [--json]`. Every figure stands beside a plain loop doing the same work in
 * the same run, because a machine's speed says little and a ratio says much.
 */
import { spawnSync } from 'node:child_process';
import { HUGE_PAGES } from '../src/cli/huge-pages.ts';

export interface Figure {
  name: string;
  /** What one row is, for instance `requests` or `steps`. */
  unit: string;
  perSecond: number;
  nsPerRow: number;
  /** What `ratio` compares with, in words. */
  baseline: string;
  /** How many times the baseline's speed. */
  ratio: number;
  /** Where memory is measured: bytes of typed arrays for each user. */
  bytesPerUser?: number;
}

const BENCHES: Record<string, () => Promise<{ figures(): AsyncIterable<Figure> }>> = {
  market: () => import('./market.ts'),
  auction: () => import('./auction.ts'),
  linucb: () => import('./linucb.ts'),
  gan: () => import('./gan.ts'),
};

const json = process.argv.includes('--json');
const names = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
if (names.length === 0 || unknown.length > 0) {
  const which = unknown.length > 0 ? `unknown: ${unknown.join(', ')}; ` : '';
  process.stderr.write(
    `${which}usage: npm run bench -- NAME [--json], NAME one of ${Object.keys(BENCHES).join(', ')}\n`,
  );
  process.exit(2);
}
// Workers of a run ask glibc for huge pages; glibc reads that at the start of a process, so the benches run in a child.
if (!process.env['ADSIM_BENCH_CHILD']) {
  const flags = [...process.execArgv, '--expose-gc', ...process.argv.slice(1)];
  const env = { ...HUGE_PAGES, ...process.env, ADSIM_BENCH_CHILD: '1' };
  process.exit(spawnSync(process.execPath, flags, { stdio: 'inherit', env }).status ?? 1);
}
for (const name of names) {
  const bench = await BENCHES[name]();
  for await (const figure of bench.figures()) process.stdout.write(`${json ? JSON.stringify(figure) : line(figure)}\n`);
}

function line({ name, unit, perSecond, nsPerRow, baseline, ratio, bytesPerUser }: Figure): string {
  const speed = `${Math.round(perSecond).toLocaleString('en')} ${unit}/s`;
  const memory = bytesPerUser === undefined ? '' : `, ${bytesPerUser} bytes a user`;
  return `${name.padEnd(48)} ${speed.padStart(24)} ${nsPerRow.toFixed(0).padStart(10)} ns  ${ratio.toFixed(2)} × ${baseline}${memory}`;
}
