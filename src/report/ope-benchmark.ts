/** The report of a benchmark of estimators: which to trust, and where each breaks. */
import type { BenchmarkResults, WorldResult } from '../runner/ope-benchmark/benchmark.ts';
import type { EstimatorMeasures } from '../runner/ope-benchmark/measures.ts';
import type { Summary } from '../core/statistics.ts';
import { stepChart } from './charts/steps.ts';
import { rounded } from './charts/theme.ts';
import { whiskerChart } from './charts/whiskers.ts';
import type { Chart, Report, Section, Table } from './document.ts';
import { counted, decimal, estimatorName, listed, percent, rateWithInterval } from './format.ts';

/** The report as data. Same results, same report. */
export function buildOpeBenchmarkReport(results: BenchmarkResults): Report {
  const { worlds, leftOut, seeds, level } = results;
  const best = worlds.map((world) => ({ world, one: bestOf(world) }));
  const held = worlds.filter((world) => bestOf(world).coverageInterval[1] >= level);
  return {
    title: `Off-policy estimators: ${results.name}`,
    question: results.question,
    answer: worlds.length === 0 ? 'No world could be played.' : answerOf(results),
    grounds: [
      ...best.map(
        ({ world, one }) =>
          `${world.name}: ${estimatorName(one.estimator)} is nearest, off by ${percent(one.relativeError.mean, 1)}${doubtOf(one.relativeError)} of the truth; ` +
          `its ${percent(level, 0)} intervals held it in ${percent(one.coverage, 0)}.`,
      ),
      `In ${held.length} of ${worlds.length} worlds the intervals of the nearest estimator hold as often as they say, as far as ${counted(seeds, 'log')} can tell.`,
    ],
    warnings: leftOut.map(({ name, file }) => ({
      kind: 'no-data',
      message: `${name} was left out: ${file} is not at hand`,
      advice: 'give the folder of data sets by --data',
    })),
    signature: `adsim ope-benchmark, ${results.signature}`,
    sections: [
      ...(leftOut.length === 0 ? [] : [warningsSection(results)]),
      overview(results),
      ...worlds.map((world, w) => worldSection(world, w, results)),
      method(results),
    ],
  };
}

function answerOf({ worlds }: BenchmarkResults): string {
  const wins = new Map<string, string[]>();
  for (const world of worlds) {
    const { estimator } = bestOf(world);
    wins.set(estimator, [...(wins.get(estimator) ?? []), world.name]);
  }
  const [[most, where]] = [...wins].toSorted(([, a], [, b]) => b.length - a.length);
  return wins.size === 1
    ? `${estimatorName(most)} is nearest to the truth in every world.`
    : `No estimator is nearest everywhere: ${estimatorName(most)} is in ${where.length} of ${worlds.length} worlds (${listed(where)}).`;
}

/** Least mean relative error; NaN never wins. */
function bestOf({ estimators }: WorldResult): EstimatorMeasures {
  const error = ({ relativeError: { mean } }: EstimatorMeasures): number => (Number.isNaN(mean) ? Infinity : mean);
  return estimators.reduce((best, one) => (error(one) < error(best) ? one : best));
}

function warningsSection({ leftOut }: BenchmarkResults): Section {
  const items = leftOut.map(({ name, file }) => `${name} needs ${file}: give the folder of data sets by --data.`);
  return { id: 'warnings', title: 'Left out', blocks: [{ kind: 'list', items }] };
}

/** Relative error by world and estimator at a glance. */
function overview({ worlds, level }: BenchmarkResults): Section {
  const names = worlds[0]?.estimators.map(({ estimator }) => estimator) ?? [];
  const columns = [text('estimator'), ...worlds.map(({ name }) => number(name))];
  const cells = (of: (one: EstimatorMeasures) => { text: string; doubtful?: boolean }): Table['rows'] =>
    names.map((name, e) => ({
      cells: [{ text: estimatorName(name) }, ...worlds.map((world) => of(world.estimators[e]))],
    }));
  return {
    id: 'overview',
    title: 'All worlds at a glance',
    blocks: [
      {
        kind: 'table',
        table: {
          caption: 'Mean relative error |estimate − truth| / |truth|.',
          columns,
          rows: cells((one) => ({ text: percent(one.relativeError.mean, 1) })),
        },
      },
      {
        kind: 'table',
        table: {
          caption: `How often nominal ${percent(level, 0)} intervals (delta method, normal) held the truth; marked where they fall short by more than chance.`,
          columns,
          rows: cells((one) => ({ text: percent(one.coverage, 0), doubtful: one.coverageInterval[1] < level })),
        },
      },
    ],
  };
}

