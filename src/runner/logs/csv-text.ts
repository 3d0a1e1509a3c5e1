/** Cells and rows of a CSV. */

/** A cell, in quotes where it needs them. */
export function csvCell(cell: string | number): string {
  const text = String(cell);
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A row with its end. */
export const csvRow = (cells: readonly (string | number)[]): string => `${cells.map(csvCell).join(',')}\n`;
