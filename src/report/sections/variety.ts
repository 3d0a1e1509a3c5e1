/** Does mode collapse cost money? */
import type { VarietyResult } from '../../runner/image-results.ts';
import type { Results } from '../../runner/results.ts';
import { HALF } from '../charts/theme.ts';
import { varietyChart } from '../charts/variety.ts';
import type { Section } from '../document.ts';
import { counted, decimal, meanAndDoubt, percent, quantity, rewardUnit, signedPlusMinus } from '../format.ts';

const SERIES = ['best possible', 'linear bandit, learning'];

/** Coverage and regret on one chart, and the numbers. */
export function varietySection({ groups, points, loss }: VarietyResult, { world }: Results): Section {
  const unit = rewardUnit(world.rewardUnit);
  const most = points[points.length - 1];
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
              `${signedPlusMinus(collapsed, unit)} per request (${percent(collapsed.mean / most.best.mean, 1)}).`),
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
            alternative: points
              .map(
                ({ distinct, reached, regret }) =>
                  `${distinct} distinct: ${percent(reached / groups, 0)} of groups, regret ${quantity(regret.best.mean, unit)}`,
              )
              .join('; '),
            width: HALF,
            spec: varietyChart(
              points.flatMap(({ distinct, reached, regret }) =>
                [regret.best, regret.learned].map((one, s) => ({
                  series: SERIES[s],
                  distinct,
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
          rows: points.map(({ distinct, reached, best, learned }) => ({
            cells: [
              { text: decimal(distinct) },
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
