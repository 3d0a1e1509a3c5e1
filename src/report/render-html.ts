/** A report as one HTML file that opens offline: static charts at once, the inline Vega brings them to life. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Manifest } from '../runner/manifest.ts';
import type { Results } from '../runner/results.ts';
import type { Chart, Report } from './document.ts';
import { escapeHtml as escape, escapeJson, escapeScript } from './escape.ts';
import { counted } from './format.ts';
import { sectionHtml } from './html/blocks.ts';
import type { Drawings } from './html/blocks.ts';
import { compileChart, staticSvgs } from './html/chart-svg.ts';
import { SCRIPT } from './html/script.ts';
import { STYLE } from './html/style.ts';
import { buildReport } from './report.ts';

/** Width [px] of charts on phones: 390 less the page's margins. */
const PHONE = 354;

export interface HtmlOptions {
  /** Leave Vega out: charts don't answer to the mouse, the file is about a tenth of the size, and it runs no code. */
  static?: boolean;
}

/** The report of a run. Same results and manifest, same bytes. */
export async function renderHtml(results: Results, manifest: Manifest, options: HtmlOptions = {}): Promise<string> {
  return reportHtml(buildReport(results, manifest), options);
}

/** The whole page of any report. */
export async function reportHtml(report: Report, options: HtmlOptions = {}): Promise<string> {
  const charts = report.sections.flatMap((section) =>
    section.blocks.flatMap((block) => (block.kind === 'charts' ? block.charts : [])),
  );
  const drawings = await draw(charts);
  const still = options.static === true || charts.length === 0;
  const scripts = still ? [] : [await vegaSource(), SCRIPT].map(escapeScript);
  return pageHtml(report, drawings, scripts, still ? [] : charts);
}

async function draw(charts: readonly Chart[]): Promise<Drawings> {
  const drawings = new Map<string, { wide: string; narrow: string }>();
  for (const chart of charts) {
    const [wide, narrow] = await staticSvgs(chart.spec, [chart.width, PHONE], chart.id);
    drawings.set(chart.id, { wide, narrow });
  }
  return drawings;
}

/** Vega's browser build with its licence. The package hides the file behind `exports`, so it is found by its neighbour. */
async function vegaSource(): Promise<string> {
  const build = dirname(fileURLToPath(import.meta.resolve('vega')));
  const [code, licence] = await Promise.all([
    readFile(join(build, 'vega.min.js'), 'utf8'),
    readFile(join(build, '..', 'LICENSE'), 'utf8'),
  ]);
  return `/*! Vega\n${licence.replace(/\*\//g, '* /').trim()}\n*/\n${code}`;
}

/**
 * The page may run its own scripts, by their digest, and load nothing: even a name that slipped through the escaping
 * could do neither. Vega compiles its expressions, hence `unsafe-eval`.
 */
function contentPolicy(scripts: readonly string[]): string {
  const digests = scripts.map((code) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`);
  const allowed = scripts.length === 0 ? '' : `; script-src 'unsafe-eval' ${digests.join(' ')}`;
  return `default-src 'none'; style-src 'unsafe-inline'; img-src data:${allowed}; base-uri 'none'; form-action 'none'`;
}

function pageHtml(report: Report, drawings: Drawings, scripts: readonly string[], charts: readonly Chart[]): string {
  const specs = Object.fromEntries(charts.map((chart) => [chart.id, compileChart(chart.spec)]));
  const live = [
    '<div id="tooltip" hidden></div>',
    `<script type="application/json" id="charts">${escapeJson(specs)}</script>`,
    ...scripts.map((code) => `<script>${code}</script>`),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="adsim">
<meta name="color-scheme" content="light dark">
<title>${escape(report.title)} – adsim report</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<p class="eyebrow">adsim report</p>
<h1>${escape(report.title)}</h1>
${report.question === '' ? '' : `<p class="question">${escape(report.question)}</p>`}
<p class="answer">${escape(report.answer)}</p>
${doubtsHtml(report)}
${report.grounds.length === 0 ? '' : `<ul class="grounds">${report.grounds.map((one) => `<li>${escape(one)}</li>`).join('')}</ul>`}
<nav aria-label="Contents"><ul>${report.sections
    .map((section) => `<li><a href="#${escape(section.id)}">${escape(section.title)}</a></li>`)
    .join('')}</ul></nav>
</header>
${report.sections.map((section) => sectionHtml(section, drawings)).join('\n')}
<footer>${escape(report.signature)}</footer>
</main>
${scripts.length === 0 ? '' : live.join('\n')}
</body>
</html>
`;
}

function doubtsHtml(report: Report): string {
  const count = report.warnings.length;
  if (count === 0) return '';
  return `<p class="doubts"><a href="#warnings">${count === 1 ? 'One warning' : escape(counted(count, 'warning'))}</a> about these numbers; read ${count === 1 ? 'it' : 'them'} before relying on the answer.</p>`;
}
