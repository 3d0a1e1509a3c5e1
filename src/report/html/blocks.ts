/** Blocks of a report as HTML. Everything that comes from data is escaped here, once. */
import type { Block, Chart, GalleryItem, Section, Table } from '../document.ts';
import { escapeHtml as escape } from '../escape.ts';
import type { Warning } from '../../core/warnings.ts';

/** Static SVG of a chart by its id: for the wide layout and for phones. */
export type Drawings = ReadonlyMap<string, { wide: string; narrow: string }>;

/** A section with its heading and anchor. */
export function sectionHtml(section: Section, drawings: Drawings): string {
  const id = escape(section.id);
  const body = section.blocks.map((block, i) => blockHtml(block, `${section.id}-${i}`, drawings)).join('\n');
  return `<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${escape(section.title)}</h2>\n${body}\n</section>`;
}

function blockHtml(block: Block, id: string, drawings: Drawings): string {
  switch (block.kind) {
    case 'text':
      return `<p>${escape(block.text)}</p>`;
    case 'facts': {
      const facts = block.facts.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`);
      return `<dl>\n${facts.join('\n')}\n</dl>`;
    }
    case 'command':
      return `<div class="command"><span>${escape(block.label)}</span><pre><code>${escape(block.command)}</code></pre></div>`;
    case 'folded':
      return `<details><summary>${escape(block.label)}</summary><pre><code>${escape(block.text)}</code></pre></details>`;
    case 'list':
      return `<ul>\n${block.items.map((item) => `<li>${escape(item)}</li>`).join('\n')}\n</ul>`;
    case 'warnings':
      return block.warnings.map(warningHtml).join('\n');
    case 'table':
      return tableHtml(block.table, escape(id));
    case 'charts':
      return `<div class="charts">\n${block.charts.map((chart) => chartHtml(chart, drawings)).join('\n')}\n</div>`;
    default:
      return `<div class="gallery">\n${block.items.map(galleryItemHtml).join('\n')}\n</div>`;
  }
}

function warningHtml(warning: Warning): string {
  return `<div class="doubts"><strong>${escape(warning.message)}</strong><p>${escape(warning.advice)}</p></div>`;
}

/**
 * A table in a box of its own that scrolls, and takes the keyboard's focus to do so, on small screens. Its caption
 * stands outside the box, where it wraps with the page instead of scrolling away.
 */
function tableHtml(table: Table, id: string): string {
  const stacked = table.rows.some((row) => row.cells.filter((cell) => cell.doubt !== undefined).length > 2);
  const head = table.columns
    .map((column) => `<th scope="col"${column.numeric ? ' class="number"' : ''}>${escape(column.title)}</th>`)
    .join('');
  const rows = table.rows.map((row) => {
    const cells = row.cells.map((cell, i) => {
      const doubt = cell.doubt === undefined ? '' : ` <span class="doubt">${escape(cell.doubt)}</span>`;
      if (i === 0) return `<th scope="row">${escape(cell.text)}${doubt}</th>`;
      const classes = [
        ...(table.columns[i]?.numeric ? ['number'] : []),
        ...(cell.doubtful === true ? ['doubtful'] : []),
      ];
      return `<td${classes.length === 0 ? '' : ` class="${classes.join(' ')}"`}>${escape(cell.text)}${doubt}</td>`;
    });
    return `<tr${row.tone === undefined ? '' : ` class="${row.tone}"`}>${cells.join('')}</tr>`;
  });
  return (
    `<figure class="table"><figcaption class="caption" id="${id}">${escape(table.caption)}</figcaption>\n` +
    `<div class="scroll" role="region" tabindex="0" aria-labelledby="${id}">\n` +
    `<table${stacked ? ' class="stacked"' : ''} aria-labelledby="${id}">\n<thead><tr>${head}</tr></thead>\n` +
    `<tbody>\n${rows.join('\n')}\n</tbody>\n</table>\n</div></figure>`
  );
}

function chartHtml(chart: Chart, drawings: Drawings): string {
  const id = escape(chart.id);
  const drawing = drawings.get(chart.id) ?? { wide: '', narrow: '' };
  const half = chart.width <= 500 ? ' half' : '';
  return (
    `<figure class="chart${half}" aria-labelledby="${id}-title">\n<h3 id="${id}-title">${escape(chart.title)}</h3>\n` +
    `<figcaption class="caption">${escape(chart.caption)}</figcaption>\n` +
    `<div class="canvas" id="${id}" role="img" aria-label="${escape(`${chart.title}. ${chart.alternative}`)}">` +
    `<div class="static wide">${drawing.wide}</div><div class="static narrow">${drawing.narrow}</div></div>\n</figure>`
  );
}

function galleryItemHtml(item: GalleryItem): string {
  const image =
    item.image === null
      ? ''
      : `<img src="${escape(item.image)}" width="28" height="28" alt="${escape(item.alternative)}">`;
  const lines = item.lines.map((line) => `<p class="quiet">${escape(line)}</p>`).join('');
  return `<figure>${image}<figcaption><p class="headline">${escape(item.title)}</p><p class="quiet">${escape(item.subtitle)}</p>${lines}</figcaption></figure>`;
}
