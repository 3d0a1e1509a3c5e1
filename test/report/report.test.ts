import { describe, expect, it } from 'vitest';
import type { Block, Chart } from '../../src/report/document.ts';
import { escapeHtml, escapeJson, escapeScript } from '../../src/report/escape.ts';
import { compileChart, staticSvgs } from '../../src/report/html/chart-svg.ts';
import { DARK, LIGHT } from '../../src/report/html/style.ts';
import { renderHtml } from '../../src/report/render-html.ts';
import { buildReport } from '../../src/report/report.ts';
import { unlikelyCoverage } from '../../src/report/sections/off-policy.ts';
import { summarise } from '../../src/core/statistics.ts';
import type { Results } from '../../src/runner/results.ts';
import { fakeManifest, fakeResults } from './fixture.ts';

const HOSTILE = `</script><script>alert(1)</script><img src=x onerror="alert(2)"> & '"<!--`;
const ALL = [
  'answer',
  'method',
  'agents',
  'comparisons',
  'learning',
  'creatives',
  'generator',
  'guidance',
  'variety',
  'models',
  'conversions',
  'off-policy',
  'coverage',
  'warnings',
  'reproduce',
];

function chartsOf(results: Results): Chart[] {
  const blocks: Block[] = buildReport(results, fakeManifest()).sections.flatMap((section) => section.blocks);
  return blocks.flatMap((block) => (block.kind === 'charts' ? block.charts : []));
}

// Rendered once: most tests look at the same two pages.
const live = renderHtml(fakeResults(), fakeManifest());
const still = renderHtml(fakeResults(), fakeManifest(), { static: true });

/** The page without the inline library, whose own text isn't ours. */
function withoutScripts(html: string): string {
  return html.replace(/<script>[\s\S]*?<\/script>/g, '');
}

describe('the document', () => {
  it('has every section in the reader’s order', () => {
    expect(buildReport(fakeResults(), fakeManifest()).sections.map((section) => section.id)).toEqual(ALL);
  });

  it('leaves out what the run did not have', () => {
    const bare = buildReport(fakeResults({ full: false, seeds: 1 }), fakeManifest());
    expect(bare.sections.map((section) => section.id)).toEqual([
      'answer',
      'method',
      'agents',
      'learning',
      'warnings',
      'reproduce',
    ]);
    const empty = buildReport({ ...fakeResults({ full: false }), agents: [] }, fakeManifest());
    expect(empty.sections.map((section) => section.id)).toEqual(['method', 'warnings', 'reproduce']);
  });

  it('says what the log never showed, how well that can be told, and who was told', async () => {
    const told = summarise([0.21, 0.22]);
    const results = fakeResults();
    const models = results.models.map((model) => ({ ...model, onNew: { logLoss: told, gained: told } }));
    const encoder = { dimensions: 2, without: ['UCB1'], gained: told };
    const html = await renderHtml({ ...results, models, newCreatives: 40, encoder }, fakeManifest(), { static: true });
    for (const said of ['40, which the log never showed', '2 numbers for each creative', 'not told to UCB1']) {
      expect(html).toContain(said);
    }
    expect(html).toContain('New creatives: log loss');
    expect(await still).not.toMatch(/[Nn]ew creatives|encoder/u);
  });

  it('survives numbers that JSON turned into null', async () => {
    const results = JSON.parse(
      JSON.stringify(fakeResults()).replace(
        /"roi":\{"mean":[^,]+,"interval":\[[^\]]+\]/g,
        '"roi":{"mean":null,"interval":[null,null]',
      ),
    ) as Results;
    expect(results.agents[0].roi.mean).toBeNull();
    const html = await renderHtml(results, fakeManifest(), { static: true });
    expect(html.match(/.{0,40}(?:NaN|undefined|null|Infinity).{0,40}/g)).toBeNull();
  });

  it('says so where a log could not tell', async () => {
    const results = fakeResults();
    const policies = results.offPolicy.policies.map((policy) => ({
      ...policy,
      estimators: policy.estimators.map((one) => ({
        ...one,
        covered: 0,
        relativeError: null,
        seeds: one.seeds.map((seed) => ({ ...seed, value: null, interval: null })),
      })),
    }));
    const silent = { ...results, offPolicy: { ...results.offPolicy, policies } };
    const html = await renderHtml(silent, fakeManifest(), { static: true });
    expect(html.match(/no interval</g)?.length).toBe(32);
    expect(html.match(/.{0,40}(?:NaN|undefined|null|Infinity).{0,40}/g)).toBeNull();
  });

  it('charts compile without a word from Vega-Lite', () => {
    const charts = [...chartsOf(fakeResults()), ...chartsOf(fakeResults({ seeds: 1, full: false }))];
    const words: string[] = [];
    for (const chart of charts) compileChart(chart.spec, (message) => words.push(`${chart.id}: ${message}`));
    expect(words).toEqual([]);
    expect(new Set(chartsOf(fakeResults()).map((chart) => chart.id)).size).toBe(11);
  });

  it('draws the same while other charts are drawn (Vega counts clip paths through the process)', async () => {
    const chart = chartsOf(fakeResults()).find((one) => one.id === 'chart-reward');
    if (chart === undefined) throw new Error('no learning curves');
    const alone = await staticSvgs(chart.spec, [300], 'x');
    expect(alone[0].includes('clip-path="url(#x-300-0)"')).toBe(true);
    const crowd = await Promise.all([1, 2, 3].map(() => staticSvgs(chart.spec, [300], 'x')));
    for (const one of crowd) expect(one[0] === alone[0]).toBe(true);
  });

  it('tints a cell only where so few intervals hold the truth that chance does not explain it', () => {
    // Binomial(8, 0.95): P(X ≤ 4) = 3.7e-4, P(X ≤ 5) = 5.8e-3.
    expect([0, 4, 5, 8].map((covered) => unlikelyCoverage(covered, 8, 0.95))).toEqual([true, true, false, false]);
    expect(unlikelyCoverage(0, 1, 0.95)).toBe(false);
    expect(unlikelyCoverage(0, 0, 0.95)).toBe(false);
  });
});

