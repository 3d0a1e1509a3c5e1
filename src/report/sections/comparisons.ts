/** How sure the order of the agents is: paired differences, corrected for how many were asked, and what more seeds would do. */
import { holm, pairedDifference } from '../../core/paired.ts';
import type { PairedDifference } from '../../core/paired.ts';
import { randomFrom } from '../../core/random.ts';
import { interquartileMean, probabilityOfImprovement, stratifiedBootstrap } from '../../core/rliable.ts';
import type { AgentResult, Results } from '../../runner/results.ts';
import { profileChart } from '../charts/profile.ts';
import { WIDE } from '../charts/theme.ts';
import type { Measure, Ranking } from '../compare.ts';
import type { Section, TableRow } from '../document.ts';
import { counted, decimal, interval, percent, quantity, rewardUnit, signed } from '../format.ts';
import type { Unit } from '../format.ts';

/** Fewer seeds say nothing of quartiles, nor of how differences spread. */
const LEAST_SEEDS = 3;

/** Null where there is nobody to compare with, or where there are too few seeds to say anything. */
export function comparisonsSection(results: Results, { best, others, references, measure }: Ranking): Section | null {
  if (others.length === 0 || results.seeds.length < LEAST_SEEDS) return null;
  const unit = rewardUnit(results.world.rewardUnit);
  const random = randomFrom(results.signature).stream('report', 'bootstrap');
  const agents = [best, ...others.map(({ agent }) => agent)];
  const scores = new Map([...agents, ...references].map((agent) => [agent, scoresOf(agent, measure)]));
  const of = (agent: AgentResult): readonly number[] => scores.get(agent) ?? [];
  const differences = others.map(({ agent }) => pairedDifference(of(best), of(agent)));
  const corrected = holm(differences.map((difference) => difference?.pValue ?? 1));
  const rows = others.map(({ agent }, i): TableRow => {
    const sets = [[of(best)], [of(agent)]];
    const improvement = ([x, y]: typeof sets): number => probabilityOfImprovement(x, y);
    const range = stratifiedBootstrap(sets, ([x, y]) => improvement([[...x], [...y]]), {
      random: random.stream(agent.name),
    });
    return {
      cells: [
        { text: agent.name },
        { text: signed(differences[i]?.mean, unit), doubt: interval(differences[i]?.interval ?? null, unit) },
        { text: corrected[i] < 0.001 ? '< 0.001' : decimal(corrected[i], 3) },
        { text: percent(improvement(sets), 0), doubt: `${percent(range[0], 0)} to ${percent(range[1], 0)}` },
        { text: seedsText(differences[i]) },
      ],
    };
  });
  const middles = [...agents, ...references].map((agent): TableRow => {
    const middle = interquartileMean(of(agent));
    const range = stratifiedBootstrap([[of(agent)]], ([[runs]]) => interquartileMean(runs), {
      random: random.stream('middle', agent.name),
    });
    return { cells: [{ text: agent.name }, { text: quantity(middle, unit), doubt: interval(range, unit) }] };
  });
  return {
    id: 'comparisons',
    title: 'How sure the order is',
    blocks: [
      {
        kind: 'table',
        table: {
          caption:
            `${best.name} against each other agent in ${measure.name}, over ${counted(results.seeds.length, 'seed')} in which all met ` +
            'the same users and luck. Difference: mean and 95 % interval of the paired differences (Student’s t). p: of no ' +
            `difference, corrected for ${counted(others.length, 'comparison')} (Holm). Ahead: probability that a seed of ${best.name} ` +
            'beats a seed of the other (95 % bootstrap interval). Seeds: how many more would settle it with a chance of 80 %, if ' +
            'they are like these.',
          columns: ['Agent', 'Difference', 'p', 'Ahead', 'Seeds'].map((title, i) => ({ title, numeric: i > 0 })),
          rows,
        },
      },
      {
        kind: 'table',
        table: {
          caption:
            `Interquartile mean of ${measure.name}: the middle half of the seeds, so that one lucky world decides nothing; 95 % ` +
            'bootstrap interval.',
          columns: ['Agent', 'Interquartile mean'].map((title, i) => ({ title, numeric: i > 0 })),
          rows: middles,
        },
      },
      {
        kind: 'charts',
        charts: [
          {
            id: 'chart-profiles',
            title: 'Performance profiles',
            caption:
              'The share of seeds in which an agent earned more than what the horizontal axis says. A line above another: better ' +
              'in good seeds and bad. Lines that cross: it depends on the world.',
            alternative: `Interquartile means: ${agents.map((agent) => said(agent, of(agent), unit)).join('; ')}`,
            width: WIDE,
            spec: profileChart(
              agents.map((agent) => ({ series: agent.name, scores: of(agent) })),
              measure.name,
              '.3~g',
            ),
          },
        ],
      },
    ],
  };
}

/** One per seed; a seed without a session is left out of nothing: it counts 0. */
function scoresOf(agent: AgentResult, measure: Measure): number[] {
  return agent.episodes.map((episode) => {
    const score = measure.ofEpisode(episode);
    return Number.isFinite(score) ? score : 0;
  });
}

function said(agent: AgentResult, scores: readonly number[], unit: Unit): string {
  return `${agent.name} ${quantity(interquartileMean(scores), unit)}`;
}

function seedsText(difference: PairedDifference | null): string {
  if (!difference) return '';
  if (difference.moreSeeds === null) return 'no number would';
  return difference.moreSeeds === 0 ? 'settled' : `${decimal(difference.moreSeeds)} more`;
}
