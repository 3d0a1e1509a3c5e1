/** Vega-Lite → static SVG (no browser, no canvas) and the compiled Vega spec that brings it to life in one. */
import * as vega from 'vega';
import { compile } from 'vega-lite';
import type { TopLevelSpec } from 'vega-lite';

/** Refuses every load: a report's charts hold their own data. */
const NO_NETWORK: vega.Loader = {
  load: () => Promise.reject(new Error('charts load nothing')),
  sanitize: () => Promise.reject(new Error('charts load nothing')),
  http: () => Promise.reject(new Error('charts load nothing')),
  file: () => Promise.reject(new Error('charts load nothing')),
};

/** Vega for the browser, hover layers included. `warn` hears what Vega-Lite finds odd; a reader wouldn't want to. */
export function compileChart(spec: TopLevelSpec, warn: (message: string) => void = () => {}): vega.Spec {
  const { $schema: _, ...compiled } = compile(spec, { logger: quiet(warn) }).spec; // no address in the page
  return compiled;
}

function quiet(warn: (message: string) => void): vega.LoggerInterface {
  const logger: vega.LoggerInterface = {
    level: ((level?: number) => (level === undefined ? vega.Warn : logger)) as vega.LoggerInterface['level'],
    error: (...messages) => (warn(messages.join(' ')), logger),
    warn: (...messages) => (warn(messages.join(' ')), logger),
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}

/**
 * One SVG per width [px], without the layers that only answer to the mouse. Same spec, same bytes. `name` keeps ids in
 * the SVG apart from those of other charts on the page.
 */
export async function staticSvgs(spec: TopLevelSpec, widths: readonly number[], name: string): Promise<string[]> {
  const runtime = vega.parse(compileChart(withoutHover(spec)));
  const drawn: string[] = [];
  for (const width of widths) {
    const view = new vega.View(runtime, { renderer: 'none', loader: NO_NETWORK, logLevel: vega.Error });
    drawn.push(withOwnIds(tidy(await view.width(width).toSVG()), `${name}-${width}`));
    view.finalize();
  }
  return drawn;
}

/**
 * Vega numbers clip paths through the whole process, so two reports drawn at once would get other numbers than one:
 * they are counted anew here, under a name that no other chart on the page has.
 */
function withOwnIds(svg: string, name: string): string {
  const numbers = new Map<string, number>();
  return svg.replace(/(\bid="|url\(#)((?:clip|gradient)_?\d+)/g, (_, start: string, id: string) => {
    const number = numbers.get(id) ?? numbers.size;
    numbers.set(id, number);
    return `${start}${name}-${number}`;
  });
}

/** Layers named `hover` are invisible; leaving them out of the static SVG saves most of its size. */
function withoutHover(spec: TopLevelSpec): TopLevelSpec {
  if (!('layer' in spec)) return spec;
  return { ...spec, layer: spec.layer.filter((layer) => layer.name !== 'hover') } as TopLevelSpec;
}

/** Paths to a tenth of a pixel, and without what says nothing here or is set by the page: the same picture in half the bytes. */
function tidy(svg: string): string {
  return svg
    .replace(/ (?:d|transform)="[^"]*"/g, (attribute) =>
      attribute.replace(/-?\d*\.\d{2,}(?:e-?\d+)?/g, (number) => String(Number(Number(number).toFixed(1)))),
    )
    .replace(/<path class="(?:background|foreground)"[^>]*\/>/g, '')
    .replace(
      / (?:font-family|xmlns|xmlns:xlink|role|aria-roledescription)="[^"]*"| (?:aria-hidden="true"|pointer-events="none"|opacity="1")/g,
      '',
    );
}
