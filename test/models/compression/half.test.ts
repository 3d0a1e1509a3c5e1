import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHalves, halfBits, halfValue, toHalves } from '../../../src/models/compression/half.ts';

/** Written by half.py beside this file, with CPython's struct. */
const golden = JSON.parse(readFileSync(new URL('half.json', import.meta.url), 'utf8')) as [string, number][];

describe('halves', () => {
  it('are those of CPython: halfway cases, subnormals, signs', () => {
    expect(golden.length).toBeGreaterThan(300);
    for (const [text, bits] of golden) expect([text, halfBits(Number(text))]).toEqual([text, bits]);
  });

  it('all 65,536 say a number that becomes them again', () => {
    const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    const expected = all.map((bits) => ((bits & 0x7fff) > 0x7c00 ? 0x7e00 : bits));
    expect(Buffer.from(toHalves(fromHalves(all)).buffer).equals(Buffer.from(expected.buffer))).toBe(true);
  });

  it('beyond the largest are infinite, and NaN stays NaN', () => {
    expect([65519.999, 65520, 1e300, Infinity, -Infinity, -65520].map(halfBits)).toEqual([
      0x7bff, 0x7c00, 0x7c00, 0x7c00, 0xfc00, 0xfc00,
    ]);
    expect(halfBits(NaN)).toBe(0x7e00);
    expect(Object.is(halfValue(0x8000), -0)).toBe(true);
  });

  it('are the nearest: no neighbour is nearer, and of two equally near ones the even one is taken', () => {
    const finite = fc.double({ min: -65504, max: 65504, noNaN: true });
    fc.assert(
      fc.property(
        fc.oneof(
          finite,
          finite.map((x) => x * 2 ** -20),
        ),
        (x) => {
          const bits = halfBits(x);
          const error = Math.abs(halfValue(bits) - x);
          const neighbours = [bits - 1, bits + 1].filter(
            (one) => (one & 0x7fff) <= 0x7c00 && one >= 0 && one >> 15 === bits >> 15,
          );
          const nearest = neighbours.every((one) => {
            const other = Math.abs(halfValue(one) - x);
            return error < other || (error === other && bits % 2 === 0);
          });
          expect(nearest).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('of arrays', () => {
    expect([...fromHalves(toHalves([1, 0.1, -3]))]).toEqual([1, 0.0999755859375, -3]);
  });
});
