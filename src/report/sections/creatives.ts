/** The creatives on show. */
import type { CreativeResult, CreativesResult } from '../../runner/results.ts';
import type { Section } from '../document.ts';
import { counted, percent, rateWithInterval } from '../format.ts';
import { greyPngDataUri } from '../png.ts';

/** Pictures in a gallery, so that composites don't flood it. */
const SHOWN = 60;

/** The gallery: pixels, category, headline, impressions, click rate. */
export function gallerySection(creatives: CreativesResult, composited: boolean): Section {
  const all = creatives.gallery;
  const shown =
    all.length <= SHOWN || !composited ? all : [...all].sort((a, b) => b.impressions - a.impressions).slice(0, SHOWN);
  return {
    id: 'creatives',
    title: 'The creatives',
    blocks: [
      {
        kind: 'text',
        text:
          `${counted(all.length, 'creative')}, drawn by a generator trained on ${creatives.source}. ` +
          `${shown === all ? '' : `Here are the ${SHOWN} that were shown most. `}Impressions and ` +
          'click rates are over all agents and seeds, so better agents show a creative to those who like it: compare ' +
          'agents, not creatives, by them. Brackets: 95\u202f% interval over the seeds, each a world with tastes of its own.',
      },
      {
        kind: 'gallery',
        items: shown.map((one) => ({
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
