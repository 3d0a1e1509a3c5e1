/** A request as a row of a regression. */
import type { Requests } from '../../core/contracts.ts';

/** Copies row i of the context to `out` at `at`, after a constant 1 where `lead` is 1. */
export function intoDesign({ context }: Requests, i: number, lead: 0 | 1, out: Float64Array, at: number): void {
  const { data, columns } = context;
  if (lead === 1) out[at] = 1;
  for (let j = 0, from = i * columns, to = at + lead; j < columns; j++) out[to++] = data[from++];
}
