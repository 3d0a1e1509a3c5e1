/** What each column adds to a score: a table that adds up, and its bars. */
import { waterfallChart } from '../charts/waterfall.ts';
import { WIDE } from '../charts/theme.ts';
import type { Block, TableRow } from '../document.ts';

export interface Shares {
  /** The largest share first; `value` is what the row has there, where it is told. */
  columns: readonly { name: string; value?: string; phi: number; standardError: number | null }[];
  /** `base` and the shares add up to `score`. */
  base: number;
  score: number;
}

const TOLD = 12;

/** `nothing` names the base, `unit` what shares are of. */
export function sharesBlocks(
  { columns, base, score }: Shares,
  { caption, nothing, unit }: { caption: string; nothing: string; unit: string },
): Block[] {
  const drawn = columns.some(({ standardError }) => standardError !== null);
  const valued = columns.some(({ value }) => value !== undefined);
  const cells = (name: string, adds: number, value = '', error = ''): TableRow => ({
    cells: [name, ...(valued ? [value] : []), added(adds), ...(drawn ? [error] : [])].map((text) => ({ text })),
  });
  const told = columns.slice(0, TOLD);
  const rest = columns.slice(TOLD).reduce((sum, { phi }) => sum + phi, 0);
  const more = columns.length > TOLD ? [{ name: `${columns.length - TOLD} more`, adds: rest }] : [];
  const steps = [
    ...told.map(({ name, value, phi }) => ({ name: value === undefined ? name : `${name} = ${value}`, adds: phi })),
    ...more,
  ];
  return [
    {
      kind: 'table',
      table: {
        caption,
        columns: [
          { title: 'column', numeric: false },
          ...(valued ? [{ title: 'value', numeric: false }] : []),
          { title: unit, numeric: true },
          ...(drawn ? [{ title: 'standard error', numeric: true }] : []),
        ],
        rows: [
          cells(nothing, base),
          ...told.map(({ name, value, phi, standardError }) => cells(name, phi, value, standardError?.toFixed(3))),
          ...more.map(({ name, adds }) => cells(name, adds)),
          cells('together', score),
        ],
      },
    },
    {
      kind: 'charts',
      charts: [
        {
          id: 'chart-shares',
          title: unit,
          caption: `From ${added(base)} ${nothing} to ${added(score)}.`,
          alternative: steps.map(({ name, adds }) => `${name}: ${added(adds)}`).join(', '),
          spec: waterfallChart(base, steps, unit),
          width: WIDE,
        },
      ],
    },
    { kind: 'text', text: 'Shares say what the model reacts to, not what would happen if somebody changed a column.' },
  ];
}

/** `+0.123`, `−0.123` */
export function added(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
}
