/** A launch decision in the terminal: the verdict, why, and what to do next. */
import type { CandidateDecision, LaunchDecision } from '../runner/launch/launch.ts';
import { decimal, percent } from './format.ts';
import {
  coverageWords,
  daysWords,
  liftRange,
  liftWords,
  moreRowsWords,
  valueWords,
  VERDICT_TITLES,
} from './launch-words.ts';

/** Plain text without a line break at its end; `paint` may colour the verdict. */
export function launchText(decision: LaunchDecision, paint: (title: string) => string = (title) => title): string {
  const { verdict, candidate, reasons, candidates, baseline, rewardUnit } = decision;
  const bar = liftWords(decision.minLift, decision);
  return [
    `${paint(VERDICT_TITLES[verdict].toUpperCase())}: ${candidate}, instead of ${baseline.name} (${valueWords(baseline.value, rewardUnit)} a request)`,
    `asked: a lift of at least ${bar}, at a risk of ${percent(decision.risk)}; ${decimal(decision.rows)} rows`,
    '',
    ...reasons.map((reason) => `- ${reason}`),
    '',
    ...candidates.flatMap((one) => candidateLines(one, decision)),
    ...trafficLines(decision),
  ]
    .join('\n')
    .trimEnd();
}

function candidateLines(one: CandidateDecision, decision: LaunchDecision): string[] {
  const { blocking, doubts, mixture, segments } = one;
  const facts = [
    [
      'lift',
      `${liftWords(one.lift, decision)} (${liftRange(one.interval, decision)}; each bound at a risk of ${percent(one.boundRisk)})`,
    ],
    ['rule', `${one.estimator}, ${one.rule ?? 'none that holds'}; coverage ${coverageWords(one)}`],
    ['worth', `${decimal(one.effectiveSampleSize)} effective rows, ${decimal(one.effectiveRewards)} effective rewards`],
  ];
  if (one.moreRows !== null) facts.push(['more rows', moreRowsWords(one.moreRows)]);
  if (mixture !== null) {
    facts.push([
      'safe share',
      mixture.share === 0
        ? 'none'
        : `${percent(mixture.share)} of the traffic: lift ${liftWords(mixture.lift, decision)}, at least ${liftWords(mixture.lower, decision)}`,
    ]);
  }
  const judged = segments.filter(({ verdict }) => verdict !== 'too-few');
  const harmed = judged.filter(({ verdict }) => verdict === 'harmed');
  if (segments.length > 0) {
    const names = harmed.map(({ column, name, lift }) => `${column} ${name} (${liftWords(lift, decision)})`);
    facts.push([
      'harmed',
      `${names.join(', ') || 'none'} of ${judged.length} segments; ${segments.length - judged.length} with too few rows`,
    ]);
  }
  return [
    `${one.name}: ${VERDICT_TITLES[one.verdict].toLowerCase()}`,
    ...facts.map(([name, value]) => `  ${name.padEnd(11)}${value}`),
    ...blocking.map(({ message, advice }) => `  in the way: ${message}; ${advice}`),
    ...doubts.map(({ message, advice }) => `  doubt: ${message}; ${advice}`),
    '',
  ];
}

function trafficLines({ traffic }: LaunchDecision): string[] {
  if (traffic === null) return [];
  return [
    `traffic plan (risk ${percent(traffic.risk)} over all stages, power ${percent(traffic.power)}):`,
    ...traffic.stages.map(({ share, detects, requests, days }) =>
      requests === null
        ? `  ${percent(share).padStart(7)}  all of it: nobody is left to compare with, so keep an eye on the level`
        : `  ${percent(share).padStart(7)}  ${decimal(requests)} requests in both arms${days === null ? '' : `, ${daysWords(days)}`}: shows a harm of ${percent(detects)}`,
    ),
  ];
}
