/** How good the generator of the creatives is. */
import type { CreativesResult } from '../../runner/results.ts';
import { distancesChart } from '../charts/distances.ts';
import { HALF } from '../charts/theme.ts';
import { trainingChart } from '../charts/training.ts';
import type { Block, Section, Table } from '../document.ts';
import { mosaicDataUri } from '../png.ts';
import { counted, decimal, interval, PERCENT, percent, quantity, rateWithInterval } from '../format.ts';

/** Recognised share, distances, training, what is made and what was learned by heart. */
export function generatorSection(creatives: CreativesResult): Section {
  const { recognised, distances, training } = creatives;
  const charts: Extract<Block, { kind: 'charts' }>['charts'][number][] = [];
  if (distances.length > 0) {
    charts.push({
      id: 'chart-distances',
      title: 'Distance to real images',
      caption:
        'FID-like distance to held-out real images in the features of a small classifier; shorter is better. Not ' +
        'comparable with FID from other networks.',
      alternative: distances.map((one) => `${one.of} ${quantity(one.distance)}`).join('; '),
      width: HALF,
      spec: distancesChart(distances),
    });
  }
  if (training.step.length > 1) {
    charts.push({
      id: 'chart-training',
      title: 'Training',
      caption: 'Losses of the two networks; each learns against the other, so neither falls to zero in a healthy run.',
      alternative:
        `After ${decimal(training.step.at(-1))} steps: generator ${quantity(training.generatorLoss.at(-1))}, ` +
        `discriminator ${quantity(training.discriminatorLoss.at(-1))}`,
      width: HALF,
      spec: trainingChart(training),
    });
  }
  return {
    id: 'generator',
    title: 'How good the generator is',
    blocks: [
      {
        kind: 'text',
        text:
          `Of ${counted(recognised.samples, 'sample')}, ${rateWithInterval(recognised.rate, recognised.interval)} are ` +
          `recognised as their category by a judge that saw neither them nor the images they were trained on; on real ` +
          `images the judge itself is right ${percent(recognised.judgeAccuracy)} of the time. ` +
          (recognised.rate > recognised.judgeAccuracy
            ? 'More than that means samples more typical of their category than real images are: easier to name, less varied.'
            : 'That is about the most to hope for.') +
          varietyDoubt(distances),
      },
      ...(charts.length > 0 ? [{ kind: 'charts' as const, charts }] : []),
      ...snapshotBlocks(creatives),
      { kind: 'table', table: distancesTable(distances) },
      { kind: 'text', text: memorisedInWords(creatives.memorised) },
      { kind: 'table', table: categoriesTable(recognised.byCategory) },
    ],
  };
}

/** Samples that are easy to name may still be all alike. */
function varietyDoubt(distances: CreativesResult['distances']): string {
  const [samples, real] = ['samples', 'real images'].map((name) => distances.find(({ of }) => of === name)?.recall);
  if (!samples || !real || samples.interval[1] >= real.interval[0]) return '';
  return (
    ` But they are less varied than real images: ${rateWithInterval(samples.rate, samples.interval)} of held-out real images have a ` +
    `sample among their like (recall), and ${percent(real.rate, 1)} one of as many other real images.`
  );
}

const SIDE = 28;

/** The same noise again and again while training went on. */
function snapshotBlocks({ snapshots }: CreativesResult): Block[] {
  if (snapshots.length === 0) return [];
  return [
    {
      kind: 'text',
      text: 'What the generator made of the same noise as training went on, the ten categories in turn.',
    },
    {
      kind: 'gallery',
      items: snapshots.map(({ step, pixels }) => ({
        title: counted(step, 'step'),
        subtitle: '',
        image: mosaicDataUri(pixels, SIDE),
        alternative: `25 generated pictures after ${counted(step, 'training step')}`,
        lines: [],
      })),
    },
  ];
}

const numeric = (title: string): Table['columns'][number] => ({ title, numeric: true });

/** What a judge sees of each set of images. */
function distancesTable(distances: CreativesResult['distances']): Table {
  return {
    caption:
      'Sets of equally many images against held-out real ones, in the features of the judge: Fréchet distance and squared ' +
      'maximum mean discrepancy (0: as real ones); precision, the share that looks real; recall, the share of real images ' +
      'that it could have made; groups of real images that it makes at all, and that it makes too often or too seldom. ' +
      'Brackets: 95\u202f% intervals.',
    columns: [
      { title: 'images', numeric: false },
      ...['FID-like', 'KID-like', 'precision', 'recall', 'groups made', 'uneven'].map(numeric),
    ],
    rows: distances.map(({ of, distance, kernel, precision, recall, modes }) => ({
      cells: [
        { text: of },
        { text: quantity(distance) },
        { text: quantity(kernel.value), doubt: interval(kernel.interval) },
        { text: percent(precision.rate), doubt: interval(precision.interval, PERCENT) },
        { text: percent(recall.rate), doubt: interval(recall.interval, PERCENT) },
        { text: `${decimal(modes.covered)} of ${decimal(modes.groups)}` },
        { text: decimal(modes.uneven) },
      ],
      ...(of === 'real images' && { tone: 'reference' as const }),
    })),
  };
}

/** Recognised samples, category by category. */
function categoriesTable(categories: CreativesResult['recognised']['byCategory']): Table {
  return {
    caption: 'Samples recognised as the category they were asked for, beside what the judge recognises of real images.',
    columns: [{ title: 'category', numeric: false }, ...['samples', 'real images'].map(numeric)],
    rows: categories.map(({ category, rate, interval: bounds, judgeAccuracy }) => ({
      cells: [
        { text: category },
        { text: percent(rate), doubt: interval(bounds, PERCENT) },
        { text: percent(judgeAccuracy) },
      ],
    })),
  };
}

function memorisedInWords({ copies, heldOut, pValue, medianRatio }: CreativesResult['memorised']): string {
  const found = copies.interval[0] > 0.01 && pValue < 0.01;
  return (
    `Learned by heart: ${rateWithInterval(copies.rate, copies.interval)} of the samples are as much nearer to one training ` +
    `image than to any other as only 1\u202f% of real images outside the training are (of others of those: ` +
    `${rateWithInterval(heldOut.rate, heldOut.interval)}). The nearest training image is at ${percent(medianRatio.samples, 0)} of ` +
    `the distance of the second nearest (median; real images ${percent(medianRatio.heldOut, 0)}; of no ` +
    `difference p ${pValue < 1e-4 ? '< 0.0001' : `= ${decimal(pValue, 4)}`}). ` +
    (found ? 'Some samples repeat training images.' : 'Nothing says that samples repeat training images.')
  );
}
