/**
 * One bad row in a huge file is named, and the file never lies in memory. Behind ADSIM_FULL=1: it writes and reads 1 GB, or
 * as many bytes as ADSIM_HUGE says.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PROGRAM } from './spawned.ts';

const FULL = process.env['ADSIM_FULL'] === '1';
const BYTES = Number(process.env['ADSIM_HUGE'] ?? 1e9);
/** Rows of the piece that is written again and again. */
const PIECE = 65_536;
/** Prints memory and processor time at the program's end. */
const PEAK =
  "data:text/javascript,process.on('exit',()=>{const u=process.resourceUsage();process.stderr.write('\\npeak '+u.maxRSS+' '+(u.userCPUTime+u.systemCPUTime)/1e6)})";

const folder = mkdtempSync(join(tmpdir(), 'adsim-huge-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function rowsOf(count: number): string {
  const row = (i: number): string =>
    `${'abcd'[i % 4]},0.25,${i % 50 === 0 ? 1 : 0},${(0.1 + 0.01 * (i % 13)).toFixed(2)},device ${i % 7}\n`;
  return Array.from({ length: count }, (_, i) => row(i)).join('');
}

/** A log of about so many bytes whose last row but one thousand is bad: its path, rows, and the bad row's line. */
function writeHuge(bytes: number): { path: string; rows: number; line: number } {
  const path = join(folder, 'huge.csv');
  const piece = Buffer.from(rowsOf(PIECE));
  const pieces = Math.ceil(bytes / piece.length);
  const out = openSync(path, 'w');
  writeSync(out, 'action,propensity,reward,mine,device\n');
  for (let p = 0; p < pieces; p++) writeSync(out, piece);
  writeSync(out, `a,0,1,0.5,phone\n${rowsOf(1000)}`);
  closeSync(out);
  return { path, rows: pieces * PIECE + 1001, line: pieces * PIECE + 2 };
}

/** Seconds are the processor's: other programs may run beside. */
function ope(...words: string[]): { code: number | null; err: string; out: string; peakMb: number; seconds: number } {
  const all = ['--import', PEAK, PROGRAM, 'ope', ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, { encoding: 'utf8' });
  const [err, ended] = stderr.split('\npeak ');
  const [peak, seconds] = ended.split(' ').map(Number);
  return { code: status, out: stdout, err, peakMb: peak / 1024, seconds };
}

test.skipIf(!FULL)(
  'one bad row near the end of a huge file is named, and can be skipped, in bounded memory',
  () => {
    const { path, rows, line } = writeHuge(BYTES);
    const refused = ope(path, '--policy', 'column:mine', '--coverage', 'off');
    console.log(
      `refused: ${rows} rows, ${(BYTES / 1e9).toFixed(1)} GB, ${refused.seconds.toFixed(0)} s of the processor, ${Math.round(rows / refused.seconds)} rows/s, ${refused.peakMb.toFixed(0)} MB`,
    );
    expect(refused.code).toBe(2);
    expect(refused.err.trim()).toBe(
      `${path}:${line}:3: propensity 0 is not in (0, 1]; correct the row, or leave such rows out with --skip-bad`,
    );
    const words = ['--policy', 'column:mine', '--coverage', 'off', '--estimators', 'ips,snips', '--json'];
    const skipped = ope(path, ...words, '--skip-bad');
    console.log(
      `skipped: ${skipped.seconds.toFixed(0)} s of the processor, ${Math.round(rows / skipped.seconds)} rows/s, ${skipped.peakMb.toFixed(0)} MB`,
    );
    expect(skipped.code).toBe(0);
    const { log } = JSON.parse(skipped.out) as { log: { rows: number; skipped: { count: number; first: string }[] } };
    expect(log).toMatchObject({
      rows: rows - 1,
      skipped: [{ count: 1, first: `${path}:${line}:3: propensity 0 is not in (0, 1]` }],
    });
    for (const { peakMb } of [refused, skipped]) expect(peakMb).toBeLessThan(1500);
  },
  3_600_000,
);
