/** The report of a launch decision: what a client signs, with everything that it rests on. */
import type { Warning } from '../core/warnings.ts';
import type { CandidateDecision, LaunchDecision } from '../runner/launch/launch.ts';
import { WIDE } from './charts/theme.ts';
import { whiskerChart } from './charts/whiskers.ts';
import type { Block, Report, Section, Table, TableRow } from './document.ts';
import { counted, decimal, estimatorName, percent } from './format.ts';
import {
  coverageWords,
  daysWords,
  liftRange,
  liftWords,
  moreRowsWords,
  valueWords,
  VERDICT_TITLES,
} from './launch-words.ts';

/** The report as data. Same decision, same report. `source` names the log. */
export function buildLaunchReport(decision: LaunchDecision, source: string): Report {
  const { verdict, candidate, reasons, baseline, minLift, risk, rows, candidates } = decision;
  const about = chosenOf(decision);
  const warnings = candidates.flatMap((one) =>
    [...one.blocking, ...one.doubts].map((warning) => of(one, warning, candidates)),
  );
  return {
    title: `${VERDICT_TITLES[verdict]}: ${candidate}`,
    question: `Should ${candidate} replace ${baseline.name}, if it must earn ${liftWords(minLift, decision)} or more?`,
    answer: `${VERDICT_TITLES[verdict]}. ${reasons.join(' ')}`,
    grounds: [
      `${counted(rows, 'row')} of ${source}, on which ${candidate} and ${baseline.name} were valued side by side.`,
      `The chance of launching any candidate whose lift is below ${liftWords(minLift, decision)} is at most ${percent(risk)}, as far as the interval’s coverage holds: ${coverageWords(about)}.`,
    ],
    warnings,
    signature: `adsim launch, schema ${decision.schemaVersion}, ${source}`,
    sections: [
      ...warningSection(warnings),
      liftSection(decision),
      mixtureSection(decision, about),
      ...segmentSection(decision, about),
      ...trafficSection(decision),
      methodSection(decision),
    ],
  };
}

function chosenOf({ candidate, candidates }: LaunchDecision): CandidateDecision {
  return candidates.find(({ name }) => name === candidate) ?? candidates[0];
}

function of({ name }: CandidateDecision, warning: Warning, all: readonly CandidateDecision[]): Warning {
  return all.length === 1 ? warning : { ...warning, message: `${name}: ${warning.message}` };
}

function warningSection(warnings: readonly Warning[]): Section[] {
  if (warnings.length === 0) return [];
  return [{ id: 'warnings', title: 'Warnings', blocks: [{ kind: 'warnings', warnings }] }];
}

function liftSection(decision: LaunchDecision): Section {
  const { candidates, baseline, rewardUnit, minLift, measure } = decision;
  const held = candidates.some((one) => one.moreRows !== null);
  const table: Table = {
    caption:
      `Lift over ${baseline.name}, which earns ${valueWords(baseline.value, rewardUnit)} a request. Each bound is one-sided at a risk of ` +
      `${percent(candidates[0].boundRisk)}, so that all of them hold together. Coverage: how often the rule held the truth on ` +
      'synthetic logs that resemble this one. Effective: how many rows drawn from the candidate itself would tell as much, and how many rewards of equal weight.',
    columns: [
      text('Candidate'),
      text('Verdict'),
      number('Lift'),
      number('Value a request'),
      text('Estimator and rule'),
      text('Coverage'),
      number('Effective'),
      ...(held ? [number('More rows')] : []),
    ],
    rows: candidates.map((one): TableRow => {
      const tone = one.verdict === 'launch' ? ({ tone: 'best' } as const) : {};
      return {
        ...tone,
        cells: [
          { text: one.name },
          { text: VERDICT_TITLES[one.verdict] },
          {
            text: liftWords(one.lift, decision),
            doubt: liftRange(one.interval, decision),
            doubtful: one.verdict === 'cannot-tell',
          },
          { text: valueWords(one.value, rewardUnit) },
          { text: `${estimatorName(one.estimator)}, ${one.rule ?? 'none that holds'}` },
          { text: coverageWords(one) },
          {
            text: counted(Math.round(one.effectiveSampleSize), 'row'),
            doubt: counted(Math.round(one.effectiveRewards), 'reward'),
          },
          ...(held ? [{ text: moreRowsWords(one.moreRows) }] : []),
        ],
      };
    }),
  };
  const whiskers = candidates.map((one) => ({
    name: one.name,
    value: one.lift ?? NaN,
    interval: one.interval,
    tone: one.verdict === 'launch' ? ('best' as const) : ('plain' as const),
    label: `${liftWords(one.lift, decision)} (${liftRange(one.interval, decision)})`,
  }));
  const bar = {
    name: 'asked for',
    value: minLift,
    interval: null,
    tone: 'reference' as const,
    label: liftWords(minLift, decision),
  };
  const title = `Lift over ${baseline.name}`;
  const charts: Block = {
    kind: 'charts',
    charts: [
      {
        id: 'chart-lift',
        title,
        caption:
          'Dots: estimates with their bounds. Grey: the lift asked for; a launch needs the whole interval at or beyond it.',
        alternative: [...whiskers, bar].map(({ name, label }) => `${name}: ${label}`).join('; '),
        width: WIDE,
        spec: whiskerChart([...whiskers, bar], title, measure === 'relative' ? '+.1%' : '+.3~g'),
      },
    ],
  };
  return { id: 'lift', title: 'Lift', blocks: [charts, { kind: 'table', table }] };
}

