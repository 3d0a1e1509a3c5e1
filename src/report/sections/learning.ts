/** Learning curves and cumulative regret over requests. */
import type { AgentResult, Results } from '../../runner/results.ts';
import { bandChart } from '../charts/bands.ts';
import type { BandSeries } from '../charts/bands.ts';
import { WIDE } from '../charts/theme.ts';
import { isReference } from '../compare.ts';
import type { Section } from '../document.ts';
import { confidence, counted, quantity, rewardName, rewardUnit } from '../format.ts';

/** Two charts; agents keep their colours from one to the other. */
export function learningSection(results: Results): Section {
  const unit = rewardUnit(results.world.rewardUnit);
  const agents = [...results.agents].sort((a, b) => Number(isReference(a)) - Number(isReference(b)));
  const oracle = results.world.sequential ? 'myopic oracle' : 'oracle';
  const bands =
    results.seeds.length > 1
      ? `Bands: ${confidence(results.agents[0].value.level)} intervals over ${counted(results.seeds.length, 'seed')}.`
      : 'One seed: no bands.';
  const ends = (pick: (agent: AgentResult) => readonly number[]): string =>
    agents.map((agent) => `${agent.name} ${quantity(pick(agent).at(-1), unit)}`).join('; ');
  const reward = rewardName(results.world.rewardUnit);
  const curves = bandChart(
    seriesOf(agents, (agent) => agent.curve.reward),
    `reward per request [${reward}]`,
    '.3~g',
  );
  const regrets = bandChart(
    seriesOf(agents, (agent) => agent.curve.regret),
    `cumulative regret [${reward}]`,
    '.3~s',
  );
  return {
    id: 'learning',
    title: 'How they learned',
    blocks: [
      {
        kind: 'charts',
        charts: [
          {
            id: 'chart-reward',
            title: 'Learning curves',
            caption:
              `Mean reward per request since the point before. ${bands}${curves.cut ? CUT : ''} Dashed grey: uses the truth. ` +
              'Click a name to see it alone.',
            alternative: `Reward per request at the end: ${ends((agent) => agent.curve.reward.mean)}`,
            width: WIDE,
            spec: curves.spec,
          },
          {
            id: 'chart-regret',
            title: `Cumulative regret against the ${oracle}`,
            caption:
              `What the ${oracle} would have earned more, from the true values of what was shown; lower is better, and a ` +
              `curve that flattens has learned. ${bands}${regrets.cut ? CUT : ''}` +
              (results.world.sequential
                ? ' The oracle looks one request ahead: an agent that keeps users longer may earn more, and its regret may be negative.'
                : ''),
            alternative: `Regret at the end: ${ends((agent) => agent.curve.regret.mean)}`,
            width: WIDE,
            spec: regrets.spec,
          },
        ],
      },
    ],
  };
}

const CUT = ' Bands that reach beyond the chart are cut at its edge.';

function seriesOf(agents: readonly AgentResult[], pick: (agent: AgentResult) => BandSeries['band']): BandSeries[] {
  return agents.map((agent) => ({
    name: agent.name,
    reference: isReference(agent),
    requests: agent.curve.requests,
    band: pick(agent),
  }));
}
