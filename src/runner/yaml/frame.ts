/** Problems as a person reads them: one line that says all, then the line of the file with a caret under the mistake. */
import { InputError } from '../../core/errors.ts';
import type { Place, Problem } from './tree.ts';

const WIDEST = 100;
const MOST_PROBLEMS = 20;

/** `file:line:column`, or `--set path=value`. */
export function where(place: Place): string {
  const { source } = place;
  if (source.lines === null) return source.label;
  const { line, col } = source.lines.linePos(place.start);
  return `${source.label}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
}

function frame(place: Place): string {
  const { source } = place;
  if (source.lines === null) return '';
  const position = source.lines.linePos(place.start);
  const line = Math.max(position.line, 1);
  const column = Math.max(position.col, 1) - 1;
  const text = (source.text.split('\n')[line - 1] ?? '').replace(/\r$/u, '').replace(/^\uFEFF/u, '');
  const left = column > WIDEST - 20 ? column - 40 : 0;
  // Control characters would move the caret or the terminal.
  const visible = text.slice(left, left + WIDEST).replaceAll(/\p{Cc}/gu, ' ');
  const last = Math.max(column + 1, Math.min(column + place.end - place.start, text.trimEnd().length, left + WIDEST));
  const margin = ' '.repeat(String(line).length);
  return `\n  ${line} | ${visible}\n  ${margin} | ${' '.repeat(column - left)}${'^'.repeat(last - column)}`;
}

/** One problem: a self-sufficient first line, and the code frame below it. */
function block(problem: Problem): string {
  const path = problem.path === '' ? '' : `${problem.path}: `;
  return `${where(problem.place)}  ${path}${problem.message}${frame(problem.place)}`;
}

/** All problems as one error, those of one source together and in its order. */
export function inputError(problems: readonly Problem[]): InputError {
  const labels = [...new Set(problems.map((problem) => problem.place.source.label))];
  const sorted = [...problems].sort(
    (a, b) =>
      labels.indexOf(a.place.source.label) - labels.indexOf(b.place.source.label) || a.place.start - b.place.start,
  );
  const blocks = sorted.slice(0, MOST_PROBLEMS).map(block);
  const more = sorted.length - blocks.length;
  if (more > 0) blocks.push(`and ${more} more; correct these first`);
  return new InputError(blocks.join('\n'));
}
