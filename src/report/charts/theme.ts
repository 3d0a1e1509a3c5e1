/**
 * How every chart looks. Colours are CSS variables of the page, so one SVG follows the reader's light or dark scheme;
 * style.ts defines them, and series differ in dash or shape too, never in colour alone.
 */
import type { Config } from 'vega-lite';

export const INK = 'var(--ink)';
export const MUTED = 'var(--muted)';
export const GRID = 'var(--grid)';
const SERIES = 7;
const DASHES: readonly (readonly number[])[] = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
];
const SHAPES = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down', 'triangle-right'];

/** Width [px] of a chart that fills the column, and of one that stands beside another. */
export const WIDE = 1000;
export const HALF = 480;

/** Colour of the i-th series; seven, then they repeat with another dash. */
export function seriesColour(i: number): string {
  return `var(--series-${(i % SERIES) + 1})`;
}

/** Dash pattern of the i-th series. */
export function seriesDash(i: number): number[] {
  return [...DASHES[Math.floor(i / SERIES) % DASHES.length]];
}

/** Point shape of the i-th series. */
export function seriesShape(i: number): string {
  return SHAPES[i % SHAPES.length];
}

/** Shared by all specs: transparent, quiet axes, the page's own font sizes. */
export const CONFIG: Config = {
  background: 'transparent',
  aria: false, // the figure around the chart speaks for it
  font: "'DejaVu Sans', Verdana, sans-serif",
  padding: { left: 2, right: 12, top: 6, bottom: 4 },
  view: { stroke: null },
  axis: {
    domainColor: MUTED,
    gridColor: GRID,
    gridWidth: 1,
    labelColor: MUTED,
    labelFontSize: 11,
    tickColor: MUTED,
    tickSize: 4,
    titleColor: INK,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 8,
    labelLimit: 150,
  },
  axisX: { grid: false },
  axisY: { domain: false, ticks: false, labelPadding: 6 },
  legend: {
    labelColor: INK,
    labelFontSize: 12,
    labelLimit: 220,
    symbolOpacity: 1,
    symbolStrokeWidth: 2.5,
    symbolSize: 120,
    rowPadding: 5,
    columnPadding: 18,
    titleColor: MUTED,
    orient: 'top',
    title: null,
    offset: 10,
  },
  text: { color: INK, fontSize: 11 },
};

/** Legend columns that fit the width at hand. */
export const LEGEND_COLUMNS = { expr: 'width < 460 ? 2 : width < 800 ? 3 : 5' };

/** Five significant digits: beyond what a chart shows, and short in the file. */
export function rounded(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Number(value.toPrecision(5)) : null;
}
