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
  /** Of one row, where the rest is CPU time. */
  wallSeconds?: number;
  /** Where memory is measured: bytes of typed arrays for each user. */
  bytesPerUser?: number;
  /** Where quality is measured beside a peer's. */
  differences?: Difference[];
}

/** How far ours is from a peer's on the same folds. */
export interface Difference {
  measure: string;
  ours: number;
  theirs: number;
  /** Ours less theirs, and its 95 % interval over folds. */
  by: number;
  interval: readonly [number, number];
  /** Half-width of the 95 % interval of theirs over folds; `inside` where the difference is no larger. */
  within: number;
  inside: boolean;
}

/** A bench in parts: each runs in a process of its own, as what the compiler learns from one world slows down another. */
interface Bench {
  parts: readonly (() => AsyncIterable<Figure>)[];
}

const BENCHES: Record<string, () => Promise<Bench>> = {
  market: () => import('./market.ts'),
  auction: () => import('./auction.ts'),
  linucb: () => import('./linucb.ts'),
  agents: () => import('./agents.ts'),
  audience: () => import('./audience.ts'),
  gan: () => import('./gan.ts'),
  torch: () => import('./torch.ts'),
  compression: () => import('./compression.ts'),
  dqn: () => import('./dqn.ts'),
  networks: () => import('./networks.ts'),
  gym: () => import('./gym.ts'),
  ope: () => import('./ope.ts'),
  models: () => import('./models.ts'),
  parquet: () => import('./parquet.ts'),
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
const part = process.env['ADSIM_BENCH_PART'];
for (const name of names) {
  const { parts } = await BENCHES[name]();
  if (part !== undefined) {
    for await (const figure of parts[Number(part)]()) {
      process.stdout.write(`${json ? JSON.stringify(figure) : line(figure)}\n`);
    }
    continue;
  }
  for (let p = 0; p < parts.length; p++) runAlone(name, p);
}

/** Runs a part in a child. Workers of a run ask glibc for huge pages; glibc reads that at the start of a process. */
function runAlone(name: string, p: number): void {
  const flags = [...process.execArgv, process.argv[1], name, ...(json ? ['--json'] : [])];
  const env = { ...HUGE_PAGES, ...process.env, ADSIM_BENCH_PART: String(p) };
  const { status } = spawnSync(process.execPath, flags, { stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}

function line({ name, unit, perSecond, nsPerRow, baseline, ratio, bytesPerUser, differences }: Figure): string {
  const speed = `${Math.round(perSecond).toLocaleString('en')} ${unit}/s`;
  const memory = bytesPerUser === undefined ? '' : `, ${bytesPerUser} bytes a user`;
  const beside = (differences ?? []).map(
    ({ measure, ours, by, interval: [low, high], within, inside }) =>
      `\n    ${measure} ${ours.toFixed(5)}, ours less theirs ${by.toFixed(5)} [${low.toFixed(5)}, ${high.toFixed(5)}], ${inside ? 'inside' : 'OUTSIDE'} ± ${within.toFixed(5)}`,
  );
  return `${name.padEnd(48)} ${speed.padStart(24)} ${nsPerRow.toFixed(0).padStart(10)} ns  ${ratio.toFixed(2)} × ${baseline}${memory}${beside.join('')}`;
}
