/** `adsim verify DIR`: runs the experiment of a results folder again and compares. */
import type { Verification } from '../../runner/verify.ts';
import type { Arguments } from '../commands.ts';
import { FAILED, OK } from '../failure.ts';
import { interruptible } from '../interrupt.ts';
import { backendOrderOf, countOf, flagOf } from '../options.ts';
import { progressOn } from '../progress.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

export async function verify(given: Arguments, terminal: Terminal): Promise<number> {
  const directory = String(given['dir']);
  const workers = countOf(given, 'workers', 0);
  const { readRun } = await import('../../runner/results-folder.ts');
  readRun(directory); // before anything is loaded or shown
  const { verifyRun } = await import('../../runner/verify.ts');
  const display = await progressOn({ stream: terminal.stderr, seconds: () => performance.now() / 1000 });
  let verification: Verification;
  try {
    verification = await interruptible((signal) =>
      verifyRun(directory, {
        workers,
        signal,
        backendOrder: backendOrderOf(terminal.environment),
        onProgress: display.listen,
        now: () => new Date(),
      }),
    );
  } finally {
    display.stop();
  }
  terminal.out(
    flagOf(given, 'json') ? JSON.stringify({ directory, ...verification }) : verdict(verification, terminal),
  );
  return verification.ok ? OK : FAILED;
}

function verdict({ ok, mode, why, differences }: Verification, terminal: Terminal): string {
  const how = mode === 'exact' ? `byte for byte, because ${why}` : `within the intervals, because ${why}`;
  if (ok) return `${terminal.paint('out', 'green', 'the same came out')}: compared ${how}`;
  const rows = differences.map((one) => [`  ${one.what}`, one.expected, one.got]);
  const heading = `${terminal.paint('out', 'red', 'something else came out')}: compared ${how}`;
  return `${heading}\n${table([['  what', 'was', 'is now'], ...rows])}`;
}
