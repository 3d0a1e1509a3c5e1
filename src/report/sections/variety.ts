/** Does mode collapse cost money? */
import type { PairedDifference } from '../../core/paired.ts';
import type { VarietyPoint, VarietyResult } from '../../runner/image-results.ts';
import type { Results } from '../../runner/results.ts';
import { HALF } from '../charts/theme.ts';
import { varietyChart } from '../charts/variety.ts';
import type { Section } from '../document.ts';
import type { Unit } from '../format.ts';
import { counted, decimal, meanAndDoubt, percent, quantity, rewardUnit, signedPlusMinus } from '../format.ts';

const SERIES = ['best possible', 'linear bandit'];

const stopped = (steps: number | undefined): string =>
  steps === undefined ? '' : `, stopped after ${counted(steps, 'step')}`;

/** What one image per category, and the early generator, change; of one seed nothing can be said. */
export function varietyInWords({ points, early }: VarietyResult, { world }: Results): string {
  const unit = rewardUnit(world.rewardUnit);
  const most = points[points.length - 1];
  const cost = ({ change: { best, learned } }: VarietyPoint): string =>
    best === null || learned === null
      ? 'one seed gives no interval'
      : `the best for each user changes by ${changeText(best, unit)} (${percent(best.mean / most.best.mean, 1)}), what a linear ` +
        `bandit earns by ${changeText(learned, unit)}`;
  return (
    `Per request, with one image per category instead of ${decimal(most.distinct)}: ${cost(points[0])}.` +
    (early
      ? ` With ${decimal(early.distinct)}, but stopped after ${counted(early.steps, 'step')}: ${cost(early)}.`
      : '')
  );
}

const changeText = (change: PairedDifference, unit: Unit): string => signedPlusMinus({ ...change, level: 0.95 }, unit);

/** Coverage and regret on one chart, and the numbers. */
export function varietySection(variety: VarietyResult, results: Results): Section {
  const { groups, points, early } = variety;
  const unit = rewardUnit(results.world.rewardUnit);
  const most = points[points.length - 1];
  const rows: (VarietyPoint & { steps?: number })[] = early ? [...points, early] : [...points];
  return {
    id: 'variety',
    title: 'Does mode collapse cost money?',
    blocks: [
      {
        kind: 'text',
        text:
          `A collapsed generator repeats itself. Here each category has ${counted(most.distinct, 'creative')} in every world, but ` +
          'only so many distinct images among them; headlines, products, users and luck are the same. ' +
          varietyInWords(variety, results),
      },
      {
        kind: 'charts',
        charts: [
          {
            id: 'chart-variety',
            title: 'Coverage and regret',
            caption:
              `Regret per request against the best of all ${decimal(most.distinct)} images per category, over the share of ` +
              `${counted(groups, 'group')} of real images (k-means in the perception model’s features) that at least one image falls ` +
              'in. Numbers: distinct images per category. Lines: 95\u202f% intervals over seeds.',
            alternative: rows
              .map(
                ({ distinct, reached, regret, steps }) =>
                  `${distinct} distinct${stopped(steps)}: ${percent(reached / groups, 0)} of groups, regret ${quantity(regret.best.mean, unit)}`,
              )
              .join('; '),
            width: HALF,
            spec: varietyChart(
              rows.flatMap(({ distinct, reached, regret, steps }) =>
                [regret.best, regret.learned].map((one, s) => ({
                  series: SERIES[s],
                  distinct,
                  ...(steps !== undefined && { earlySteps: steps }),
                  coverage: reached / groups,
                  regret: one.mean * unit.scale,
                  interval:
                    one.interval === null
                      ? null
                      : ([one.interval[0] * unit.scale, one.interval[1] * unit.scale] as const),
                })),
              ),
              SERIES,
              unit.suffix.trim(),
            ),
          },
        ],
      },
      {
        kind: 'table',
        table: {
          caption:
            'Expected reward per request: true, mean over seeds ± half the 95\u202f% interval; and its change from ' +
            `all ${decimal(most.distinct)} images per category, seed by seed.`,
          columns: ['distinct images', 'groups made', ...SERIES.flatMap((title) => [title, 'change'])].map((title) => ({
            title,
            numeric: true,
          })),
          rows: rows.map(({ distinct, reached, best, learned, change, steps }) => ({
            cells: [
              { text: `${decimal(distinct)}${stopped(steps)}` },
              { text: `${decimal(reached)} of ${decimal(groups)}` },
              ...[
                { value: best, less: change.best },
                { value: learned, less: change.learned },
              ].flatMap(({ value, less }) => {
                const { mean, doubt } = meanAndDoubt(value, unit);
                return [
                  doubt === '' ? { text: mean } : { text: mean, doubt },
                  { text: less === null ? '' : changeText(less, unit) },
                ];
              }),
            ],
          })),
        },
      },
    ],
  };
}
