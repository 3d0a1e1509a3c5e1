import { expect, it } from 'vitest';
import { buildReport } from '../../src/report/report.ts';
import { staticSvgs } from '../../src/report/html/chart-svg.ts';
import { fakeManifest, fakeResults } from './fixture.ts';

it('no two ticks of the answer’s axis read the same', async () => {
  // d3 shortens a bare `~g` by the step, and 0.12 − 0.02 is a little less than 0.1: it read 0.1 twice.
  const results = fakeResults();
  const agents = results.agents.map((agent, i) => {
    const mean = i === 0 ? 0.0375 : 0.104;
    return { ...agent, value: { ...agent.value, mean, interval: [mean - 0.01, mean + 0.0149] as const } };
  });
  const report = buildReport({ ...results, agents }, fakeManifest());
  const charts = report.sections.flatMap(({ blocks }) => blocks.flatMap((b) => (b.kind === 'charts' ? b.charts : [])));
  const answer = charts.find(({ id }) => id === 'chart-value');
  const [svg] = await staticSvgs(answer?.spec ?? ({} as never), [900], 'axis');
  const ticks = [...svg.matchAll(/>(\d[\d.]*)<\/text>/g)].map(([, text]) => text);
  expect(ticks).toContain('0.12');
  expect(new Set(ticks).size).toBe(ticks.length);
});
