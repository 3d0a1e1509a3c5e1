/** Creatives that came after the log: `creatives.newPerCategory`. */
import type { ActionTable, Environment, ImpressionLog } from '../core/contracts.ts';
import { firstAds } from '../core/first-ads.ts';
import { selectRows } from '../core/log.ts';
import type { ResolvedExperiment } from './config.ts';

/** (k) 1 for actions whose creative the log never showed; undefined where there are none. */
export function newActions(
  { creatives, world }: Pick<ResolvedExperiment, 'creatives' | 'world'>,
  { creative }: ActionTable,
): Uint8Array | undefined {
  const { perCategory, newPerCategory } = creatives;
  if (newPerCategory === undefined) return undefined;
  // Creatives stand category after category, and the combinations of one product together.
  const size = creative.reduce((most, c) => Math.max(most, c + 1), 0);
  const combinations = size / (world.categories * perCategory);
  return Uint8Array.from(creative, (c) =>
    Math.floor(c / combinations) % perCategory >= perCategory - newPerCategory ? 1 : 0,
  );
}

/** The world before these actions were there: nobody may be shown them. */
export function worldBefore(environment: Environment, fresh: Uint8Array): Environment {
  const k = fresh.length;
  return {
    ...environment,
    observe(out, player) {
      const more = environment.observe(out, player);
      for (let cell = 0; cell < out.size * k; cell++) if (fresh[cell % k] === 1) out.eligible[cell] = 0;
      return more;
    },
  };
}

/** The rows in which one of these actions was the first ad shown. */
export function rowsShowing(log: ImpressionLog, actions: Uint8Array): ImpressionLog {
  const shown = firstAds(log, false);
  const { action } = shown.decisions;
  return selectRows(
    shown,
    Array.from({ length: shown.size }, (_, i) => i).filter((i) => actions[action[i]] === 1),
  );
}
