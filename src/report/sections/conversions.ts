/** What models of conversions make of a log that some conversions are missing from. */
import type { ConversionModelResult, ConversionsResult } from '../../runner/conversion-results.ts';
import type { Results } from '../../runner/results.ts';
import { WIDE } from '../charts/theme.ts';
import { whiskerChart } from '../charts/whiskers.ts';
import type { Block, Section } from '../document.ts';
import { MISSING, PERCENT, counted, decimal, percent, plusMinus, quantity, signedPlusMinus } from '../format.ts';

/** The answer, where each model stands, and the numbers. */
export function conversionsSection(conversions: ConversionsResult, { world, seeds }: Results): Section {
  const { models, rate, reference } = conversions;
  const doubt =
    seeds.length < 2 ? 'One seed: no intervals.' : `95\u202f% intervals over ${counted(seeds.length, 'seed')}.`;
  const blocks: Block[] = [{ kind: 'text', text: conversionsInWords(conversions, world.conversionWindowHours) }];
  const taught = models.flatMap(({ name, scores }) => (scores ? [{ name, scores }] : []));
  if (taught.length > 0) {
    blocks.push({
      kind: 'charts',
      charts: [
        {
          id: 'chart-conversions',
          title: 'How far from the true conversion rate',
          caption: `Mean of what each model says a click brings, over all requests and ads, against the truth (0: right). ${doubt}`,
          alternative: taught.map(({ name, scores }) => `${name}: ${signedPlusMinus(scores.bias, PERCENT)}`).join('; '),
          width: WIDE,
          spec: whiskerChart(
            taught.map(({ name, scores: { bias } }) => ({
              name,
              value: bias.mean,
              interval: bias.interval,
              tone: 'plain',
              label: signedPlusMinus(bias, PERCENT),
            })),
            'bias',
            '+.0%',
            'model',
          ),
        },
      ],
    });
  }
  blocks.push({
    kind: 'table',
    table: {
      caption:
        `Against the truth on visits that were not logged, over all requests and ads; the true conversion rate of a click is ` +
        `${plusMinus(rate, PERCENT)}. Errors are root mean squares in percentage points. ${doubt}`,
      columns: [
        { title: 'Model', numeric: false },
        { title: 'bias', numeric: true },
        { title: reference === null ? '|bias|' : `|bias| less ${reference}’s`, numeric: true },
        { title: 'error of a click’s rate', numeric: true },
        { title: 'error of an impression’s rate', numeric: true },
      ],
      rows: models.map((model) => ({ cells: cellsOf(model, seeds.length).map((text) => ({ text })) })),
    },
  });
  return { id: 'conversions', title: 'How well conversions can be predicted', blocks };
}

function cellsOf({ name, seeds, scores }: ConversionModelResult, all: number): string[] {
  if (scores === null) return [`${name}: its log taught it nothing`, MISSING, MISSING, MISSING, MISSING];
  const { bias, lessBias, error, shownError } = scores;
  return [
    seeds < all ? `${name} (${decimal(seeds)} of ${counted(all, 'seed')})` : name,
    signedPlusMinus(bias, PERCENT),
    lessBias === null ? '' : signedPlusMinus({ ...lessBias, level: 0.95 }, PERCENT),
    plusMinus(error, PERCENT),
    plusMinus(shownError, PERCENT),
  ];
}

/** How much of what clicks bring the log had seen, and which models that misleads. */
export function conversionsInWords({ clicks, seen, models }: ConversionsResult, windowHours: number | null): string {
  const late =
    windowHours === null
      ? 'Conversions come at once here.'
      : `Conversions may come up to ${decimal(windowHours)} hours after the click: of those that a log’s clicks will bring, ${plusMinus(seen, PERCENT)} had come by its end.`;
  const verdicts = models.flatMap(({ name, scores }) => (scores ? [`${name} ${verdictOn(scores.bias)}`] : []));
  const answer = verdicts.length === 0 ? 'No model could learn from it.' : `Against the truth: ${verdicts.join('; ')}.`;
  return `A log of ${quantity(clicks.mean)} clicks. ${late} ${answer}`;
}

function verdictOn(bias: NonNullable<ConversionModelResult['scores']>['bias']): string {
  const far = percent(Math.abs(bias.mean), 0);
  const way = bias.mean < 0 ? 'too low' : 'too high';
  if (bias.interval === null) return `is ${far} ${way} in the one seed, which says little`;
  const [low, high] = bias.interval;
  return low <= 0 && high >= 0 ? `is not told from right (${signedPlusMinus(bias, PERCENT)})` : `is ${far} ${way}`;
}
