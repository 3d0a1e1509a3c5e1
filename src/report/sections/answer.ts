/** The question answered in one sentence, what the answer rests on, and the picture of it. */
import type { Results } from '../../runner/results.ts';
import { whiskerChart } from '../charts/whiskers.ts';
import { WIDE } from '../charts/theme.ts';
import type { Comparison, Ranking } from '../compare.ts';
import type { Block, Section } from '../document.ts';
import {
  confidence,
  counted,
  isShown,
  PERCENT,
  listed,
  percent,
  plusMinus,
  quantity,
  rewardName,
  rewardUnit,
  signedPlusMinus,
} from '../format.ts';
import { conversionsInWords } from './conversions.ts';
import { varietyInWords } from './variety.ts';

/** Below this, Student's t interval is mostly the doubt about the spread itself (t is 4.3 at 3 seeds, 2.8 at 5). */
const FEW_SEEDS = 5;

/** One sentence: which policy is best, by how much it is known, and which others can't be told from it. */
export function answerOf(results: Results, ranking: Ranking | null): string {
  if (ranking === null) return 'No agent that could be launched took part, so there is nothing to choose from.';
  const unit = rewardUnit(results.world.rewardUnit);
  const value = ranking.measure.of(ranking.best);
  const doubt =
    value.interval === null
      ? 'from one seed, so its doubt is unknown'
      : `${confidence(value.level)} interval, ${counted(value.count, 'seed')}`;
  const amount = `${plusMinus(value, unit)} per ${ranking.measure.per} (${doubt})`;
  if (ranking.others.length === 0) return `${ranking.best.name}, the only candidate, earned ${amount}.`;
  const earned = `${ranking.best.name} earned the most: ${amount}`;
  const rivals = ranking.others.filter((one) => one.verdict === 'indistinguishable').map((one) => one.agent.name);
  const beaten = ranking.others.filter((one) => one.verdict === 'beaten').length;
  if (value.interval === null) return `${earned}; run more seeds before choosing.`;
  if (rivals.length === 0) {
    const rest = beaten === 1 ? 'the other candidate' : `each of the ${beaten} others`;
    return `${earned}, more than ${rest} by more than chance explains.`;
  }
  const told = `${earned}, but it can’t be told apart from ${listed(rivals)}`;
  if (beaten === 0) return `${told}.`;
  return `${told}; the other ${beaten === 1 ? 'one is' : `${beaten} are`} clearly behind.`;
}

/** How the sentence was found, and how far from what is possible. */
export function groundsOf(results: Results, ranking: Ranking | null): string[] {
  const { variety, conversions, world } = results;
  const grounds = [
    ...(variety ? [varietyInWords(variety, results)] : []),
    ...(conversions ? [conversionsInWords(conversions, world.conversionWindowHours)] : []),
  ];
  if (ranking === null) return grounds;
  const unit = rewardUnit(results.world.rewardUnit);
  if (ranking.others.length > 0 && ranking.others[0].difference.interval !== null) {
    const level = confidence(ranking.level);
    grounds.push(
      `Agents meet the same users and the same luck in each seed, so they are compared seed by seed; the ` +
        `${counted(ranking.others.length, 'comparison')} with the best hold together at ${level} (Bonferroni).`,
    );
    grounds.push(
      `The best is the largest of ${counted(ranking.others.length + 1, 'mean')}, which flatters it slightly: judge it ` +
        `by the differences, or run it again on new seeds.`,
    );
  }
  if (results.seeds.length < FEW_SEEDS) {
    grounds.push(
      `${capital(counted(results.seeds.length, 'seed'))} cannot tell much: what varies from seed to seed is hardly known, so intervals are ` +
        `wide or missing. Run at least ${FEW_SEEDS}.`,
    );
  }
  if (ranking.measure.per === 'session') {
    grounds.push(
      'Here an action changes which requests come later (users stay or leave), so agents are ranked by value per session.',
    );
  }
  const oracle = ranking.references.find((agent) => agent.kind.includes('oracle'));
  if (oracle !== undefined) {
    const reach = ranking.measure.of(ranking.best).mean / ranking.measure.of(oracle).mean;
    const name = results.world.sequential
      ? 'myopic oracle, which knows every truth but not the future'
      : 'oracle, which knows every truth';
    const share = isShown(reach) ? `; the best agent reached ${percent(reach)} of that` : '';
    grounds.push(
      `The ${name}, earned ${quantity(ranking.measure.of(oracle).mean, unit)} per ${ranking.measure.per}${share}.`,
    );
  }
  return grounds;
}

/** Dot and whisker of every agent, and the paired differences the answer rests on. */
export function answerSection(results: Results, ranking: Ranking | null): Section {
  if (ranking === null) return { id: 'answer', title: 'The answer in a picture', blocks: [] };
  const { best, others, references, measure } = ranking;
  const unit = rewardUnit(results.world.rewardUnit);
  const agents = [best, ...others.map((one) => one.agent), ...references];
  const title = `${measure.name} [${rewardName(results.world.rewardUnit)}]`;
  const blocks: Block[] = [
    {
      kind: 'charts',
      charts: [
        {
          id: 'chart-value',
          title: `${capital(measure.name)} of every agent`,
          caption:
            measure.of(best).interval === null
              ? 'One seed: no intervals. Grey agents use the truth and can’t be launched.'
              : `Mean over ${counted(results.seeds.length, 'seed')} with ${confidence(measure.of(best).level)} intervals. ` +
                'Grey agents use the truth and can’t be launched. Overlapping whiskers do not mean equal: the paired ' +
                'differences below are sharper.',
          alternative: agents.map((agent) => `${agent.name} ${plusMinus(measure.of(agent), unit)}`).join('; '),
          width: WIDE,
          spec: whiskerChart(
            agents.map((agent) => ({
              name: agent.name,
              value: measure.of(agent).mean,
              interval: measure.of(agent).interval,
              tone: agent === best ? 'best' : references.includes(agent) ? 'reference' : 'plain',
              label: plusMinus(measure.of(agent), unit),
            })),
            title,
            '.3~g',
          ),
        },
      ],
    },
  ];
  if (others.length > 0) blocks.push({ kind: 'table', table: differences(ranking, unit) });
  return { id: 'answer', title: 'The answer in a picture', blocks };
}

function differences(
  ranking: Ranking,
  unit: ReturnType<typeof rewardUnit>,
): Extract<Block, { kind: 'table' }>['table'] {
  const { level, interval } = ranking.others[0].difference;
  const doubt =
    interval === null
      ? 'One seed: no intervals.'
      : `${confidence(level)} intervals, which together hold at ${confidence(ranking.level)}.`;
  return {
    caption: `How much more ${ranking.best.name} earned per ${ranking.measure.per} than each other candidate, seed by seed. ${doubt}`,
    columns: [
      { title: 'Against', numeric: false },
      { title: 'Advantage', numeric: true },
      { title: 'Relative', numeric: true },
      { title: 'Verdict', numeric: false },
    ],
    rows: ranking.others.map((one) => ({
      cells: [
        { text: one.agent.name },
        { text: signedPlusMinus(one.difference, unit) },
        { text: signedPlusMinus(one.lift, PERCENT) },
        { text: VERDICTS[one.verdict] },
      ],
    })),
  };
}

const VERDICTS: Readonly<Record<Comparison['verdict'], string>> = {
  beaten: 'clearly behind',
  indistinguishable: 'can’t be told apart',
  unknown: 'unknown: one seed',
};

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
