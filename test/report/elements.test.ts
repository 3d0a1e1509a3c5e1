import { expect, it } from 'vitest';
import { elementsSection } from '../../src/report/sections/elements.ts';
import { fakeResults } from './fixture.ts';

it('shows estimated and true effects of each element, and what the best agents show; factors with one level are left out', () => {
  const results = fakeResults();
  const summary = (mean: number) => ({ mean, interval: [mean - 0.01, mean + 0.01] as const, count: 5, level: 0.95 });
  const level = (name: string, estimated: number | null) => ({
    name,
    impressions: estimated === null ? 0 : 1000,
    estimated: estimated === null ? null : summary(estimated),
    actual: summary(0.02),
    shares: results.agents.map(({ name: agent }) => ({ agent, share: { rate: 0.25, interval: null } })),
  });
  const factors = [
    { name: 'template', levels: [level('full', 0)] },
    { name: 'badge', levels: [level('none', 0.03), level('disc', null)] },
  ];
  const section = elementsSection({ combinations: 2, factors }, results);
  const [text, table] = section.blocks;
  if (text.kind !== 'text' || table.kind !== 'table') throw new Error('other blocks');
  expect(text.text).toContain('2 combinations of template (1) × badge (2)');
  const rows = table.table.rows.map(({ cells }) => cells.map((cell) => cell.text));
  expect(rows.map((cells) => cells[0])).toEqual(['badge: none', 'badge: disc']);
  expect(rows[0][2]).toContain('+0.03');
  expect(rows[1][2]).toBe('never shown');
  expect(rows[0][4]).toMatch(/^25/u);
});
