import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { countTable } from '../../src/env/count-table.ts';

it('counts as a Map does, however keys collide and however often it grows or is cleared', () => {
  // Keys that share their low bits, and keys beyond 2³².
  const key = fc.oneof(
    fc.nat(50),
    fc.nat(3000).map((x) => x * 1024),
    fc.nat(50).map((x) => x * 2 ** 32 + 7),
  );
  const work = fc.array(fc.oneof({ weight: 3000, arbitrary: key }, { weight: 1, arbitrary: fc.constant(-1) }), {
    minLength: 2000,
    maxLength: 4000,
    size: 'max',
  });
  fc.assert(
    fc.property(work, (keys) => {
      const table = countTable();
      const truth = new Map<number, number>();
      for (const k of keys) {
        if (k < 0) {
          table.clear();
          truth.clear();
        } else {
          table.add(k);
          truth.set(k, (truth.get(k) ?? 0) + 1);
        }
      }
      for (const k of [...keys.filter((k) => k >= 0), 12_345_678]) expect(table.get(k)).toBe(truth.get(k) ?? 0);
    }),
    { numRuns: 30, endOnFailure: true },
  );
});