function worldSection(world: WorldResult, w: number, results: BenchmarkResults): Section {
  const best = bestOf(world);
  const table: Table = {
    caption:
      `${counted(results.seeds, 'log')} of about ${decimal(world.rows)} rows; means over logs with Student’s 95 % interval. ` +
      'Area: under the distribution of squared relative errors, 1 is no error. Worst: root of the mean of the worst 30 % of squared relative errors.',
    columns: [
      text('estimator'),
      number('relative error'),
      number('bias'),
      number('RMSE'),
      number('area'),
      number('worst'),
      number('coverage'),
      number('rank correlation'),
      ...best.regret.flatMap(({ k }) => [number(`regret@${k}`), ...(k > 1 ? [number(`Sharpe@${k}`)] : [])]),
    ],
    rows: world.estimators.map((one) => ({
      ...(one === best && { tone: 'best' as const }),
      cells: [
        { text: estimatorName(one.estimator) },
        doubted(one.relativeError, (x) => percent(x, 1)),
        { text: decimal(one.bias.mean, 5) },
        { text: decimal(Math.sqrt(one.meanSquaredError.mean), 5) },
        { text: decimal(one.areaUnderCurve, 2) },
        { text: percent(Math.sqrt(one.worstSquaredError), 0) },
        {
          text: rateWithInterval(one.coverage, one.coverageInterval),
          doubtful: one.coverageInterval[1] < results.level,
        },
        { text: one.rankCorrelation === null ? '–' : decimal(one.rankCorrelation.mean, 2) },
        ...one.regret.flatMap(({ k, regret, sharpeRatio }) => [
          { text: percent(regret.mean, 1) },
          ...(k > 1 ? [{ text: sharpeRatio === null ? '–' : decimal(sharpeRatio.mean, 2) }] : []),
        ]),
      ],
    })),
  };
  const candidates: Table = {
    caption: `Candidates: mean true value, and how many of its own rows the log is worth to it. The policy that logged: ${decimal(world.behaviourTruth, 4)}.`,
    columns: [text('candidate'), number('true value'), number('effective sample size')],
    rows: world.candidates.map((one) => ({
      cells: [{ text: one.name }, { text: decimal(one.truth, 4) }, { text: decimal(one.effectiveSampleSize) }],
    })),
  };
  return {
    id: `world-${w + 1}`,
    title: world.name,
    blocks: [
      { kind: 'charts', charts: [errorChart(world, w, best), curveChart(world, w, best)] },
      { kind: 'table', table },
      { kind: 'table', table: candidates },
    ],
  };
}

function errorChart({ estimators }: WorldResult, w: number, best: EstimatorMeasures): Chart {
  const rows = estimators
    .filter(({ relativeError: { mean } }) => !Number.isNaN(mean))
    .toSorted((a, b) => a.relativeError.mean - b.relativeError.mean)
    .map((one) => ({
      name: estimatorName(one.estimator),
      value: one.relativeError.mean,
      interval: one.relativeError.interval,
      tone: one === best ? ('best' as const) : ('plain' as const),
      label: percent(one.relativeError.mean, 1),
    }));
  return {
    id: `errors-${w + 1}`,
    title: 'Relative error',
    caption: 'Mean over logs, with Student’s 95 % interval: nearest to the truth on top.',
    alternative: rows.map(({ name, label }) => `${name} ${label}`).join(', '),
    spec: whiskerChart(rows, 'relative error', '.0%'),
    width: 1000,
  };
}

/** Lines that a reader can tell apart. */
const LINES = 6;

/** The distribution of squared errors: the higher and the further left a line, the better. */
function curveChart({ estimators }: WorldResult, w: number, best: EstimatorMeasures): Chart {
  const shown = estimators
    .filter(({ squaredErrorQuantiles: [first] }) => first !== undefined)
    .toSorted((a, b) => b.areaUnderCurve - a.areaUnderCurve)
    .slice(0, LINES);
  const limit = 4 * best.squaredErrorQuantiles[89];
  const values = shown.flatMap(({ estimator, squaredErrorQuantiles }) => {
    const inside = squaredErrorQuantiles.filter((one) => one <= limit);
    const points = inside.map((x, p) => ({ series: estimatorName(estimator), x: rounded(x), share: (p + 1) / 100 }));
    const start = { series: estimatorName(estimator), x: 0, share: 0 };
    return [start, ...points, { series: estimatorName(estimator), x: rounded(limit), share: inside.length / 100 }];
  });
  return {
    id: `curves-${w + 1}`,
    title: 'How squared errors are distributed',
    caption: `Share of estimates whose squared relative error is at most so much, of the ${shown.length} estimators with the largest area: higher is better, and a line that stays low far out has estimates that are wildly wrong.`,
    alternative: shown
      .map((one) => `${estimatorName(one.estimator)}: area ${decimal(one.areaUnderCurve, 2)}`)
      .join(', '),
    spec: stepChart({
      values,
      series: shown.map(({ estimator }) => estimatorName(estimator)),
      xTitle: 'squared relative error',
      xFormat: '~g',
      yTitle: 'share of estimates',
    }),
    width: 1000,
  };
}

function method({ level, tolerance }: BenchmarkResults): Section {
  const items = [
    'The truth of a policy is the mean, over the rows of its log, of its odds times the true expected reward of each action.',
    'Reward models are cross-fitted: each action’s mean in markets, a logistic regression on context and action elsewhere.',
    'Means are over logs, the candidates of a log averaged first: they share its luck. Wilson’s interval of a coverage takes a log as one trial, too.',
    `Area: the mean of max(1 − e / ${tolerance}², 0) over squared relative errors e (Saito et al. 2021, Evaluating the robustness of off-policy evaluation, AU-CDF).`,
    'Regret@k: what the best of the k policies that look best earns less than the best of all, as a share of the best.',
    'Sharpe@k: what the best of these k earns above the policy that logged, over the standard deviation of all k, for each would be tried (Kiyohara et al. 2024).',
    `Intervals are the delta method’s at ${percent(level, 0)}. Estimates that are undefined on a log count as intervals that missed.`,
  ];
  return { id: 'method', title: 'Method', blocks: [{ kind: 'list', items }] };
}

function doubtOf({ mean, interval }: Summary): string {
  return interval === null ? '' : ` ± ${percent(interval[1] - mean, 1)}`;
}

function doubted({ mean, interval }: Summary, say: (x: number) => string): { text: string; doubt?: string } {
  return interval === null ? { text: say(mean) } : { text: say(mean), doubt: `± ${say(interval[1] - mean)}` };
}

function text(title: string): Table['columns'][number] {
  return { title, numeric: false };
}

function number(title: string): Table['columns'][number] {
  return { title, numeric: true };
}
