/** The table of agents: every measure with its doubt. */
import type { Summary } from '../../core/statistics.ts';
import type { AgentResult, Results } from '../../runner/results.ts';
import { isReference, sorted } from '../compare.ts';
import type { Measure } from '../compare.ts';
import type { Cell, Section } from '../document.ts';
import { DOLLARS, PERCENT, confidence, counted, meanAndDoubt, rewardName, rewardUnit } from '../format.ts';
import type { Unit } from '../format.ts';

/** CTR, CVR, ROI, cost, revenue, value and regret, each ± half its interval over seeds. */
export function agentsSection(results: Results, measure: Measure): Section {
  const reward = rewardUnit(results.world.rewardUnit);
  const oracle = results.world.sequential ? 'myopic oracle' : 'oracle';
  const columns: readonly (readonly [title: string, pick: (agent: AgentResult) => Summary, unit: Unit])[] = [
    ['CTR', (agent) => agent.ctr, PERCENT],
    ['CVR', (agent) => agent.cvr, PERCENT],
    ['ROI', (agent) => agent.roi, PERCENT],
    ['Cost', (agent) => agent.costUsd, DOLLARS],
    ['Revenue', (agent) => agent.revenueUsd, DOLLARS],
    ['Value per request', (agent) => agent.value, bare(reward)],
    ['Value per session', (agent) => agent.valuePerSession, bare(reward)],
    ['Regret', (agent) => agent.regret, bare(reward)],
    ['Regret, observable', (agent) => agent.regretAgainstObservable, bare(reward)],
  ];
  const agents = sorted(results.agents, measure).sort((a, b) => Number(isReference(a)) - Number(isReference(b)));
  const best = agents.find((agent) => !isReference(agent));
  const summary = results.agents[0]?.value;
  const intervals =
    summary === undefined || summary.interval === null
      ? 'One seed: no intervals.'
      : `Mean ± half the ${confidence(summary.level)} interval over ${counted(summary.count, 'seed')} (Student’s t).`;
  return {
    id: 'agents',
    title: 'Every agent, every measure',
    blocks: [
      {
        kind: 'table',
        table: {
          caption:
            `${intervals} CTR: clicks per impression; CVR: conversions per click; ROI: (revenue − cost) / cost; value and ` +
            `regret in ${rewardName(results.world.rewardUnit)}. Regret is cumulative against the ${oracle}` +
            `${results.world.sequential ? ', who looks one request ahead, so it can be negative' : ''}; in the last ` +
            'column against the best policy that sees only what agents see.',
          columns: [{ title: 'Agent', numeric: false }, ...columns.map(([title]) => ({ title, numeric: true }))],
          rows: agents.map((agent) => ({
            cells: [
              { text: agent.name },
              ...columns.map(([, pick, unit]) => cell(pick(agent), unit, results.seeds.length)),
            ],
            ...(agent === best ? { tone: 'best' as const } : {}),
            ...(isReference(agent) ? { tone: 'reference' as const } : {}),
          })),
        },
      },
    ],
  };
}

/** Seeds in which a rate had no denominator are left out of it; where some were, the cell says how many remain. */
function cell(summary: Summary, unit: Unit, seeds: number): Cell {
  const { mean, doubt } = meanAndDoubt(summary, unit);
  const some = summary.count > 0 && summary.count < seeds ? `(${counted(summary.count, 'seed')})` : '';
  const beside = [doubt, some].filter((part) => part !== '').join(' ');
  return beside === '' ? { text: mean } : { text: mean, doubt: beside };
}

/** The unit without its name, which the caption gives once; a dollar sign stays. */
function bare(unit: Unit): Unit {
  return { ...unit, suffix: '' };
}
