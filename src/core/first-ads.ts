/** What a log of pages says of single ads: the first ad of every page that was shown. */
import type { ImpressionLog } from './contracts.ts';
import { selectRows } from './log.ts';

/**
 * A log of one slot: the first ad of each row, where it was shown. Its reward is what that ad brought; where `priceOut`
 * is set, before its price (what an auction charges is not the ad's doing). The log itself where nothing changes.
 */
export function firstAds(log: ImpressionLog, priceOut: boolean): ImpressionLog {
  const L = log.spec.slots;
  const rows: number[] = [];
  for (let i = 0; i < log.size; i++) if (log.outcomes.slot[i * L] >= 0) rows.push(i);
  if (L === 1 && rows.length === log.size && !priceOut) return log;
  const picked = selectRows(log, rows);
  const { decisions: x, outcomes: o } = picked;
  const first = <T extends Float64Array | Int32Array | Int8Array | Uint8Array>(column: T): T =>
    (L === 1 ? column : column.filter((_, c) => c % L === 0)) as T;
  const cost = first(o.cost);
  const reward = (L === 1 ? o.reward : first(o.adReward)).map((value, i) => (priceOut ? value + cost[i] : value));
  return {
    ...picked,
    spec: { ...log.spec, slots: 1 },
    decisions: { ...x, action: first(x.action), propensity: first(x.propensity) },
    outcomes: {
      ...o,
      slot: first(o.slot),
      cost,
      click: first(o.click),
      conversion: first(o.conversion),
      revenue: first(o.revenue),
      ...(o.delayHours && { delayHours: first(o.delayHours) }),
      reward,
      adReward: reward,
    },
  };
}
