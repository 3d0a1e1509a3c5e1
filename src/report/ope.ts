/** The report of `adsim ope`: what a policy is worth on somebody's log, how each interval was made and how often it holds. */
import type { Estimate } from '../core/contracts.ts';
import { distinctWarnings } from '../core/warnings.ts';
import type { LogValue } from '../runner/ope/results.ts';
import { whiskerChart } from './charts/whiskers.ts';
import { WIDE } from './charts/theme.ts';
import type { Block, Report, Section, TableRow } from './document.ts';
import {
  confidence,
  counted,
  decimal,
  estimatorName,
  interval,
  listed,
  PERCENT,
  quantity,
  rateWithInterval,
  rewardName,
} from './format.ts';
import type { Unit } from './format.ts';
import { answerOf, leadOf, NONE, nounOf, unitOf } from './ope-words.ts';
import { diagnosticsSection } from './sections/diagnostics.ts';

/** The report as data. Same result, same report. */
export function buildOpeReport(found: LogValue): Report {
  const { log, policy, logged, level, estimates, model } = found;
  const unit = unitOf(log);
  const lead = leadOf(estimates);
  const warnings = doubtsOf(found);
  return {
    title: `${policy.name} on ${fileName(log.path)}`,
    question: log.groups
      ? `What would ${policy.name} have been worth, had it run these ${counted(log.groups.count, log.groups.kind)}?`
      : `What would ${policy.name} have been worth, had it been shown to these ${decimal(log.rows)} requests?`,
    answer: answerOf(found, lead, unit),
    grounds: [
      `${counted(log.rows, 'row')}${log.groups ? ` in ${counted(log.groups.count, log.groups.kind)}` : ''} of ${counted(log.actions, 'action')}; the policy that collected them was worth ` +
        `${rateWithInterval(logged.value, logged.interval, unit)}${unit === PERCENT ? ' clicks' : ''} per ${nounOf(log)}.`,
      `${confidence(level)} intervals; each names its rule${found.measured ? ` and in how many of ${found.measured.worlds} made-up logs like this one that rule held the truth` : ''}.`,
      ...log.skipped.map(
        ({ reason, count, first }) => `Left out ${counted(count, 'bad row')}: ${reason}; first ${first}.`,
      ),
      ...(model === null ? [] : [`Rewards are predicted by ${model}.`]),
    ],
    warnings,
    signature: found.signature,
    sections: [
      estimatesSection(found, unit),
      ...(warnings.length === 0
        ? []
        : [{ id: 'warnings', title: 'Doubts', blocks: [{ kind: 'warnings', warnings }] } satisfies Section]),
      ...coverageSections(found),
      diagnosticsSection(found.diagnostics, unit),
      method(found),
    ],
  };
}

/** A path's last part: where a log lies is nobody's business but its owner's. */
const fileName = (path: string): string => path.split(/[\\/]/u).findLast((part) => part !== '') ?? path;

/** Each kind of doubt once; the first case stands for the others. */
function doubtsOf({ diagnostics, estimates }: LogValue): Report['warnings'] {
  const all = distinctWarnings([...diagnostics.warnings, ...estimates.flatMap(({ warnings }) => warnings)]);
  return all.filter(({ kind }, i) => all.findIndex((other) => other.kind === kind) === i);
}

function estimatesSection({ estimates, logged, level, measured, leftOut, log }: LogValue, unit: Unit): Section {
  const bare = { ...unit, suffix: unit === PERCENT ? PERCENT.suffix : '' };
  const rows: TableRow[] = [
    {
      cells: [
        { text: 'logged policy' },
        { text: quantity(logged.value, bare) },
        { text: interval(logged.interval, bare) || NONE },
        { text: logged.rule },
        { text: '' },
      ],
      tone: 'reference',
    },
    ...estimates.map((one): TableRow => ({
      cells: [
        { text: estimatorName(one.estimator) },
        { text: quantity(one.value, bare) },
        {
          text: interval(one.interval, bare) || NONE,
          doubtful: one.warnings.some(({ kind }) => kind === 'coverage-falls-short'),
        },
        { text: one.rule },
        { text: coverageText(one), doubtful: one.warnings.some(({ kind }) => kind === 'coverage-falls-short') },
      ],
    })),
  ];
  const finite = (bounds: readonly [number, number]): readonly [number, number] | null =>
    bounds.every(Number.isFinite) ? bounds : null;
  const scaled = (x: number): number => x * unit.scale;
  const chart = whiskerChart(
    [
      {
        name: 'logged policy',
        value: scaled(logged.value),
        interval: finite([scaled(logged.interval[0]), scaled(logged.interval[1])]),
        tone: 'reference',
        label: rateWithInterval(logged.value, logged.interval, bare),
      },
      ...estimates
        .filter(({ value }) => Number.isFinite(value))
        .map((one) => ({
          name: estimatorName(one.estimator),
          value: scaled(one.value),
          interval: finite([scaled(one.interval[0]), scaled(one.interval[1])]),
          tone: one === leadOf(estimates) ? ('best' as const) : ('plain' as const),
          label: rateWithInterval(one.value, one.interval, bare),
        })),
    ],
    unit === PERCENT ? 'click rate [%]' : `${rewardName(log.rewardUnit)} per ${nounOf(log)}`,
    '~g',
  );
  const blocks: Block[] = [
    {
      kind: 'charts',
      charts: [
        {
          id: 'estimates',
          title: 'Value of the policy, by estimator',
          caption: `Dots: estimates; lines: ${confidence(level)} intervals. Coloured: the one that the answer quotes; grey: the policy that collected the log.`,
          alternative: estimates
            .map((one) => `${estimatorName(one.estimator)} ${rateWithInterval(one.value, one.interval, unit)}`)
            .join('; '),
          spec: chart,
          width: WIDE,
        },
      ],
    },
    {
      kind: 'table',
      table: {
        caption:
          `Value per ${nounOf(log)} with its ${confidence(level)} interval.` +
          (measured
            ? ` Held the truth in: share of ${measured.worlds} made-up logs of ${decimal(measured.rows)} ${log.groups ? `${log.groups.kind}s drawn from these` : 'rows with this log’s weights and rates'}, with Wilson’s 95\u202f% interval.`
            : ''),
        columns: [
          { title: 'Estimator', numeric: false },
          { title: 'Value', numeric: true },
          { title: 'Interval', numeric: true },
          { title: 'Rule', numeric: false },
          { title: 'Held the truth in', numeric: true },
        ],
        rows,
      },
    },
  ];
  if (leftOut.length > 0) {
    blocks.push({
      kind: 'text',
      text: `Left out: ${leftOut.map(({ estimator, why }) => `${estimatorName(estimator)}, because ${why}`).join('; ')}.`,
    });
  }
  return { id: 'estimates', title: 'Estimates', blocks };
}

