/** The report of a fitted population: who the users are, and how a market of them resembles days it has not seen. */
import type { PopulationResult } from '../../runner/fit/population.ts';
import { isUnlike } from '../../runner/fit/population-check.ts';
import type { PopulationCheck, Resemblance } from '../../runner/fit/population-check.ts';
import { cumulativeChart } from '../charts/cumulative.ts';
import { hourChart, splitChart } from '../charts/groups.ts';
import { WIDE } from '../charts/theme.ts';
import type { Block, Chart, Report, Section, Table } from '../document.ts';
import { confidence, counted, decimal, interval, listed, PERCENT, percent } from '../format.ts';

/** What is drawn, in this order. */
const HELD_OUT = 'log, held out';
const MARKET = 'market';
const BEFORE = 'log, days before';

/** The report as data. Same result, same report. */
export function buildPopulationReport(result: PopulationResult): Report {
  const { log, fitted, check, source } = result;
  return {
    title: `Population of ${source}`,
    question: 'Who are the users of this log, and does a market of such users resemble days it has not seen?',
    answer: answerOf(result),
    grounds: [
      `Estimated on ${counted(log.size, 'row')} of ${counted(log.users, 'user')} in ${counted(fitted.visits, 'visit')} over ${counted(fitted.days, 'day')}; rows of one user at one time are one visit.`,
      ...(check
        ? [
            `Checked on the last ${counted(check.days, 'day')}: a market was fitted on the days before them alone and played over them.`,
          ]
        : []),
    ],
    warnings: result.warnings,
    signature: `adsim fit, schema 1, log sha256 ${result.sha256}`,
    sections: [
      ...warnings(result),
      personas(result),
      ...(check ? [distances(check), comeAndGo(check), likings(check), top(check)] : []),
      method(result),
    ],
  };
}

function answerOf({ fitted, check }: PopulationResult): string {
  const who = `Silhouettes make out ${counted(fitted.segments.length, 'segment')}`;
  if (!check) return `${who}; the log is too short to check a market of them.`;
  const unlike = check.traits.filter(({ distances: [first] }) => isUnlike(first));
  const told =
    unlike.length === 0
      ? `In none of ${check.traits.length} traits is a market of them told to be further from the`
      : `In ${listed(unlike.map(({ trait }) => trait))} a market of them is further from the`;
  return `${who}. ${told} ${counted(check.days, 'day')} held out than chance and the days before explain.`;
}

function warnings({ warnings: all }: PopulationResult): Section[] {
  if (all.length === 0) return [];
  return [{ id: 'warnings', title: 'Warnings', blocks: [{ kind: 'warnings', warnings: all }] }];
}

function personas({ log, fitted }: PopulationResult): Section {
  const { activityShapeInterval: bounds } = fitted;
  const table: Table = {
    caption:
      'Segments by k-means on what users buy, how often and how lately they came; names are what sets a segment apart. ' +
      'Activity is visits against the mean user’s.',
    columns: ['segment', 'users', 'activity', 'categories'].map((title, c) => ({ title, numeric: c === 1 || c === 2 })),
    rows: fitted.segments.map(({ name, share, activity, affinity }) => ({
      cells: [
        { text: name },
        { text: percent(share, 1) },
        { text: `${decimal(activity, 2)} ×` },
        { text: liked(affinity, log.categories) },
      ],
    })),
  };
  const facts: [string, string][] = [
    ['visits of a user a day', decimal(fitted.visitsPerUserPerDay, 4)],
    [
      'shape of activity (Gamma)',
      bounds
        ? `${decimal(fitted.activityShape, 2)} (95 %: ${decimal(bounds[0], 2)} to ${decimal(bounds[1], 2)})`
        : `${decimal(fitted.activityShape, 2)}, hardly told by this log`,
    ],
    ['users who happened not to come', decimal(fitted.unseen)],
    [
      'silhouettes',
      fitted.silhouettes.map(({ segments, silhouette }) => `${segments}: ${decimal(silhouette, 3)}`).join(', '),
    ],
  ];
  return {
    id: 'segments',
    title: 'Who they are',
    blocks: [
      { kind: 'table', table },
      { kind: 'facts', facts },
    ],
  };
}

/** The four categories liked most. */
function liked(affinity: readonly number[], names: readonly string[]): string {
  const order = affinity.map((share, c) => ({ share, name: names[c] })).toSorted((a, b) => b.share - a.share);
  return order
    .slice(0, 4)
    .map(({ name, share }) => `${name} ${percent(share, 0)}`)
    .join(', ');
}

