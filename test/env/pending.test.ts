import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pendingConversions } from '../../src/env/pending.ts';
import type { PendingConversion } from '../../src/env/pending.ts';

function conversion(due: number, impression: number, slot = 0): PendingConversion {
  return { due, impression, slot, clicked: 0, player: 0, user: 0, action: 0, revenueUsd: 1, reward: 1 };
}

describe('conversions under way', () => {
  it('come out by when they are due, then by impression and slot, whatever the order they went in', () => {
    const some = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat(20), fc.nat(2)), { maxLength: 60 });
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: 9 }), (items, hour) => {
        const pending = pendingConversions();
        for (const [due, impression, slot] of items) pending.add(conversion(due, impression, slot));
        const taken: number[][] = [];
        for (let one = pending.take(hour); one; one = pending.take(hour)) {
          taken.push([one.due, one.impression, one.slot]);
        }
        const due = items.filter((item) => item[0] <= hour);
        expect(taken).toEqual(due.toSorted((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]));
        let left = 0;
        while (pending.take(Infinity)) left++;
        expect(left).toBe(items.length - due.length);
      }),
    );
  });

  it('are forgotten on clear', () => {
    const pending = pendingConversions();
    pending.add(conversion(1, 1));
    pending.clear();
    expect(pending.take(Infinity)).toBeUndefined();
  });
});
