/** The creatives on show, and how good their generator is. */
import type { CreativeResult, CreativesResult } from '../../runner/results.ts';
import { distancesChart } from '../charts/distances.ts';
import { HALF } from '../charts/theme.ts';
import { trainingChart } from '../charts/training.ts';
import type { Block, Section } from '../document.ts';
import { counted, decimal, percent, quantity, rateWithInterval } from '../format.ts';
import { greyPngDataUri } from '../png.ts';

/** The gallery: pixels, category, headline, impressions, click rate. */
export function gallerySection(creatives: CreativesResult): Section {
  return {
    id: 'creatives',
    title: 'The creatives',
    blocks: [
      {
        kind: 'text',
        text:
          `${counted(creatives.gallery.length, 'creative')}, drawn by a generator trained on ${creatives.source}. Impressions and ` +
          'click rates are over all agents and seeds, so better agents show a creative to those who like it: compare ' +
          'agents, not creatives, by them. Brackets: 95\u202f% interval over the seeds, each a world with tastes of its own.',
      },
      {
        kind: 'gallery',
        items: creatives.gallery.map((one) => ({
          title: one.headline,
          subtitle: `${one.category} · ${one.name}`,
          image: greyPngDataUri(one.pixels),
          alternative: `Generated picture of ${one.category}, recognised with probability ${probability(one)}`,
          lines: [
            ...(one.ctr === null
              ? ['never shown']
              : [counted(one.impressions, 'impression'), `CTR ${rateWithInterval(one.ctr.rate, one.ctr.interval)}`]),
            `recognised ${probability(one)}`,
          ],
        })),
      },
    ],
  };
}

/** Recognisability is a log-probability [nats]; a reader wants the probability. */
function probability(creative: CreativeResult): string {
  return percent(Math.exp(creative.recognisability), 0);
}

/** Recognised share, distances, training. */
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
            : 'That is about the most to hope for.'),
      },
      ...(charts.length > 0 ? [{ kind: 'charts' as const, charts }] : []),
    ],
  };
}
