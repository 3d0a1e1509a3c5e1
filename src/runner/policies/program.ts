/** A child process that answers each line on its standard input with a line on its standard output. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { InputError } from '../../core/errors.ts';

export interface Program {
  /**
   * The answers to so many lines, in order. Throws `InputError` where the program ends, is silent for too long or says
   * too much; `where(i)` is the place of line i.
   */
  ask(lines: readonly string[], where: (i: number) => string): Promise<string[]>;
  /** Ends it, and waits until it has ended. */
  close(): Promise<void>;
}

/** [ms] that a program has to end by itself before it is made to. */
const GRACE = 1000;

/**
 * Starts a program in a folder; what it writes on its standard error goes where ours goes. Throws `InputError` where it
 * cannot be started. A program that nobody closes does not keep ours from ending.
 */
export async function program(command: readonly string[], folder: string, timeoutSeconds: number): Promise<Program> {
  const shown = command.join(' ');
  const child = spawn(command[0], command.slice(1), { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(child, 'spawn');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new InputError(`command: \`${shown}\` cannot be started in ${folder} (${code}); check program and folder`, {
      cause: error,
    });
  }
  const said: string[] = [];
  let ended: string | undefined;
  let exited = false;
  let wake = (): void => {};
  createInterface({ input: child.stdout, crlfDelay: Infinity }).on('line', (line) => {
    said.push(line);
    wake();
  });
  child.on('exit', () => (exited = true));
  child.on('close', (code, signal) => {
    ended = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
    wake();
  });
  child.stdin.on('drain', () => wake());
  child.stdin.on('error', () => {}); // a broken pipe: `close` says why
  child.unref();
  for (const stream of [child.stdin, child.stdout]) (stream as unknown as { unref(): void }).unref();

  return { ask, close };

  async function ask(lines: readonly string[], where: (i: number) => string): Promise<string[]> {
    refuseExtra(where(0));
    let ready = true;
    let sent = 0;
    while (said.length < lines.length) {
      while (ready && sent < lines.length) ready = child.stdin.write(`${lines[sent++]}\n`);
      const i = said.length;
      // oxlint-disable-next-line no-await-in-loop
      const silent = said.length < lines.length && ended === undefined && !(await woken());
      if (silent && said.length === i) {
        throw new InputError(
          `${where(i)}: \`${shown}\` has not answered this row for ${timeoutSeconds} s; let it write (and flush) a line for each that it reads, or raise timeoutSeconds`,
        );
      }
      if (ended !== undefined && said.length < lines.length) {
        throw new InputError(
          `${where(said.length)}: \`${shown}\` ${ended} before it answered this row; it must answer every line that it reads`,
        );
      }
      ready ||= !child.stdin.writableNeedDrain;
    }
    const answers = said.splice(0, lines.length);
    refuseExtra(where(lines.length - 1));
    return answers;
  }

  function refuseExtra(place: string): void {
    if (said.length === 0) return;
    const more = JSON.stringify(said[0].slice(0, 60));
    throw new InputError(
      `${place}: \`${shown}\` wrote ${more} beside its answers; let it write one line for each that it reads, and no others`,
    );
  }

  /** False where nothing has happened for too long. */
  function woken(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), 1000 * timeoutSeconds);
      wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  async function close(): Promise<void> {
    if (exited) return;
    const exit = once(child, 'exit');
    child.stdin.end();
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE);
    await exit;
    clearTimeout(timer);
    child.stdout.destroy();
  }
}
