/** What each element of composited creatives adds, and which of them agents came to show. */
import type { ElementsResult } from '../../runner/image-results.ts';
import type { Results } from '../../runner/results.ts';
import { measureOf, sorted } from '../compare.ts';
import type { Section } from '../document.ts';
import { counted, decimal, percent, rewardUnit, signedPlusMinus } from '../format.ts';

/** Agents whose choice is shown. */
const SHOWN = 4;

/** One table: effect as estimated and as it is, and shares of impressions. */
export function elementsSection({ combinations, factors }: ElementsResult, results: Results): Section {
  const unit = rewardUnit(results.world.rewardUnit);
  const agents = sorted(results.agents, measureOf(results))
    .slice(0, SHOWN)
    .map(({ name }) => name);
  const { behaviour } = results.offPolicy;
  return {
    id: 'elements',
    title: 'What each element adds',
    blocks: [
      {
        kind: 'text',
        text:
          `Each product image is shown in ${counted(combinations, 'combination')} of ` +
          `${factors.map(({ name, levels }) => `${name} (${decimal(levels.length)})`).join(' × ')}. An element’s effect is the reward ` +
          'of creatives that have it, all else chosen evenly, less that of all creatives: by how it is liked, and by how it ' +
          `lets the product be recognised. Estimated from what ${behaviour} showed, weighed to an even choice; true effects are ` +
          'over all creatives in the same requests. ± is half the 95\u202f% interval over seeds, each a world of its own.',
      },
      {
        kind: 'table',
        table: {
          caption: `Effect on the reward per impression, and the share of an agent’s impressions that have the element.`,
          columns: ['element', 'impressions', 'estimated effect', 'true effect', ...agents].map((title, c) => ({
            title,
            numeric: c > 0,
          })),
          rows: factors
            .filter(({ levels }) => levels.length > 1)
            .flatMap(({ name, levels }) =>
              levels.map((level) => ({
                cells: [
                  `${name}: ${level.name}`,
                  decimal(level.impressions),
                  level.estimated === null ? 'never shown' : signedPlusMinus(level.estimated, unit),
                  signedPlusMinus(level.actual, unit),
                  ...agents.map((agent) => {
                    const share = level.shares.find((one) => one.agent === agent)?.share;
                    return share ? percent(share.rate, 0) : '';
                  }),
                ].map((text) => ({ text })),
              })),
            ),
        },
      },
    ],
  };
}
