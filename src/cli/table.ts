/** Columns of text. */

/** Rows under a heading, columns padded to their widest cell; those in `right` are set flush right. */
export function table(rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(0, ...rows.map((row) => (row[i] ?? '').length)));
  const cell = (text: string, i: number): string =>
    right.includes(i) ? text.padStart(widths[i]) : text.padEnd(widths[i]);
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}

/** Words broken into lines of at most `width`, each after the first indented. */
export function wrapped(text: string, width: number, indent: number): string {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width - indent) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}
