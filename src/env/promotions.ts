/** Promotions: windows of time in which products of some categories cost less. */
import { CATEGORY_NAMES } from '../core/contracts.ts';
import type { ActionTable } from '../core/contracts.ts';
import type { WorldConfig } from './config.ts';

export interface Promotions {
  /** How many there are. */
  count: number;
  /** The promotions that are on at `hour`, a bit each. */
  on(hour: number): number;
  /** (k) 1 − discount of every action while these promotions are on, and its log; the deepest discount counts. */
  priceFactors(on: number): Float64Array;
  logPriceFactors(on: number): Float64Array;
}

/** The promotions of a world. */
export function promotionsOf({ promotions }: WorldConfig, actions: ActionTable): Promotions {
  const known: Float64Array[] = [];
  const logs: Float64Array[] = [];
  return { count: promotions.length, on, priceFactors, logPriceFactors };

  function on(hour: number): number {
    let bits = 0;
    promotions.forEach(({ fromHour, toHour, everyHours }, p) => {
      if (hour < fromHour) return;
      const since = everyHours === undefined ? hour - fromHour : (hour - fromHour) % everyHours;
      if (since < toHour - fromHour) bits |= 1 << p;
    });
    return bits;
  }

  function priceFactors(bits: number): Float64Array {
    return (known[bits] ??= factorsOf(bits));
  }

  function logPriceFactors(bits: number): Float64Array {
    return (logs[bits] ??= priceFactors(bits).map((factor) => Math.log(factor)));
  }

  function factorsOf(bits: number): Float64Array {
    return Float64Array.from(actions.category, (c) => {
      let factor = 1;
      promotions.forEach(({ categories, discount }, p) => {
        if ((bits & (1 << p)) === 0) return;
        if (!categories || categories.includes(CATEGORY_NAMES[c])) factor = Math.min(factor, 1 - discount);
      });
      return factor;
    });
  }
}
