/**
 * The report in a real browser, opened from a file and offline. Skipped where there is no Chromium; with
 * ADSIM_REQUIRE_BROWSER=1 (as in CI) its absence fails.
 */
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DARK, LIGHT } from '../../src/report/html/style.ts';
import { renderHtml } from '../../src/report/render-html.ts';
import type { Results } from '../../src/runner/results.ts';
import { fakeManifest, fakeResults } from './fixture.ts';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const CHARTS = 11;

// What runs in the page is text, so that this project's own code need not know the browser's types.
const OVERFLOW = `Math.max(document.documentElement.scrollWidth - window.innerWidth, 0)`;
/** Charts drawn for another width than they have, which CSS would scale, letters and all. */
const SCALED = `[...document.querySelectorAll('.live svg')].filter(
  (svg) => Math.abs(svg.width.baseVal.value - svg.closest('.canvas').clientWidth) > 2).length`;
const COLOURS = `({
  paper: getComputedStyle(document.body).backgroundColor,
  axis: getComputedStyle(document.querySelector('#chart-value .role-axis-title text')).fill,
  line: getComputedStyle(document.querySelector('#chart-reward .mark-line path')).stroke,
})`;

function findChromium(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

const executablePath = findChromium();
const required = process.env.ADSIM_REQUIRE_BROWSER === '1';
if (executablePath === undefined) {
  console.warn(
    'report in a browser: skipped, no chromium on PATH (apt-get install chromium; ADSIM_REQUIRE_BROWSER=1 makes this fail)',
  );
}

it.runIf(required)('a browser is there', () => {
  expect(executablePath).toBeDefined();
});

describe.skipIf(executablePath === undefined)('the report in a browser', () => {
  let browser: Browser;
  let folder: string;
  const pages: Record<'full' | 'still' | 'hostile', string> = { full: '', still: '', hostile: '' };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'adsim-report-'));
    const sources = {
      full: await renderHtml(fakeResults(), fakeManifest()),
      still: await renderHtml(fakeResults(), fakeManifest(), { static: true }),
      hostile: await renderHtml(hostileResults(), fakeManifest()),
    };
    for (const [name, html] of Object.entries(sources)) {
      const path = join(folder, `${name}.html`);
      await writeFile(path, html);
      pages[name as keyof typeof pages] = pathToFileURL(path).href;
    }
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ARGS });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Opens a page offline; `trouble` gathers requests beyond the first, console errors, page errors and dialogs. */
  async function open(
    url: string,
    width: number,
    colorScheme: 'light' | 'dark',
  ): Promise<{ page: Page; requests: string[]; trouble: string[] }> {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, offline: true });
    const page = await context.newPage();
    const requests: string[] = [];
    const trouble: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith('data:')) requests.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') trouble.push(message.text());
    });
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('dialog', (dialog) => {
      trouble.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(url);
    return { page, requests, trouble };
  }

  /** Scrolls every chart into view and waits until Vega has drawn it. */
  async function bringToLife(page: Page): Promise<void> {
    for (const canvas of await page.locator('.canvas').all()) {
      await canvas.scrollIntoViewIfNeeded();
      await canvas.locator('.live:not([hidden]) svg').waitFor({ timeout: 20_000 });
    }
  }

  it.each([
    [1280, 'light', LIGHT],
    [1280, 'dark', DARK],
    [390, 'light', LIGHT],
    [390, 'dark', DARK],
  ] as const)(
    'asks for nothing, complains of nothing and fits %i pixels, %s',
    async (width, scheme, colours) => {
      const { page, requests, trouble } = await open(pages.full, width, scheme);
      await bringToLife(page);
      expect(await page.locator('.live:not([hidden]) svg').count()).toBe(CHARTS);
      expect(await page.locator('.static').count()).toBe(0);
      expect(await page.evaluate(OVERFLOW)).toBe(0);
      expect(await page.evaluate(SCALED)).toBe(0);
      const seen = await page.evaluate(COLOURS); // the scheme reaches page and charts alike
      expect(seen).toEqual({ paper: rgb(colours.paper), axis: rgb(colours.ink), line: rgb(colours.series[0]) });
      expect(requests).toEqual([pages.full]);
      expect(trouble).toEqual([]);
      await page.context().close();
    },
    60_000,
  );

  it('fades the other lines when a name in the legend is clicked, and tells numbers under the mouse', async () => {
    const { page, trouble } = await open(pages.full, 1280, 'light');
    await bringToLife(page);
    const opacities = (): Promise<string[]> =>
      page
        .locator('#chart-reward .mark-line.role-mark path')
        .evaluateAll((paths) => paths.map((path) => path.getAttribute('opacity') ?? '1'));
    expect(new Set(await opacities())).toEqual(new Set(['1']));
    await page.locator('#chart-reward .role-legend-label text', { hasText: 'LinUCB' }).click();
    await expect.poll(async () => (await opacities()).filter((opacity) => opacity !== '1').length).toBe(7);
    await page.locator('#chart-distances .mark-rect.role-mark path').first().hover();
    await expect.poll(() => page.locator('#tooltip').textContent()).toMatch(/^of: samples\ndistance: 21.3$/);
    expect(trouble).toEqual([]);
    await page.context().close();
  }, 60_000);

  it.each([390, 1280])(
    'shows every picture at %i pixels and needs no script for it',
    async (width) => {
      const { page, requests, trouble } = await open(pages.still, width, 'light');
      const sizes = await page.evaluate(
        `[...document.querySelectorAll('.gallery img')].map((image) => image.naturalWidth)`,
      );
      // Ten creatives, two chosen ones, and two sheets of five by five that show the training.
      expect((sizes as number[]).toSorted((a, b) => a - b)).toEqual([
        ...Array.from({ length: 12 }, () => 28),
        140,
        140,
      ]);
      expect(await page.locator('.static:visible svg').count()).toBe(CHARTS);
      expect(await page.evaluate(OVERFLOW)).toBe(0);
      expect(requests).toEqual([pages.still]);
      expect(trouble).toEqual([]);
      await page.context().close();
    },
    60_000,
  );

  it('runs nothing that a name brings in, in text, tooltip or chart', async () => {
    const { page, requests, trouble } = await open(pages.hostile, 1280, 'light');
    await bringToLife(page);
    await page.locator('#chart-distances .mark-rect.role-mark path').first().hover();
    await expect.poll(() => page.locator('#tooltip').textContent()).toContain('<img');
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    expect(requests).toEqual([pages.hostile]);
    expect(trouble).toEqual([]);
    await page.context().close();
  }, 60_000);
});

function rgb(hex: string): string {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16));
  return `rgb(${r}, ${g}, ${b})`;
}

function hostileResults(): Results {
  const results = fakeResults();
  const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(2)>`;
  return {
    ...results,
    name: hostile,
    world: { ...results.world, rewardUnit: hostile },
    agents: results.agents.map((agent, i) => ({ ...agent, name: `${hostile}.[${i}]'"\\` })),
    creatives: results.creatives && {
      ...results.creatives,
      distances: results.creatives.distances.map((one) => ({ ...one, of: one.of + hostile })),
    },
  };
}
