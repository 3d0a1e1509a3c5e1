/** A terminal that remembers. */
import { PassThrough } from 'node:stream';
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
