/** The two channels of a command: data on stdout, narration on stderr, colour only where somebody looks. */
import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

export interface Terminal {
  /** Data: a whole text, ending without a line break. */
  out(text: string): void;
  /** Narration. */
  note(text: string): void;
  /** Paints a piece of data or of narration where its channel is a colour terminal. */
  paint(channel: 'out' | 'note', format: Format, text: string): string;
  /** The narration's stream, for the progress bar. */
  stderr: NodeJS.WriteStream;
  environment: NodeJS.ProcessEnv;
}

/** The terminal of a process. */
export function terminalOf(process: NodeJS.Process): Terminal {
  const { stdout, stderr, env } = process;
  return {
    out: (text) => void stdout.write(`${text}\n`),
    note: (text) => void stderr.write(`${text}\n`),
    paint(channel, format, text) {
      return coloured(channel === 'out' ? stdout : stderr, env) ? styleText(format, text, ALWAYS) : text;
    },
    stderr,
    environment: env,
  };
}

/** We have decided ourselves, alike on every version of Node. */
const ALWAYS = { validateStream: false };

/** https://no-color.org: any non-empty NO_COLOR wins; FORCE_COLOR serves logs of continuous integration. */
function coloured(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  if (environment['NO_COLOR']) return false;
  if (environment['FORCE_COLOR'] && environment['FORCE_COLOR'] !== '0') return true;
  return stream.isTTY === true && environment['TERM'] !== 'dumb';
}
