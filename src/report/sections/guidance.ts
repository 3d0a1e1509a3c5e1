/** What it was worth to choose images by what was clicked. */
import type { GuidanceResult } from '../../runner/image-results.ts';
import type { Results } from '../../runner/results.ts';
import type { Block, Section } from '../document.ts';
import { meanAndDoubt, percent, plusMinus, rewardUnit, signedPlusMinus } from '../format.ts';
import type { Unit } from '../format.ts';
import { greyPngDataUri } from '../png.ts';
import type { PairedDifference } from '../../core/paired.ts';
import type { Summary } from '../../core/statistics.ts';

/** Values before and after, what the predictor learned, and images of the first seed's world. */
export function guidanceSection(guidance: GuidanceResult, { world, seeds }: Results): Section {
  const unit = rewardUnit(world.rewardUnit);
  const { unguided, recognised, guided, gain, gainOverRecognised, predictedGain } = guidance;
  const row = (text: string, value: Summary, difference: PairedDifference | null): readonly string[] => {
    const { mean, doubt } = meanAndDoubt(value, unit);
    return [text, `${mean} ${doubt}`.trim(), difference === null ? '' : differenceOf(difference, unit)];
  };
  return {
    id: 'guidance',
    title: 'Images chosen by clicks',
    blocks: [
      { kind: 'text', text: inWords(guidance, unit, seeds) },
      {
        kind: 'table',
        table: {
          caption:
            'True expected reward per request of an even choice among the images, with the same headlines, products, users ' +
            'and luck; mean over seeds ± half the 95\u202f% interval. Differences are seed by seed: of the guided images.',
          columns: [
            { title: 'images', numeric: false },
            { title: 'true value', numeric: true },
            { title: 'guided is better by', numeric: true },
          ],
          rows: [
            row('as drawn', unguided, gain),
            row('most recognisable', recognised, gainOverRecognised),
            row('guided by clicks', guided, null),
          ].map((cells) => ({ cells: cells.map((text) => ({ text })) })),
        },
      },
      appealBlock(guidance, predictedGain),
      ...imageBlocks(guidance),
    ],
  };
}

function differenceOf({ mean, interval, count }: PairedDifference, unit: Unit): string {
  return signedPlusMinus({ mean, interval, count, level: 0.95 }, unit);
}

function inWords({ unguided, gain }: GuidanceResult, unit: Unit, seeds: readonly string[]): string {
  const how =
    'In each world images are first shown evenly, a logistic regression learns from the clicks what style and ' +
    'recognisability are worth, and of many images that the generator can make the best of each category are taken. It ' +
    'never sees the truth, which is asked of the finished choice. ';
  if (gain === null) return `${how}One seed gives no interval.`;
  const share = percent(gain.mean / unguided.mean, 0);
  if (gain.interval[0] <= 0) return `${how}Whether that pays is not settled by ${seeds.length} seeds.`;
  return `${how}The guided images earn ${differenceOf(gain, unit)} per request more than images as drawn: ${share} more.`;
}

function appealBlock({ appeal }: GuidanceResult, predictedGain: Summary): Block {
  return {
    kind: 'table',
    table: {
      caption:
        `What the predictor learned, per standard deviation of a style and per nat of recognisability [logit]. It expected ` +
        `${plusMinus(predictedGain)} more from the images it chose. Tastes differ from world to world: wide intervals here ` +
        'are differences between worlds, too.',
      columns: [
        { title: 'feature', numeric: false },
        { title: 'weight', numeric: true },
      ],
      rows: appeal.map(({ feature, weight }) => ({
        cells: [{ text: feature }, { text: signedPlusMinus(weight) }],
      })),
    },
  };
}

function imageBlocks({ images }: GuidanceResult): Block[] {
  return [
    { kind: 'text', text: 'In the first seed’s world: each category’s first image as drawn, and the best by clicks.' },
    {
      kind: 'gallery',
      items: images.flatMap(({ category, unguided, guided }) =>
        (
          [
            ['as drawn', unguided],
            ['guided', guided],
          ] as const
        ).map(([how, pixels]) => ({
          title: category,
          subtitle: how,
          image: greyPngDataUri(pixels),
          alternative: `Generated picture of ${category}, ${how}`,
          lines: [],
        })),
      ),
    },
  ];
}
