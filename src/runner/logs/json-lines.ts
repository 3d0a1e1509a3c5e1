/** One JSON object a line, small enough to be held. */
import { InputError } from '../../core/errors.ts';
import { notJson } from './not-json.ts';
import { heldTable } from './held-table.ts';
import type { SkippedRows } from './source.ts';
import type { Table } from './table.ts';

/** The columns are the keys of the first thousand objects; what a row lacks is blank, what is nested is JSON text. */
export function jsonLinesTable(path: string, text: string): Table {
  const objects: Record<string, unknown>[] = [];
  const lines: number[] = [];
  let torn: SkippedRows | undefined;
  for (const [i, line] of text
    .replace(/^\uFEFF/u, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue;
    const fault = notJson(line);
    if (fault !== undefined) {
      torn ??= { reason: 'torn row', count: 0, first: `${path}:${i + 1}: ${fault}` };
      torn.count++;
      continue;
    }
    objects.push(JSON.parse(line) as Record<string, unknown>);
    lines.push(i + 1);
  }
  if (objects.length === 0) {
    throw new InputError(
      torn ? `${torn.first}; give one JSON object a line` : `${path} is empty; give a log with rows`,
    );
  }
  const names = [...new Set(objects.slice(0, 1000).flatMap((object) => Object.keys(object)))];
  return heldTable({
    path,
    names,
    records: objects.map((object) => names.map((name) => textOf(object[name]))),
    lines,
    torn: torn ? [torn] : [],
    place: async (row) => `${path}:${lines[row]}`,
  });
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
