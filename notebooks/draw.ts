/** Tables, sentences and charts for the notebooks: `show(…)` as the last expression of a cell puts them under it. */
import { Buffer } from 'node:buffer';
import { View, parse, resetSVGDefIds } from 'vega';
import { compile } from 'vega-lite';
import type { TopLevelSpec } from 'vega-lite';

/** Something to look at, and the same in plain text. */
export interface Part {
  html: string;
  text: string;
}

/** Puts parts below each other; every Jupyter front end knows what to do with the result. */
export function show(...parts: Part[]): object {
  const html = parts.map((part) => part.html).join('\n');
  const text = parts.map((part) => part.text).join('\n\n');
  return { [Symbol.for('Jupyter.display')]: () => ({ 'text/html': html, 'text/plain': text }) };
}

/** A sentence with numbers in it. */
export function say(sentence: string): Part {
  return { html: `<p>${escaped(sentence)}</p>`, text: sentence };
}

/** Rows under a header; numbers stand on the right. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): Part {
  const cells = rows.map((row) => row.map(String));
  const right = header.map((_, j) => rows.every((row) => /^[−\-\d±]/.test(String(row[j]))));
  const width = header.map((title, j) => Math.max(title.length, ...cells.map((row) => row[j].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, j) => (right[j] ? cell.padStart(width[j]) : cell.padEnd(width[j])))
      .join('  ')
      .trimEnd();
  const tag = (name: string, row: readonly string[]): string =>
    row
      .map((cell, j) => `<${name} style="text-align:${right[j] ? 'right' : 'left'}">${escaped(cell)}</${name}>`)
      .join('');
  const body = cells.map((row) => `<tr>${tag('td', row)}</tr>`).join('\n');
  return {
    html: `<table>\n<thead><tr>${tag('th', header)}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`,
    text: [header, ...cells].map(line).join('\n'),
  };
}

/** To `digits` significant digits, with a real minus sign: what any machine agrees on. */
export function rounded(value: number, digits = 3): string {
  return Number(value.toPrecision(digits))
    .toLocaleString('en-US', { maximumSignificantDigits: digits })
    .replace('-', '−');
}

/** One line of a chart, with its band. */
export interface Line {
  name: string;
  x: readonly number[];
  middle: readonly number[];
  low: readonly number[];
  high: readonly number[];
}

/** Lines with bands. The legend lists them from the highest end to the lowest. */
export async function lineChart(
  title: string,
  lines: readonly Line[],
  axes: { x: string; y: string; logarithmic?: boolean },
): Promise<Part> {
  const order = [...lines].sort((a, b) => (b.middle.at(-1) ?? 0) - (a.middle.at(-1) ?? 0)).map(({ name }) => name);
  const values = lines.flatMap(({ name, x, middle, low, high }) =>
    x.map((at, i) => ({ name, x: at, middle: middle[i], low: low[i], high: high[i] })),
  );
  const scale = axes.logarithmic ? { type: 'log' as const, nice: false } : { nice: false };
  const x = { field: 'x', type: 'quantitative' as const, title: axes.x, scale, axis: { format: '~s', tickCount: 6 } };
  const color = colourOf(order);
  return draw(title, {
    data: { values },
    width: 640,
    height: 320,
    layer: [
      {
        mark: { type: 'area', opacity: 0.13 },
        encoding: {
          x,
          y: { field: 'low', type: 'quantitative', title: axes.y },
          y2: { field: 'high' },
          color,
        },
      },
      {
        mark: { type: 'line', strokeWidth: 2.2 },
        encoding: { x, y: { field: 'middle', type: 'quantitative' }, color },
      },
    ],
  });
}

/** One dot per value, in a row per name; a tick marks the mean. */
export async function dotChart(
  title: string,
  groups: readonly { name: string; values: readonly number[] }[],
  axis: string,
): Promise<Part> {
  const values = groups.flatMap(({ name, values }) => values.map((value) => ({ name, value })));
  const names = groups.map(({ name }) => name);
  const y = { field: 'name', type: 'nominal' as const, title: null, sort: names };
  const x = { type: 'quantitative' as const, field: 'value', title: axis };
  const color = { ...colourOf(names), legend: null };
  return draw(title, {
    data: { values },
    width: 560,
    height: { step: 34 },
    layer: [
      { mark: { type: 'circle', size: 70, opacity: 0.65 }, encoding: { x, y, color } },
      {
        mark: { type: 'tick', thickness: 2.5, size: 24, color: '#222' },
        encoding: { x: { ...x, aggregate: 'mean' }, y },
      },
    ],
  });
}

/** An interval and its middle per row, in a panel per group; a dashed rule marks the truth. */
export async function intervalChart(
  title: string,
  rows: readonly { group: string; name: string; middle: number; low: number; high: number; truth: number }[],
  axis: string,
): Promise<Part> {
  const y = { field: 'name', type: 'nominal' as const, title: null, sort: null };
  const x = { type: 'quantitative' as const, title: axis, scale: { zero: false } };
  return draw(title, {
    data: { values: [...rows] },
    facet: { row: { field: 'group', type: 'nominal', title: null, sort: null, header: HEADER } },
    spec: {
      width: 520,
      height: { step: 26 },
      layer: [
        {
          mark: { type: 'rule', strokeDash: [5, 4], color: '#444', strokeWidth: 1.5 },
          encoding: { x: { ...x, field: 'truth', aggregate: 'mean' } },
        },
        {
          mark: { type: 'rule', strokeWidth: 2.5, color: PALETTE[0] },
          encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y },
        },
        {
          mark: { type: 'circle', size: 80, opacity: 1, color: PALETTE[0] },
          encoding: { x: { ...x, field: 'middle' }, y },
        },
      ],
    },
  });
}

const HEADER = { labelOrient: 'top', labelAnchor: 'start', labelFontSize: 12, labelPadding: 4 };

/** Okabe & Ito's palette: told apart by colour-blind readers, too. */
const PALETTE = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#5b5b5b', '#000000'];
const colours = new Map<string, string>();

/** A name keeps its colour from chart to chart. */
function colourOf(names: readonly string[]) {
  for (const name of names) if (!colours.has(name)) colours.set(name, PALETTE[colours.size % PALETTE.length]);
  const scale = { domain: [...names], range: names.map((name) => colours.get(name)) };
  return { field: 'name', type: 'nominal' as const, title: null, scale };
}

/** A picture that carries its own white ground and shares no ids with others on the page. */
async function draw(title: string, spec: object): Promise<Part> {
  const config = {
    font: "'DejaVu Sans', Verdana, sans-serif",
    background: 'white',
    padding: 12,
    title: { anchor: 'start' as const, fontSize: 14, fontWeight: 'bold' as const, offset: 12 },
    axis: { gridColor: '#e6e6e6', domainColor: '#888', tickColor: '#888', titleFontWeight: 'normal' as const },
    axisX: { grid: false },
    view: { stroke: null },
    legend: { labelFontSize: 12, symbolType: 'stroke', symbolStrokeWidth: 3, symbolOpacity: 1, symbolSize: 250 },
  };
  resetSVGDefIds();
  const view = new View(parse(compile({ title, config, ...spec } as TopLevelSpec).spec), { renderer: 'none' });
  const svg = Buffer.from(await view.toSVG()).toString('base64');
  view.finalize();
  const style = 'max-width:100%;border-radius:4px';
  return {
    html: `<img alt="${escaped(title)}" style="${style}" src="data:image/svg+xml;base64,${svg}">`,
    text: `[chart: ${title}]`,
  };
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