/** In how many made-up logs the interval held the truth. */
export function coverageText({ coverage, measured }: Estimate): string {
  return coverage === undefined || !measured ? 'not measurable' : rateWithInterval(coverage, measured.interval);
}

function coverageSections({ measured, level, log }: LogValue): Section[] {
  if (!measured) return [];
  const rules = [...new Set(measured.estimators.flatMap((one) => one.rules.map(({ rule }) => rule)))];
  return [
    {
      id: 'coverage',
      title: 'How far intervals can be trusted',
      blocks: [
        {
          kind: 'text',
          text: `${
            log.groups
              ? `Logs are drawn from these ${log.groups.kind}s with replacement, and the estimate from all of them is their true value: weights heavier than any seen here are beyond that.`
              : 'Logs are drawn from a made-up population that has this log’s weights, click rates and model, and whose true value is known.'
          } A ${confidence(level)} interval should hold it in ${confidence(level)} of them. Tinted: it falls short by more than chance explains.`,
        },
        {
          kind: 'table',
          table: {
            caption: `Share of ${measured.worlds} made-up logs of ${decimal(measured.rows)} ${nounOf(log)}s whose interval held the truth.`,
            columns: [{ title: 'Estimator', numeric: false }, ...rules.map((rule) => ({ title: rule, numeric: true }))],
            rows: measured.estimators.map(({ name, rules: found }) => ({
              cells: [
                { text: estimatorName(name) },
                ...rules.map((rule) => {
                  const one = found.find((other) => other.rule === rule);
                  return one
                    ? { text: rateWithInterval(one.coverage, one.interval), doubtful: one.interval[1] < level }
                    : { text: '–' };
                }),
              ],
            })),
          },
        },
      ],
    },
  ];
}

function method({ estimates, policy, measured, log }: LogValue): Section {
  return {
    id: 'method',
    title: 'Method',
    blocks: [
      {
        kind: 'list',
        items: [
          `Weights are the odds of the logged action under ${policy.name}, over the propensity that it was logged with${log.groups ? `, multiplied over the rows of ${log.groups.kind === 'episode' ? 'an episode' : 'a slate'}` : ''}.`,
          METHODS[nounOf(log)],
          `Estimators used: ${listed(estimates.map(({ estimator }) => estimatorName(estimator)))}.`,
          measured
            ? 'The rule of each interval is the simplest of those tried whose measured coverage does not fall short. Not measurable: the direct method and estimators that put its model in the place of heavy weights; their error is the bias of the model, which no made-up population knows.'
            : 'Coverage was not measured.',
          'Nothing here knows of causes that the log does not show: if the logging policy saw more than the log holds, every estimate is off.',
        ],
      },
    ],
  };
}

/** What the estimators do, by what they value. */
const METHODS: Readonly<Record<string, string>> = {
  row: 'IPS averages weighted rewards; SNIPS divides by the mean weight; DM asks a reward model; DR corrects the model by its weighted error; SNDR divides that correction by the mean weight; Switch-DR and DRos leave heavy weights out or make them smaller, at a bias.',
  episode:
    'TIS weighs what an episode brought by the odds of all its steps, PDIS each reward by those of the steps down to it; WIS and WPDIS divide by mean weights; DM asks a model of what is still to come; DR corrects it step by step, WDR with weights divided by their mean.',
  slate:
    'SIPS weighs a page by the odds of all of it, RIPS each place by those of it and the places above (right where users read from the top), IIPS by its own alone (right where places do not touch each other); SNSIPS, SNRIPS and SNIIPS divide by mean weights; cascade-dr corrects RIPS by a model; PI is right where a page brings the sum of its places.',
};