function distances({ traits, days, visits }: PopulationCheck): Section {
  const columns = ['trait', 'measure', 'market', `${confidence(0.95)} interval`, 'chance', 'days before'];
  const table: Table = {
    caption:
      'Distance from the days held out, 0 being none: the market’s, with a bootstrap interval over users; what chance alone ' +
      'stays below in 95 % of cases; and that of as many days just before. Marked where the market is further than both.',
    columns: columns.map((title, c) => ({ title, numeric: c > 1 })),
    rows: traits.flatMap(({ trait, unit, distances: all }) =>
      all.map((distance, m) => {
        const { measure, simulated, before } = distance;
        const decimals = measure === 'Wasserstein' ? 2 : 3;
        const suffix = measure === 'Wasserstein' ? ` ${unit}` : '';
        return {
          cells: [
            { text: m === 0 ? trait : '' },
            { text: measure },
            { text: `${decimal(simulated.value, decimals)}${suffix}`, doubtful: isUnlike(distance) },
            { text: `${decimal(simulated.interval[0], decimals)} to ${decimal(simulated.interval[1], decimals)}` },
            { text: decimal(simulated.chance, decimals) },
            { text: decimal(before.value, decimals) },
          ],
        };
      }),
    ),
  };
  const text =
    `Visits in the ${counted(days, 'day')} held out: ${decimal(visits.heldOut)} in the log, ${decimal(visits.simulated)} in the market, ` +
    `${decimal(visits.before)} in as many days before.`;
  return {
    id: 'resemblance',
    title: 'The market against days it has not seen',
    blocks: [
      { kind: 'table', table },
      { kind: 'text', text },
    ],
  };
}

/** How the three compare in one trait: a series each. */
function threefold<T>(
  { heldOut, simulated, before }: Resemblance,
  of: (series: string, shares: Float64Array) => T,
): T[] {
  return [of(HELD_OUT, heldOut), of(MARKET, simulated), of(BEFORE, before)];
}

function comeAndGo({ traits }: PopulationCheck): Section {
  const ordered = traits.filter(({ unit }) => unit !== null);
  const charts = ordered.map((one, t): Chart => ({
    id: `trait-${t + 1}`,
    title: one.trait,
    caption: 'Share of users or visits at or below each value.',
    alternative: `${one.trait}: ${sayDistance(one)}`,
    spec: cumulativeChart(
      threefold(one, (series, shares) => ({ series, shares })),
      `${one.trait} [${one.unit}]`,
      'share',
    ),
    width: WIDE,
  }));
  const hours = traits.find(({ trait }) => trait === 'hour of the day') as Resemblance;
  charts.push({
    id: 'trait-hour',
    title: 'hour of the day',
    caption: 'Share of visits in each hour.',
    alternative: `hour of the day: ${sayDistance(hours)}`,
    spec: hourChart(
      pointsOf(hours, (_, bin) => String(bin)),
      'share of visits',
      '.0%',
    ),
    width: WIDE,
  });
  return { id: 'visits', title: 'When they come', blocks: [{ kind: 'charts', charts }] };
}

function likings(check: PopulationCheck): Section {
  const named = (trait: string): Resemblance => check.traits.find((one) => one.trait === trait) as Resemblance;
  const chart = (one: Resemblance, id: string, names: readonly string[]): Chart => ({
    id,
    title: one.trait,
    caption: 'Share of rows or visits in each.',
    alternative: `${one.trait}: ${sayDistance(one)}`,
    spec: splitChart(
      pointsOf(one, (_, bin) => names[bin]),
      'share',
      '.0%',
    ),
    width: WIDE,
  });
  const charts = [
    chart(named('categories'), 'trait-categories', check.categories),
    chart(named('day of the week'), 'trait-weekday', WEEKDAYS),
  ];
  return { id: 'likings', title: 'What they take, and on which days', blocks: [{ kind: 'charts', charts }] };
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function pointsOf(one: Resemblance, group: (series: string, bin: number) => string): Parameters<typeof splitChart>[0] {
  return threefold(one, (series, shares) =>
    Array.from(shares, (value, bin) => ({ series, group: group(series, bin), value, interval: null })),
  ).flat();
}

function sayDistance({ distances: [{ measure, simulated, before }] }: Resemblance): string {
  return `${measure} ${decimal(simulated.value, 3)} between market and days held out, ${decimal(before.value, 3)} between these and the days before.`;
}

function top({ concentration }: PopulationCheck): Section {
  const table: Table = {
    caption: `Share of visits made by the most frequent users, with ${confidence(0.95)} intervals (bootstrap over users).`,
    columns: ['most frequent', HELD_OUT, MARKET, BEFORE].map((title, c) => ({ title, numeric: c > 0 })),
    rows: concentration.map(({ top: share, heldOut, simulated, before }) => ({
      cells: [
        { text: percent(share, 0) },
        ...[heldOut, simulated, before].map(({ value, interval: bounds }) => ({
          text: percent(value, 1),
          doubt: interval(bounds, PERCENT),
        })),
      ],
    })),
  };
  return { id: 'concentration', title: 'How much few users make', blocks: [{ kind: 'table', table }] };
}

function method({ log }: PopulationResult): Section {
  const { noUser, cancelled, noQuantity, noText } = log.dropped;
  const items = [
    `Of ${counted(log.read, 'row')} read, ${decimal(log.size)} are used; left out: ${decimal(cancelled)} cancelled, ${decimal(noQuantity)} without a quantity, ${decimal(noUser)} without a user, ${decimal(noText)} without a text.`,
    'The number of segments is the one with the best mean silhouette of 2 to 8.',
    'Activity is a Gamma mixture of Poissons within each segment, fitted by maximum likelihood to users who came at least once; those who did not are counted as unseen.',
    'Distances: Kolmogorov–Smirnov is the largest difference of cumulative shares, Wasserstein the mean way a user has to be moved, total variation the share that has to be moved between kinds.',
    'Use it: population: { fitted: <this file’s .yaml> } in a world’s config.',
  ];
  const blocks: Block[] = [{ kind: 'list', items }];
  return { id: 'method', title: 'Method', blocks };
}
