/** A report as plain text for a terminal: its words, lists and tables; charts and pictures are left to the page. */
import type { Block, Report } from './document.ts';

/** `table` sets columns of text under their heading; those in `right` are flush right. */
export type SetTable = (rows: readonly (readonly string[])[], right?: readonly number[]) => string;

/** Plain text without a line break at its end. */
export function reportText({ title, answer, grounds, sections }: Report, table: SetTable): string {
  return [
    title,
    '',
    answer,
    ...grounds.map((one) => `- ${one}`),
    ...sections.flatMap((section) => [
      '',
      `${section.title}:`,
      ...section.blocks.map((block) => blockText(block, table)).filter((text) => text !== ''),
    ]),
  ].join('\n');
}

function blockText(block: Block, set: SetTable): string {
  if (block.kind === 'text') return block.text;
  if (block.kind === 'list') return block.items.map((item) => `- ${item}`).join('\n');
  if (block.kind !== 'table') return '';
  const { caption, columns, rows } = block.table;
  const right = columns.flatMap(({ numeric }, c) => (numeric ? [c] : []));
  const cells = rows.map((row) =>
    row.cells.map(({ text, doubt }) => (doubt === undefined ? text : `${text} ${doubt}`)),
  );
  return `${set([columns.map((column) => column.title), ...cells], right)}\n(${caption})`;
}
