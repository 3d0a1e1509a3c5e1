/** Where off-policy assumptions break: what a log says of a policy, beside what the policy earned when it played. */
import { summarise } from '../../core/statistics.ts';
import type { Summary } from '../../core/statistics.ts';
import type { AgentResult, Results } from '../../runner/results.ts';
import { splitChart } from '../charts/groups.ts';
import { WIDE } from '../charts/theme.ts';
import type { Section } from '../document.ts';
import { confidence, counted, plusMinus, rewardUnit, signedPlusMinus } from '../format.ts';

/** What is wrong with valuing single decisions in such a world; empty where nothing is. */
function reasonsOf({ world }: Results): string[] {
  const reasons: string[] = [];
  if (world.limited) {
    reasons.push(
      'Budgets and caps are shared: an ad shown now takes the money for later ones, so rows of the log are not independent of each other, and a policy that spends faster meets another day than the one that was logged.',
    );
  }
  if (world.conversionWindowHours !== null) {
    reasons.push(
      `Conversions come up to ${world.conversionWindowHours} h late: a log that has just been closed does not hold all of them, and so values every policy too low.`,
    );
  }
  if (world.players > 1) {
    reasons.push('Rivals learn: they answer the policy that plays, not the one that was logged.');
  }
  return reasons;
}

/** The section; null where each request is for itself. */
export function interferenceSection(results: Results): Section | null {
  const reasons = reasonsOf(results);
  const estimates = results.offPolicy.policies.flatMap(({ policy, estimators }) => {
    const agent = results.agents.find(({ name }) => name === policy);
    const dr = estimators.find(({ estimator }) => estimator === 'dr') ?? estimators.at(-1);
    return agent && dr ? [rowOf(agent, dr.seeds, results)] : [];
  });
  if (reasons.length === 0 || estimates.length === 0) return null;
  const unit = { ...rewardUnit(results.world.rewardUnit), suffix: '' };
  const estimand = results.world.auction ? 'shown ad, before its price' : 'shown page';
  return {
    id: 'interference',
    title: 'Where off-policy assumptions break',
    blocks: [
      { kind: 'list', items: reasons },
      {
        kind: 'table',
        table: {
          caption:
            `Per ${estimand}. “On the log” is what each decision would have earned on the requests as ` +
            `${results.offPolicy.behaviour} left them; “played” is what the policy earned when it ran the market itself; ` +
            `the gap is played less on the log. Agents that learn while they play pay for learning, which the log does not know; the others do not. The last column is per request, price paid. Mean ± half the ` +
            `${confidence(0.95)} interval over ${counted(results.seeds.length, 'seed')}; a gap whose interval leaves out 0 is no chance.`,
          columns: ['Policy', 'Estimated (DR)', 'On the log, true', 'Played', 'Gap', 'Reward per request'].map(
            (title, c) => ({
              title,
              numeric: c > 0,
            }),
          ),
          rows: estimates.map(({ name, estimated, logged, played, gap, perRequest }) => ({
            cells: [
              { text: name },
              { text: estimated ? plusMinus(estimated, unit) : '' },
              { text: plusMinus(logged, unit) },
              { text: plusMinus(played, unit) },
              { text: signedPlusMinus(gap, unit), doubtful: isClear(gap) },
              { text: plusMinus(perRequest, unit) },
            ],
          })),
        },
      },
      {
        kind: 'charts',
        charts: [
          {
            id: 'interference-chart',
            title: 'On the log, and played',
            caption:
              'Where the two are apart, the log cannot tell what the policy will earn; whiskers are intervals over seeds.',
            alternative: estimates
              .map(
                ({ name, logged, played }) =>
                  `${name}: ${plusMinus(logged, unit)} on the log, ${plusMinus(played, unit)} played`,
              )
              .join('; '),
            spec: splitChart(
              estimates.flatMap(({ name, logged, played }) => [
                { series: 'on the log, true', group: name, value: logged.mean, interval: logged.interval },
                { series: 'played', group: name, value: played.mean, interval: played.interval },
              ]),
              `${results.world.rewardUnit} per ${estimand}`,
            ),
            width: WIDE,
          },
        ],
      },
    ],
  };
}

function isClear({ interval }: Summary): boolean {
  return interval !== null && (interval[0] > 0 || interval[1] < 0);
}

interface Row {
  name: string;
  estimated: Summary | null;
  logged: Summary;
  played: Summary;
  gap: Summary;
  perRequest: Summary;
}

/** `seeds` are the policy's estimates and truths on the log, in the order of the agent's episodes. */
function rowOf(
  { name, episodes, value }: AgentResult,
  seeds: readonly { value: number | null; truth: number }[],
  { world }: Results,
): Row {
  // The log's rows are those that were shown; what played is counted the same way.
  const played = episodes.map(({ reward, costUsd, impressions }) => {
    const gross = world.auction && world.rewardUnit !== 'click' ? reward + costUsd : reward;
    return (gross * world.slots) / Math.max(1, impressions);
  });
  const estimated = seeds.flatMap((one) => (one.value === null ? [] : [one.value]));
  return {
    name,
    estimated: estimated.length > 0 ? summarise(estimated) : null,
    logged: summarise(seeds.map(({ truth }) => truth)),
    played: summarise(played),
    gap: summarise(played.map((x, s) => x - seeds[s].truth)),
    perRequest: value,
  };
}
