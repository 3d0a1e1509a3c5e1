/** Help and complaints about usage, in our words. */
import { COMMANDS } from './commands.ts';
import type { Command } from './commands.ts';

const OPENING = `adsim: which creatives, shown to whom, by which policy, and how sure are we?

Examples:
  adsim run experiments/quickstart.yaml                        one config in, one report out
  adsim run experiments/quickstart.yaml --set world.preset=fatigue --seeds 8
  adsim init my-experiment.yaml                                a commented config to start from
  adsim list agents                                            what there is to choose from
  adsim doctor                                                 what this machine offers`;

/** Yargs' complaint, with a did-you-mean and what to do next. */
export async function inOurWords(message: string, words: readonly string[]): Promise<string> {
  const { suggestion } = await import('../runner/did-you-mean.ts');
  const command = chosenBy(words);
  const unasked =
    message.startsWith('Not enough non-option') && words[0].startsWith('-') ? optionName(words[0]) : undefined;
  const unknown = unasked ?? /^Unknown (?:argument|command)s?: (.*)$/u.exec(message)?.[1].split(', ')[0];
  if (unknown !== undefined && !command && !words[0].startsWith('-')) {
    const names = COMMANDS.map(({ name }) => name);
    return `unknown command "${words[0]}"${suggestion(words[0], names)}`;
  }
  if (unknown !== undefined && words.some((word) => optionName(word) === unknown)) {
    const known = [...Object.keys(command?.options ?? {}), 'help', 'version'].map((name) => `--${name}`);
    return `unknown option "${words.find((word) => optionName(word) === unknown)}"${suggestion(`--${unknown}`, known)}`;
  }
  if (unknown !== undefined)
    return `adsim ${command?.name ?? ''}: "${unknown}" is one word too many; ${helpFor(command)}`;
  if (command && message.startsWith('Not enough non-option arguments')) {
    const missing = Object.keys(command.positionals)[0].toUpperCase();
    return `adsim ${command.name}: ${missing} is missing; for instance: ${command.example}`;
  }
  const argument = /^Not enough arguments following: (.+)$/u.exec(message)?.[1];
  if (argument) return `adsim ${command?.name ?? ''}: --${argument} wants a value; ${helpFor(command)}`;
  return `${message}; ${helpFor(command)}`;
}

/** `seeds` of `--seeds=3`; undefined for a word that is no option. */
function optionName(word: string): string | undefined {
  return word.startsWith('-') ? word.replace(/=.*$/su, '').replace(/^--?/u, '') : undefined;
}

/** The command among the words, wherever it stands. */
export function chosenBy(words: readonly string[]): Command | undefined {
  return words.map((word) => COMMANDS.find(({ name }) => name === word)).find((command) => command !== undefined);
}

/** Yargs' help under our opening (it would take the indentation from ours), without its names of types. */
export function helpText(help: string, command: Command | undefined): string {
  const opening = command ? `${command.summary}\n\nExample:\n  ${command.example}` : OPENING;
  const body = help.replace(/^.*?\n\n(?=Commands|Positionals|Options)/su, '');
  return `${opening}\n\n${body.replaceAll(/ +\[(?:string|boolean|array)\]/gu, '')}`;
}

function helpFor(command?: Command): string {
  return `\`adsim ${command ? `${command.name} ` : ''}--help\` shows what it takes`;
}