describe('the page', () => {
  it('is the same bytes twice, live and static', async () => {
    expect((await renderHtml(fakeResults(), fakeManifest())) === (await live)).toBe(true);
    expect((await renderHtml(fakeResults(), fakeManifest(), { static: true })) === (await still)).toBe(true);
  });

  it('names nothing outside itself', async () => {
    const html = withoutScripts(await live);
    expect(html.match(/(?:https?:)?\/\/[a-z0-9-]+\.[a-z].{0,40}/gi)).toBeNull();
    const targets = [...html.matchAll(/\b(?:src|href|action|poster|data)="([^"]*)"/g)].map((match) => match[1]);
    expect(targets.length).toBeGreaterThan(10);
    expect(targets.filter((target) => !/^(?:#|data:)/.test(target))).toEqual([]);
    expect(html.match(/@import|url\((?!#).{0,40}/g)).toBeNull();
  });

  it('links only to anchors it has', async () => {
    const html = withoutScripts(await still);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, anchor] of html.matchAll(/(?:href="|url\()#([^")]+)/g)) expect(ids).toContain(anchor);
    for (const [, label] of html.matchAll(/aria-labelledby="([^"]+)"/g)) expect(ids).toContain(label);
  });

  it('runs no code and stays small where it is static', async () => {
    const html = await still;
    expect(html.match(/<script|script-src|\son[a-z]+=/g)).toBeNull();
    expect(html.length).toBeLessThan(400_000);
    expect(html.match(/<svg/g)?.length).toBe(22); // eleven charts, wide and narrow
  });

  it('lets no name from a config become markup', async () => {
    const results = fakeResults();
    const hostile: Results = {
      ...results,
      name: HOSTILE,
      question: HOSTILE,
      signature: HOSTILE,
      seeds: results.seeds.map((seed) => seed + HOSTILE),
      world: { ...results.world, name: HOSTILE, rewardUnit: HOSTILE },
      agents: results.agents.map((agent, i) => ({ ...agent, name: HOSTILE + i })),
      creatives: results.creatives && {
        ...results.creatives,
        source: HOSTILE,
        backend: HOSTILE,
        gallery: results.creatives.gallery.map((one) => ({
          ...one,
          name: HOSTILE,
          category: HOSTILE,
          headline: HOSTILE,
        })),
        distances: results.creatives.distances.map((one) => ({ ...one, of: HOSTILE + one.of })),
      },
      models: results.models.map((model) => ({ ...model, name: HOSTILE + model.name })),
      offPolicy: {
        ...results.offPolicy,
        behaviour: HOSTILE,
        policies: results.offPolicy.policies.map((one) => ({ ...one, policy: HOSTILE + one.policy })),
        coverage: results.offPolicy.coverage.map((one) => ({ ...one, setting: HOSTILE })),
      },
      warnings: [{ kind: HOSTILE, message: HOSTILE, advice: HOSTILE }],
    };
    const manifest = { ...fakeManifest(), name: HOSTILE, command: HOSTILE, config: { [HOSTILE]: HOSTILE } };
    const html = await renderHtml(hostile, manifest);
    expect(html.match(/<\/script>/gi)?.length).toBe(3); // specs, Vega, ours
    expect(html.match(/<script/g)?.length).toBe(3);
    expect(withoutScripts(html).match(/(?:<img src=x|<script>alert|<!--).{0,40}/g)).toBeNull();
    expect(html.includes('&lt;/script&gt;&lt;script&gt;alert(1)')).toBe(true);
  });

  it('allows by digest exactly the scripts it holds', async () => {
    const html = await live;
    expect(html.match(/'sha256-/g)?.length).toBe(2);
    expect(html.includes("default-src 'none'")).toBe(true);
  });
});

describe('escaping', () => {
  it('closes every door', () => {
    expect(escapeHtml(`<a href="x" id='y'>&\u0000`)).toBe('&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;\ufffd');
    expect(escapeJson({ a: '</script>\u2028' })).toBe('{"a":"\\u003c/script>\\u2028"}');
    expect(JSON.parse(escapeJson({ a: '</script>\u2028' }))).toEqual({ a: '</script>\u2028' });
    expect(escapeScript('"</SCRIPT><!--"')).toBe('"<\\/SCRIPT><\\!--"');
  });
});

describe('colours', () => {
  const luminance = (hex: string): number => {
    const [r, g, b] = [1, 3, 5]
      .map((i) => Number.parseInt(hex.slice(i, i + 2), 16) / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : Math.exp(2.4 * Math.log((c + 0.055) / 1.055))));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: string, b: string): number => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };

  it.each([
    ['light', LIGHT],
    ['dark', DARK],
  ])('stand out in the %s scheme (WCAG 2.2: 3:1 for lines, 4.5:1 for text)', (_, scheme) => {
    for (const colour of scheme.series) expect(contrast(colour, scheme.paper)).toBeGreaterThanOrEqual(3);
    for (const colour of [scheme.ink, scheme.muted, scheme.accent, scheme.doubt]) {
      expect(contrast(colour, scheme.paper)).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(scheme.doubt, scheme['doubt-panel'])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(scheme.accent, scheme['doubt-panel'])).toBeGreaterThanOrEqual(4.5);
  });
});
