/** What a report says of auctions, of where impressions went, and of where a log cannot tell. */
import { comparisonsSection } from '../../src/report/sections/comparisons.ts';
import { rank } from '../../src/report/compare.ts';
import { percent } from '../../src/report/format.ts';
import { describe, expect, it } from 'vitest';
import { summarise } from '../../src/core/statistics.ts';
import { auctionSection } from '../../src/report/sections/auction.ts';
import { breakdownsSection } from '../../src/report/sections/breakdowns.ts';
import { interferenceSection } from '../../src/report/sections/interference.ts';
import type { Block, Section } from '../../src/report/document.ts';
import type { AgentResult, Results } from '../../src/runner/results.ts';
import { fakeResults } from './fixture.ts';

const base = fakeResults({ seeds: 4 });

function rowsOf(section: Section | null): string[][] {
  const table = section?.blocks.find((block): block is Block & { kind: 'table' } => block.kind === 'table');
  if (!table) throw new Error('the section has no table');
  return table.table.rows.map(({ cells }) => cells.map(({ text }) => text));
}

describe('auctions', () => {
  const auction = { mechanism: 'first-price', unit: 'impression', reserveUsd: 0 } as const;
  const sold = (agent: AgentResult, overbid: number, underbid: number): AgentResult => ({
    ...agent,
    auction: {
      winRate: summarise([0.4, 0.5, 0.6, 0.5]),
      surplus: summarise([9, 10, 11, 10]),
      regret: {
        allocation: summarise([1, 1, 1, 1]),
        estimation: summarise([0, 0.1, -0.1, 0]),
        overbid: summarise([overbid, overbid + 0.1, overbid - 0.1, overbid]),
        underbid: summarise([underbid, underbid + 0.1, underbid - 0.1, underbid]),
      },
    },
  });
  const results: Results = {
    ...base,
    world: { ...base.world, auction, rewardUnit: 'USD' },
    agents: [sold(base.agents[0], 5, 1), sold(base.agents[1], 1, 4)],
  };

  it('stand nowhere but where something is auctioned', () => {
    expect(auctionSection(base)).toBeNull();
    expect(rowsOf(auctionSection(results))[0].slice(0, 3)).toEqual(['uniform', '50\u202f%', '$10.0']);
  });

  it('tell each agent the largest thing that bidding can mend', () => {
    const list = auctionSection(results)?.blocks.find((block) => block.kind === 'list');
    expect(list).toEqual({
      kind: 'list',
      items: [
        'uniform pays $5.00 per 1,000 requests beyond what would have won: shade its bids, or shade them more.',
        'epsilon-greedy 0.1 misses $4.00 per 1,000 requests by bidding too low: raise its bids.',
      ],
    });
  });
});

describe('breakdowns', () => {
  const group = (label: string, impressions: number) => ({
    label,
    impressions,
    clicks: impressions / 10,
    conversions: 0,
    costUsd: 0,
    ctr: { rate: 0.1, interval: [0.08, 0.12] as const },
    reward: { rate: 0.1, interval: [0.08, 0.12] as const },
  });
  const split = (...by: readonly string[]): Results => ({
    ...base,
    agents: base.agents.map((agent) => ({
      ...agent,
      breakdowns: by.map((one) => ({ by: one, groups: [group('1', 100), group('2', one === 'campaign' ? 0 : 50)] })),
    })),
  });

  it('are left out where a world has only what every world has, or one group with anything in it', () => {
    expect(breakdownsSection(split('hour of the day'))).toBeNull();
    expect(breakdownsSection(split('hour of the day', 'campaign'))).toBeNull();
  });

  it('come with what is special first', () => {
    const charts = breakdownsSection(split('hour of the day', 'place on the page'))?.blocks.find(
      (b) => b.kind === 'charts',
    );
    expect(charts?.kind === 'charts' && charts.charts.map(({ title }) => title)).toEqual([
      'By place on the page',
      'By hour of the day',
    ]);
  });
});

describe('where off-policy assumptions break', () => {
  const [agent] = base.agents;
  const estimate = (truth: number) => ({ seed: 's', value: truth, interval: null, effectiveSampleSize: 100, truth });
  const results = (played: number): Results => ({
    ...base,
    world: { ...base.world, limited: true },
    agents: [
      {
        ...agent,
        episodes: agent.episodes.map((one, s) => ({ ...one, impressions: 1000, reward: 1000 * (played + 0.001 * s) })),
      },
    ],
    offPolicy: {
      ...base.offPolicy,
      policies: [
        {
          policy: agent.name,
          estimators: [
            {
              estimator: 'dr',
              rule: 'delta',
              covered: 4,
              relativeError: 0,
              seeds: agent.episodes.map(() => estimate(0.05)),
            },
          ],
        },
      ],
    },
  });
  const gapOf = (of: Results) => {
    const table = interferenceSection(of)?.blocks.find((block) => block.kind === 'table');
    return table?.kind === 'table' ? table.table.rows[0].cells[4] : undefined;
  };

  it('is said only where requests are not for themselves', () => {
    expect(interferenceSection(base)).toBeNull();
    expect(interferenceSection({ ...results(0.05), world: base.world })).toBeNull();
  });

  it('the gap is played less on the log, and marked where it is no chance', () => {
    expect(gapOf(results(0.0285))).toMatchObject({ text: '−0.0200 ± 0.0021', doubtful: true });
    expect(gapOf(results(0.0485))).toMatchObject({ text: '0.0000 ± 0.0021', doubtful: false });
  });
});

describe('comparisons', () => {
  const tableOf = (results: Results): string[][] => {
    const ranking = rank(results);
    const section = ranking && comparisonsSection(results, ranking);
    const [block] = section?.blocks ?? [];
    return block?.kind === 'table' ? block.table.rows.map(({ cells }) => cells.map(({ text }) => text)) : [];
  };

  /** Results whose agents earned so much per request in each of five seeds. */
  function results(scores: Record<string, number[]>): Results {
    const base = fakeResults({ full: false });
    const [agent] = base.agents;
    const agents = Object.entries(scores).map(([name, values]) => ({
      ...agent,
      name,
      kind: name,
      value: summarise(values),
      episodes: values.map((value, s) => ({ ...agent.episodes[0], seed: String(s), requests: 1, reward: value })),
    }));
    return { ...base, world: { ...base.world, sequential: false }, seeds: ['0', '1', '2', '3', '4'], agents };
  }

  it('say who is ahead, how sure that is, and what more seeds would do', () => {
    const rows = tableOf(
      results({ good: [5, 6, 7, 8, 9], close: [4.9, 6.2, 6.8, 8.1, 8.9], bad: [1, 2.1, 3, 4.2, 5] }),
    );
    expect(rows.map(([name, , , ahead, seeds]) => [name, ahead, seeds === 'settled'])).toEqual([
      ['close', percent(0.52, 0), false],
      ['bad', percent(0.98, 0), true],
    ]);
    const [close, bad] = rows.map(([, , p]) => p);
    expect(Number(close)).toBeGreaterThan(0.05);
    expect(bad).toBe('< 0.001');
  });

  it('are left out where there are too few seeds', () => {
    const two = results({ good: [5, 6], bad: [1, 2] });
    expect(tableOf({ ...two, seeds: ['0', '1'] })).toEqual([]);
  });
});
