/** A terminal that remembers. */
import { PassThrough } from 'node:stream';
import { commandLine } from '../../src/cli/command-line.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

export interface FakeTerminal extends Terminal {
  /** Everything on stdout, and on stderr. */
  said(): { out: string; err: string };
}

export function fakeTerminal(environment: NodeJS.ProcessEnv = {}): FakeTerminal {
  const out: string[] = [];
  const stderr = new PassThrough();
  const err: Buffer[] = [];
  stderr.on('data', (data: Buffer) => err.push(data));
  return {
    out: (text) => void out.push(text),
    note: (text) => void stderr.write(`${text}\n`),
    paint: (_channel, _format, text) => text,
    stderr: stderr as unknown as NodeJS.WriteStream,
    environment,
    said: () => ({ out: out.join('\n'), err: Buffer.concat(err).toString() }),
  };
}

/** Runs a command in this process: its exit code, and what it said. */
export async function adsim(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = fakeTerminal();
  const code = await commandLine(words, terminal);
  return { code, ...terminal.said() };
}
