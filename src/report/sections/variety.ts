/** Does mode collapse cost money? */
import type { VarietyPoint, VarietyResult } from '../../runner/image-results.ts';
import type { Results } from '../../runner/results.ts';
import { HALF } from '../charts/theme.ts';
import { varietyChart } from '../charts/variety.ts';
import type { Section } from '../document.ts';
import { counted, decimal, meanAndDoubt, percent, quantity, rewardUnit, signedPlusMinus } from '../format.ts';

const SERIES = ['best possible', 'linear bandit, learning'];

const stopped = (steps: number | undefined): string =>
  steps === undefined ? '' : `, stopped after ${counted(steps, 'step')}`;

/** Coverage and regret on one chart, and the numbers. */
export function varietySection({ groups, points, early, loss }: VarietyResult, { world }: Results): Section {
  const unit = rewardUnit(world.rewardUnit);
  const most = points[points.length - 1];
  const rows: (VarietyPoint & { steps?: number })[] = early ? [...points, early] : [...points];
  const collapsed = loss === null ? null : { ...loss, level: 0.95 };
  return {
    id: 'variety',
    title: 'Does mode collapse cost money?',
    blocks: [
      {
        kind: 'text',
        text:
          `A collapsed generator repeats itself. Here each category has ${counted(most.distinct, 'creative')} in every world, but ` +
          'only so many distinct images among them; headlines, products, users and luck are the same. ' +
          (collapsed === null
            ? 'One seed gives no interval.'
            : `With one image per category instead of ${decimal(most.distinct)}, the best that can be shown to each user is worth ` +
              `${signedPlusMinus(collapsed, unit)} per request (${percent(collapsed.mean / most.best.mean, 1)}).`) +
          (early === undefined
            ? ''
            : ` Beside it: ${decimal(early.distinct)} images per category of the same generator, stopped after ${counted(early.steps, 'step')}.`),
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
          caption: 'Expected reward per request: true, mean over seeds ± half the 95\u202f% interval.',
          columns: ['distinct images', 'groups made', ...SERIES].map((title) => ({ title, numeric: true })),
          rows: rows.map(({ distinct, reached, best, learned, steps }) => ({
            cells: [
              { text: `${decimal(distinct)}${stopped(steps)}` },
              { text: `${decimal(reached)} of ${decimal(groups)}` },
              ...[best, learned].map((value) => {
                const { mean, doubt } = meanAndDoubt(value, unit);
                return doubt === '' ? { text: mean } : { text: mean, doubt };
              }),
            ],
          })),
        },
      },
    ],
  };
}
