/** Auctions: how often each agent won, what was left, and where the rest was lost. */
import type { Summary } from '../../core/statistics.ts';
import type { AgentResult, Results } from '../../runner/results.ts';
import { isReference } from '../compare.ts';
import { splitChart } from '../charts/groups.ts';
import { WIDE } from '../charts/theme.ts';
import type { GroupPoint } from '../charts/groups.ts';
import type { Cell, Section } from '../document.ts';
import { DOLLARS, PERCENT, confidence, counted, meanAndDoubt, quantity } from '../format.ts';
import type { Unit } from '../format.ts';

const PARTS = [
  ['allocation', 'Wrong ad', 'another ad was worth more to this user'],
  ['estimation', 'Wrong estimate', 'the bidder believed the ad worth more than it is; below 0: less'],
  ['overbid', 'Over-bid', 'paid beyond what would have won'],
  ['underbid', 'Under-bid', 'lost though winning at that price was worth it: what the bid lacked'],
] as const;

/** The section; null where nothing is auctioned for money. */
export function auctionSection(results: Results): Section | null {
  const { auction, players, requests } = results.world;
  const agents = results.agents.filter((agent) => agent.auction !== null);
  if (auction === null || agents.length === 0) return null;
  const split = agents.every((agent) => agent.auction?.regret !== null);
  const columns: readonly (readonly [title: string, pick: (agent: AgentResult) => Summary | undefined, unit: Unit])[] =
    [
      ['Win rate', (agent) => agent.auction?.winRate, PERCENT],
      ['Surplus', (agent) => agent.auction?.surplus, DOLLARS],
      ...(split
        ? PARTS.map(([key, title]) => [title, (agent: AgentResult) => agent.auction?.regret?.[key], DOLLARS] as const)
        : []),
    ];
  const level = agents[0].auction?.surplus.level ?? 0.95;
  const rivals = players === 1 ? '' : ` against ${counted(players - 1, 'learning rival')}`;
  const sold = auction.unit === 'click' ? 'clicks' : 'impressions';
  return {
    id: 'auctions',
    title: 'Auctions',
    blocks: [
      {
        kind: 'text',
        text:
          `${auction.mechanism[0].toUpperCase()}${auction.mechanism.slice(1)} auctions of ${sold}${rivals}. Surplus is the true worth of what was won less what it ` +
          'cost.' +
          (split
            ? ' What is missing is split as AuctionGym does (Jeunen et al. 2022): ' +
              PARTS.map(([, title, why]) => `${title.toLowerCase()}: ${why}`).join('; ') +
              '.'
            : ' Where clicks are sold or pages have several slots, what was lost cannot be split by its cause.'),
      },
      {
        kind: 'table',
        table: {
          caption:
            `In dollars per 1,000 requests, of ${quantity(requests)} a seed. Mean ± half the ${confidence(level)} interval ` +
            `over ${counted(results.seeds.length, 'seed')}.`,
          columns: [{ title: 'Agent', numeric: false }, ...columns.map(([title]) => ({ title, numeric: true }))],
          rows: agents.map((agent) => ({
            cells: [{ text: agent.name }, ...columns.map(([, pick, unit]) => cell(pick(agent), unit))],
            ...(isReference(agent) ? { tone: 'reference' as const } : {}),
          })),
        },
      },
      ...(split ? [{ kind: 'charts' as const, charts: [lostChart(agents)] }] : []),
      { kind: 'list', items: agents.filter((agent) => !isReference(agent)).flatMap(adviceFor) },
    ],
  };
}

function cell(summary: Summary | undefined, unit: Unit): Cell {
  if (!summary) return { text: '' };
  const { mean, doubt } = meanAndDoubt(summary, unit);
  return doubt === '' ? { text: mean } : { text: mean, doubt };
}

function lostChart(agents: readonly AgentResult[]) {
  const points = agents.flatMap((agent) =>
    PARTS.map(([key, title]): GroupPoint => {
      const summary = agent.auction?.regret?.[key] as Summary;
      return { series: agent.name, group: title, value: summary.mean, interval: summary.interval };
    }),
  );
  return {
    id: 'auction-regret',
    title: 'Where surplus was lost',
    caption: 'Dollars per 1,000 requests; whiskers are intervals over seeds. Lower is better, 0 is nothing lost.',
    alternative: points
      .map(({ series, group, value }) => `${series}, ${group}: ${quantity(value, DOLLARS)}`)
      .join('; '),
    spec: splitChart(points, 'USD per 1,000 requests'),
    width: WIDE,
  };
}

/** What to do about the largest loss that bidding can mend. */
function adviceFor({ name, auction }: AgentResult): string[] {
  if (!auction?.regret) return [];
  const { overbid, underbid } = auction.regret;
  const clear = (summary: Summary): boolean => summary.interval !== null && summary.interval[0] > 0;
  if (clear(overbid) && overbid.mean > underbid.mean) {
    return [
      `${name} pays ${quantity(overbid.mean, DOLLARS)} per 1,000 requests beyond what would have won: shade its bids, or shade them more.`,
    ];
  }
  if (clear(underbid) && underbid.mean > overbid.mean) {
    return [
      `${name} misses ${quantity(underbid.mean, DOLLARS)} per 1,000 requests by bidding too low: raise its bids.`,
    ];
  }
  return [];
}
