/** A column of a log as segments: its values where they are few, its quarters where it is a number of many. */
import { sampleQuantile } from '../../core/statistics.ts';
import type { Segments } from '../../ope/launch/segments.ts';

/** More values than these are no segments but a scale. */
const MOST_VALUES = 20;
const QUARTERS = [0.25, 0.5, 0.75];

/** `cells` (m): one a row; a number that is NaN belongs to no segment. Texts are taken as they are, in order of first appearance. */
export function segmentsOf(column: string, cells: Float64Array | readonly string[]): Segments & { index: Int32Array } {
  const values = new Map<string | number, number>();
  for (const cell of cells) if (!Number.isNaN(cell) && !values.has(cell)) values.set(cell, values.size);
  if (!(cells instanceof Float64Array) || values.size <= MOST_VALUES) {
    const names = Array.from(values.keys(), String);
    return {
      column,
      names,
      index: Int32Array.from(cells as ArrayLike<string | number>, (cell) => values.get(cell) ?? -1),
    };
  }
  const known = Array.from(cells.filter((cell) => !Number.isNaN(cell)));
  const edges = [...new Set(QUARTERS.map((p) => sampleQuantile(known, p)))];
  const shown = edges.map((edge) => String(Number(edge.toPrecision(4))));
  const names = [
    `up to ${shown[0]}`,
    ...shown.slice(1).map((to, e) => `${shown[e]} to ${to}`),
    `above ${shown.at(-1)}`,
  ];
  const index = Int32Array.from(cells, (cell) => {
    if (Number.isNaN(cell)) return -1;
    const at = edges.findIndex((edge) => cell <= edge);
    return at < 0 ? edges.length : at;
  });
  return { column, names, index };
}
