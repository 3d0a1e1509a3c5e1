/** From what was typed to the command that does it. Yargs parses and writes the help; the words of errors are ours. */
import yargs from 'yargs';
import type { Argv } from 'yargs';
import { InputError } from '../core/errors.ts';
import { VERSION } from '../version.ts';
import { COMMANDS } from './commands.ts';
import type { Arguments, Command } from './commands.ts';
import { BAD_INPUT, failureOf, OK } from './failure.ts';
import type { Terminal } from './terminal.ts';
import { chosenBy, helpText, inOurWords } from './usage.ts';

const WIDTH = 100;

/** Does what `words` (the arguments after `adsim`) ask for, and answers with the exit code. Never throws. */
export async function commandLine(words: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(ordered(words), terminal);
  } catch (error) {
    const { code, text } = failureOf(error, Boolean(terminal.environment['ADSIM_DEBUG']));
    terminal.note(text);
    return code;
  }
}

/** `help run` as yargs wants it, and the command first: `--json list` is `list --json`. */
function ordered(words: readonly string[]): readonly string[] {
  if (words[0] === 'help') return [...words.slice(1), '--help'];
  const command = chosenBy(words)?.name;
  if (command === undefined || !words[0].startsWith('-')) return words;
  const at = words.indexOf(command);
  return [command, ...words.slice(0, at), ...words.slice(at + 1)];
}

async function dispatch(words: readonly string[], terminal: Terminal): Promise<number> {
  let chosen: Command | undefined;
  let help = '';
  const parser = parserFor(words, (command) => {
    chosen = command;
  });
  let mistake: string | undefined;
  parser.fail((message: string | null, error: Error | undefined) => {
    if (error && error.name !== 'YError') throw error;
    mistake ??= message ?? error?.message ?? '';
  });
  const given: Arguments = await parser.parseAsync([...words], {}, (_error, _given, output) => {
    help = output;
  });
  if (help === VERSION) {
    terminal.out(help);
    return OK;
  }
  if (help !== '') {
    terminal.out(helpText(help, chosenBy(words)));
    return OK;
  }
  if (words.length === 0) {
    terminal.note(helpText(await parser.getHelp(), undefined));
    return BAD_INPUT;
  }
  if (mistake !== undefined) throw new InputError(await inOurWords(mistake, words));
  if (!chosen) throw new InputError('no command; `adsim --help` shows them');
  const action = await chosen.load();
  return action(given, terminal);
}

function parserFor(words: readonly string[], choose: (command: Command) => void): Argv {
  const parser = yargs([...words])
    .scriptName('adsim')
    .locale('en')
    .version(VERSION)
    .wrap(WIDTH);
  // `--set a=1 config.yaml`: --set takes one word, never the config.
  parser.parserConfiguration({ 'greedy-arrays': false, 'dot-notation': false, 'camel-case-expansion': false });
  parser.exitProcess(false).showHelpOnFail(false).strict().demandCommand(1).alias({ h: 'help' });
  for (const command of COMMANDS) {
    parser.command(
      command.usage,
      command.summary,
      (inner) => {
        for (const [name, positional] of Object.entries(command.positionals)) inner.positional(name, positional);
        return inner.options(command.options);
      },
      () => choose(command),
    );
  }
  parser.epilogue(
    'Exit codes: 0 done, 1 a failure of adsim or a difference found by verify, 2 bad input, 130 stopped by Ctrl-C;\n' +
      'verdicts: 0 launch, 3 hold, 4 no-go, 5 can’t tell.\n' +
      'ADSIM_BACKEND chooses the numeric back end, ADSIM_CACHE the cache folder; NO_COLOR is respected.',
  );
  return parser;
}
