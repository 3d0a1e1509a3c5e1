/** Off-policy evaluation: what the behaviour policy's log says of the other policies, beside the truth. */
import type { OffPolicyEstimator, OffPolicyPolicy, Results } from '../../runner/results.ts';
import { offPolicyChart } from '../charts/off-policy.ts';
import { WIDE } from '../charts/theme.ts';
import type { Cell, Section, TableRow } from '../document.ts';
import {
  MISSING,
  confidence,
  counted,
  decimal,
  estimatorName,
  isShown,
  listed,
  percent,
  quantity,
  rewardName,
  rewardUnit,
} from '../format.ts';
import type { Unit } from '../format.ts';

/** Chart of the first seed, table over all of them. */
export function offPolicySection(results: Results): Section {
  const { behaviour, rows, level, policies } = results.offPolicy;
  const unit = rewardUnit(results.world.rewardUnit);
  const firstSeed = policies[0].estimators[0]?.seeds[0]?.seed ?? '';
  const { spec, cut } = offPolicyChart(
    policies,
    0,
    `value per request [${rewardName(results.world.rewardUnit)}]`,
    '.3~g',
  );
  const rules = [...new Set(policies.flatMap((policy) => policy.estimators.map((one) => one.rule)))];
  const beyond = cut === 0 ? '' : ` Intervals that reach beyond the chart are cut at its edge: ${cut}.`;
  const estimators = [...new Set(policies.flatMap((policy) => policy.estimators.map((one) => one.estimator)))];
  return {
    id: 'off-policy',
    title: 'What the log alone would have said',
    blocks: [
      {
        kind: 'text',
        text:
          `${behaviour} collected ${decimal(rows)} rows in each seed. Each policy, frozen after training, is valued from ` +
          'those rows alone, as one would before a launch; the simulator knows the true value, so the estimates can be checked.' +
          (results.world.sequential
            ? ' Here an action changes which requests come later: these are values of one decision on the log’s rows, not of ' +
              'what the policy would earn once it steers the sessions itself.'
            : ''),
      },
      {
        kind: 'charts',
        charts: [
          {
            id: 'chart-off-policy',
            title: `Estimates on the log of seed ${firstSeed}`,
            caption:
              `Dots: estimates with ${confidence(level)} intervals (${listed(rules)}). Vertical ticks: the true value.${beyond} ` +
              'Click an estimator to see it alone.',
            alternative: policies
              .map((policy) => {
                const told = policy.estimators
                  .filter((one) => one.seeds.length > 0)
                  .map((one) => `${estimatorName(one.estimator)} ${quantity(one.seeds[0].value)}`);
                return `${policy.policy}: true ${quantity(policy.estimators[0]?.seeds[0]?.truth, unit)}, ${told.join(', ')}`;
              })
              .join('; '),
            width: WIDE,
            spec,
          },
        ],
      },
      {
        kind: 'table',
        table: {
          caption:
            `Mean estimate over ${counted(results.seeds.length, 'seed')}; below it, seeds whose interval holds the true value, and the ` +
            'relative error (root mean square over seeds). Tinted: fewer hold it than chance explains. Effective rows: how ' +
            'many rows drawn from the policy itself would tell as much (mean over seeds, least of the estimators); few of ' +
            'many mean that the log hardly saw what the policy would do.' +
            (estimators.includes('dm') ? MODEL_BIAS : ''),
          columns: [
            { title: 'Policy', numeric: false },
            { title: 'Effective rows', numeric: true },
            { title: 'True value', numeric: true },
            ...estimators.map((name) => ({ title: estimatorName(name), numeric: true })),
          ],
          rows: [
            ...policies.map((policy) => rowOf(policy, estimators, level, { ...unit, suffix: '' })),
            totals(policies, estimators),
          ],
        },
      },
    ],
  };
}

function rowOf(policy: OffPolicyPolicy, estimators: readonly string[], level: number, unit: Unit): TableRow {
  const sizes = policy.estimators.map((one) => meanOf(one.seeds.map((seed) => seed.effectiveSampleSize)));
  const truths = policy.estimators[0]?.seeds.map((seed) => seed.truth) ?? [];
  return {
    cells: [
      { text: policy.policy },
      { text: decimal(Math.min(...sizes.filter(isShown))) },
      { text: quantity(meanOf(truths), unit) },
      ...estimators.map((name) =>
        cellOf(
          policy.estimators.find((one) => one.estimator === name),
          level,
          unit,
        ),
      ),
    ],
  };
}

const MODEL_BIAS = ' DM trusts its model: its interval knows the noise of the rows but not the bias of the model.';

/** Covered and relative error over all policies and seeds; the log is the same, so these are no independent trials. */
function totals(policies: readonly OffPolicyPolicy[], estimators: readonly string[]): TableRow {
  const cells = estimators.map((name): Cell => {
    const all = policies.flatMap((policy) => policy.estimators.filter((one) => one.estimator === name));
    const covered = all.reduce((sum, one) => sum + one.covered, 0);
    const trials = all.reduce((sum, one) => sum + withInterval(one), 0);
    const squares = all.map(({ relativeError: error }) => (error === null ? null : error * error));
    return { text: `${covered} of ${trials}`, doubt: percent(Math.sqrt(meanOf(squares))) };
  });
  return { cells: [{ text: 'all policies' }, { text: '' }, { text: '' }, ...cells], tone: 'reference' };
}

function cellOf(one: OffPolicyEstimator | undefined, level: number, unit: Unit): Cell {
  if (one === undefined) return { text: MISSING };
  const trials = withInterval(one);
  return {
    text: quantity(meanOf(one.seeds.map((seed) => seed.value)), unit),
    doubt: trials === 0 ? 'no interval' : `${one.covered} of ${trials}, ${percent(one.relativeError)}`,
    doubtful: unlikelyCoverage(one.covered, trials, level),
  };
}

/** Seeds whose log could tell: the estimate has an interval. */
function withInterval(one: OffPolicyEstimator): number {
  return one.seeds.filter((seed) => seed.interval !== null).length;
}

/** True where so few of n intervals would hold the truth by chance in less than 1 of 1000 tables (binomial tail). */
export function unlikelyCoverage(covered: number, n: number, level: number): boolean {
  let probability = 1;
  for (let i = 0; i < n; i++) probability *= 1 - level; // none of n
  let tail = probability;
  for (let k = 1; k <= covered; k++) {
    probability *= ((n - k + 1) / k) * (level / (1 - level));
    tail += probability;
  }
  return n > 0 && tail < 0.001;
}

function meanOf(values: readonly (number | null)[]): number {
  const shown = values.filter(isShown);
  return shown.length === 0 ? NaN : shown.reduce((sum, value) => sum + value, 0) / shown.length;
}
