/**
 * A program as a policy, in whatever language. It reads a JSON object on each line of its standard input and writes one
 * JSON value on a line of its standard output, in order: the odds of every action as a list in the order of `actions`, or
 * as a map by action in which those left out have 0.
 *
 * A row reads `{"row": 0, "context": {"age": 31}, "columns": {"device": "phone"}, "actions": ["a", "b"], "eligible":
 * ["a", "b"]}`: its number from 0, what the log says of it (null where a number is missing), all actions, and those that
 * may be taken. What was shown and what came of it is not told: a policy that knew could look well on any log.
 */
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import { SUM_TOLERANCE } from '../../ope/evidence.ts';
import { suggestion } from '../did-you-mean.ts';
import type { LogBlock } from '../logs/source.ts';
import { rescaleRows } from './column.ts';
import type { Part, PartSetup } from './part.ts';
import { program } from './program.ts';
import type { RuleOf } from './schema.ts';

/** Starts the program. Throws `InputError` where it cannot be started, and later where a row is not answered well. */
export async function commandPolicy(rule: RuleOf<'command'>, { source, folder }: PartSetup): Promise<Part> {
  const { actions } = source.spec;
  const running = await program(rule.command, folder, rule.timeoutSeconds);
  let before: Promise<unknown> = Promise.resolve();
  return {
    whole: true,
    odds(block) {
      // Answers have no names: blocks that are asked for at once wait for each other.
      const now = before.then(() => askAll(block));
      before = now.catch(() => {});
      return now;
    },
    close: () => running.close(),
  };

  async function askAll(block: LogBlock): Promise<Matrix> {
    const { size } = block.log;
    const out = matrix(size, actions.length);
    for (let from = 0; from < size; from += rule.batch) {
      const rows = Array.from({ length: Math.min(rule.batch, size - from) }, (_, i) => lineOf(block, from + i));
      // oxlint-disable-next-line no-await-in-loop
      const answers = await running.ask(rows, (i) => block.where(from + i));
      answers.forEach((answer, i) => fill(out, from + i, answer, block));
    }
    return rescaleRows(out, SUM_TOLERANCE);
  }
}

function lineOf(block: LogBlock, i: number): string {
  const { spec, requests } = block.log;
  const d = requests.context.columns;
  const k = spec.actions.length;
  return JSON.stringify({
    row: block.first + i,
    context: Object.fromEntries(spec.contextNames.map((name, j) => [name, requests.context.data[i * d + j]])),
    columns: Object.fromEntries([...block.columns].map(([name, column]) => [name, column[i]])),
    actions: spec.actions,
    eligible: spec.actions.filter((_, a) => requests.eligible[i * k + a] === 1),
  });
}

function fill(out: Matrix, i: number, answer: string, block: LogBlock): void {
  const { actions } = block.log.spec;
  const k = actions.length;
  const refuse = (what: string): never => {
    const text = answer.length > 60 ? `${answer.slice(0, 57)}...` : answer;
    throw new InputError(`${block.where(i)}: the policy's program answered ${JSON.stringify(text)}: ${what}`);
  };
  let odds: unknown;
  try {
    odds = JSON.parse(answer);
  } catch {
    refuse(`that is no JSON; write a line such as ${JSON.stringify(actions.map(() => 1 / k))}, and nothing else`);
  }
  if (typeof odds !== 'object' || odds === null) refuse('write a list of odds, or a map of odds by action');
  if (Array.isArray(odds) && odds.length !== k) refuse(`${odds.length} odds for ${k} actions; write one for each`);
  for (const [key, p] of Object.entries(odds as object)) {
    const a = Array.isArray(odds) ? Number(key) : actions.indexOf(key);
    if (a < 0) refuse(`the log has no action "${key}"${suggestion(key, actions)}`);
    if (typeof p !== 'number') refuse(`the odds of "${actions[a]}" are no number`);
    out.data[i * k + a] = p;
  }
}