function mixtureSection(decision: LaunchDecision, { mixture, verdict }: CandidateDecision): Section {
  const tolerated = liftWords(-decision.tolerance, decision);
  const said =
    mixture === null
      ? 'None is named: the bounds on this log cannot be trusted, so no share of traffic can be called safe by it.'
      : mixture.share === 0
        ? `Not the smallest share is safe by this log: at the lower bound it could cost more than ${tolerated}.`
        : mixture.share === 1 && verdict === 'launch'
          ? `All of the traffic: at the lower bound the lift is ${liftWords(mixture.lower, decision)}.`
          : `${percent(mixture.share)} of the traffic: the mixture’s lift is ${liftWords(mixture.lift, decision)}, and at its lower bound ${liftWords(mixture.lower, decision)}, no worse than the ${tolerated} that are tolerated.`;
  return { id: 'mixture', title: 'Safest mixture', blocks: [{ kind: 'text', text: said }] };
}

function segmentSection(decision: LaunchDecision, { segments, name }: CandidateDecision): Section[] {
  if (segments.length === 0) return [];
  const words = { harmed: 'harmed', gains: 'gains', unsure: 'not sure', 'too-few': 'too few rows' } as const;
  const table: Table = {
    caption: `Lift of ${name} in each segment, worst first. Harmed: shown to lose, at a risk of ${percent(decision.risk / decision.looks)} of calling any segment harmed that is not (Holm over all that were judged).`,
    columns: [text('Segment'), text('Value'), number('Rows'), number('Lift'), text('Verdict')],
    rows: segments.map((one): TableRow => ({
      ...(one.verdict === 'too-few' ? { tone: 'reference' as const } : {}),
      cells: [
        { text: one.column },
        { text: one.name },
        { text: decimal(one.rows) },
        {
          text: liftWords(one.lift, decision),
          ...(one.verdict === 'too-few' ? {} : { doubt: liftRange(one.interval, decision) }),
          doubtful: one.verdict === 'harmed',
        },
        { text: words[one.verdict] },
      ],
    })),
  };
  return [{ id: 'segments', title: 'Segments', blocks: [{ kind: 'table', table }] }];
}

function trafficSection({ traffic, rowsPerDay }: LaunchDecision): Section[] {
  if (traffic === null) return [];
  const table: Table = {
    caption:
      `Each stage compares the candidate’s requests with the baseline’s of the same time, once, at its end. It is long enough to show, ` +
      `with chance ${percent(traffic.power)}, a harm that costs ${percent(traffic.harm)} of all reward (or half of the candidate’s own); ` +
      `a false alarm at any stage has a chance of ${percent(traffic.risk)} at most.` +
      (rowsPerDay === null
        ? ' The log does not say how many requests a day has.'
        : ` The log has ${decimal(rowsPerDay)} requests a day.`),
    columns: [
      number('Share of the candidate'),
      number('Requests of both'),
      number('Days'),
      number('Harm that it shows'),
      number('Risk'),
    ],
    rows: traffic.stages.map(({ share, requests, days, detects, risk }) => ({
      cells: [
        { text: percent(share) },
        { text: requests === null ? 'no comparison left' : decimal(requests) },
        { text: daysWords(days) },
        { text: requests === null ? '' : percent(detects) },
        { text: requests === null ? '' : percent(risk) },
      ],
    })),
  };
  return [{ id: 'traffic', title: 'Traffic plan', blocks: [{ kind: 'table', table }] }];
}

function methodSection({ measure, looks, candidates, power }: LaunchDecision): Section {
  const items = [
    `The lift is ${measure === 'relative' ? 'V(candidate) / V(baseline) − 1' : 'V(candidate) − V(baseline)'}, both estimated on the same rows with the same weights, so that what they share cancels.`,
    'Launch: the lower bound reaches what was asked. No-go: the upper bound does not. Hold: the log is sound and its interval holds what was asked. Can’t tell: a doubt that no interval knows of stands in the way, or no interval rule holds on such logs.',
    ...(candidates.length > 1
      ? ['Several candidates were tried: Holm’s correction keeps the chance of any wrong launch at the stated risk.']
      : []),
    looks === 1
      ? 'The risk is that of one look. Whoever asks again when the log has grown should state how many looks there will be.'
      : `The risk is divided among ${decimal(looks)} looks at the growing log.`,
    `“More rows” is how many rows like these would decide with chance ${percent(power)}, if the lift is what this log says.`,
    'A log tells what would have happened to its own requests. Where the policy changes who comes back, only a test can tell: adsim ab plan sizes it.',
  ];
  return { id: 'method', title: 'Method', blocks: [{ kind: 'list', items }] };
}

function text(title: string): Table['columns'][number] {
  return { title, numeric: false };
}

function number(title: string): Table['columns'][number] {
  return { title, numeric: true };
}
