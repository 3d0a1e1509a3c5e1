/** Where it comes from: click rate, or reward, by hour, place, campaign, price and whatever else the world tells of. */
import type { AgentResult, BreakdownResult, Results } from '../../runner/results.ts';
import { hourChart, splitChart } from '../charts/groups.ts';
import { WIDE } from '../charts/theme.ts';
import type { GroupPoint } from '../charts/groups.ts';
import { isReference, measureOf, sorted } from '../compare.ts';
import type { Chart, Section } from '../document.ts';
import { percent, quantity, rewardUnit } from '../format.ts';

const HOUR = 'hour of the day';
/** Every world has these two; alone they make no section. */
const EVERYWHERE: ReadonlySet<string> = new Set([HOUR, 'what is known of the user']);
/** Agents in a chart, so that it stays readable. */
const SHOWN = 4;

/** The section; null where a world has nothing special to split by. */
export function breakdownsSection(results: Results): Section | null {
  const agents = chosen(results);
  const dimensions = (agents[0]?.breakdowns ?? []).filter(isTelling);
  if (!dimensions.some(({ by }) => !EVERYWHERE.has(by))) return null;
  const money = results.world.rewardUnit !== 'click';
  const own = dimensions.filter(({ by }) => !EVERYWHERE.has(by));
  const common = dimensions.filter(({ by }) => EVERYWHERE.has(by));
  return {
    id: 'breakdowns',
    title: 'Where it comes from',
    blocks: [
      {
        kind: 'text',
        text:
          `${money ? 'Reward per impression, conversions that came late left out' : 'Clicks per impression'}, for ` +
          `${agents.map(({ name }) => name).join(', ')}. Whiskers and bands are 95 % intervals over seeds. Groups differ ` +
          'in who was in them and what was shown, so a difference is no effect by itself, but for the agent that shows ads at random.',
      },
      { kind: 'charts', charts: [...own, ...common].slice(0, 5).map(({ by }) => chartOf(by, agents, results)) },
    ],
  };
}

/** At least two groups that hold something. */
function isTelling({ groups }: BreakdownResult): boolean {
  return groups.filter(({ impressions }) => impressions > 0).length > 1;
}

/** The best agents, the one that shows at random, and what they are measured against. */
function chosen(results: Results): AgentResult[] {
  const ranked = sorted(results.agents, measureOf(results));
  const wanted = [
    ...ranked.filter((agent) => !isReference(agent)).slice(0, 2),
    ...ranked.filter((agent) => agent.kind === 'uniform').slice(0, 1),
    ...ranked.filter((agent) => agent.kind === 'oracle').slice(0, 1),
  ];
  return [...new Set(wanted)].slice(0, SHOWN);
}

function chartOf(by: string, agents: readonly AgentResult[], results: Results): Chart {
  const money = results.world.rewardUnit !== 'click';
  const unit = rewardUnit(results.world.rewardUnit);
  const points = agents.flatMap((agent) =>
    (agent.breakdowns.find((one) => one.by === by)?.groups ?? [])
      .filter(({ impressions }) => impressions > 0)
      .map(({ label, ctr, reward }): GroupPoint => {
        const rate = money ? reward : ctr;
        return { series: agent.name, group: label, value: rate?.rate ?? null, interval: rate?.interval ?? null };
      }),
  );
  const title = money ? 'USD per impression' : 'clicks per impression';
  const draw = by === HOUR ? hourChart : splitChart;
  const [first] = agents;
  const told = points.filter(({ series }) => series === first.name);
  return {
    id: `by-${by.replaceAll(/[^a-z]+/gu, '-')}`,
    title: `By ${by}`,
    caption: `${money ? 'Reward' : 'Click rate'} by ${by}.`,
    alternative: `${first.name}: ${told
      .map(({ group, value }) => `${group} ${money ? quantity(value, unit) : percent(value)}`)
      .join(', ')}`,
    spec: draw(points, title, money ? '.2~r' : '.1%'),
    width: WIDE,
  };
}
