import { describe, expect, it } from 'vitest';
import { fraction32, randomFrom, threefry2x32, visitStep } from '../../src/core/random.ts';

const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, '0');

describe('threefry2x32', () => {
  // Known answers of the Random123 distribution (kat_vectors, threefry2x32 20 rounds).
  it.each([
    [0, 0, 0, 0, '6b200159 99ba4efe'],
    [-1, -1, -1, -1, '1cb996fc bb002be7'],
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 'c4923a9c 483df7a0'],
  ])('counter %i %i, key %i %i', (c0, c1, k0, k1, answer) => {
    const words = Int32Array.of(c0, c1, 7, 7, c0, c1);
    threefry2x32(words, 3, k0, k1);
    expect(`${hex(words[0])} ${hex(words[1])}`).toBe(answer);
    expect(words.subarray(4)).toEqual(words.subarray(0, 2));
    expect(words.subarray(2, 4)).not.toEqual(words.subarray(0, 2));
  });
});

describe('Random', () => {
  it('has known answers: a change here changes every result', () => {
    const clicks = randomFrom('1').stream('clicks');
    expect(clicks.uniform(7, visitStep(2, 3))).toBe(KNOWN.uniform);
    expect(clicks.normal(7, visitStep(2, 3))).toBe(KNOWN.normal);
    expect(clicks.sequence().integer(1000)).toBe(KNOWN.integer);
  });

  it('is a pure function of its name and counter, in any order', () => {
    const a = randomFrom('seed').stream('x', 1);
    const b = randomFrom('seed').stream('x').stream(1);
    const forward = [0, 1, 2].map((i) => a.uniform(i, 5));
    const backward = [2, 1, 0].map((i) => b.uniform(i, 5));
    expect(backward.toReversed()).toEqual(forward);
  });

  it('draws many at once as it draws one by one', () => {
    const source = randomFrom('seed').stream('many');
    for (const n of [3, 1, 5]) {
      const rows = Array.from({ length: n }, (_, i) => [i - 1, visitStep(i, n)]);
      source.counters(n).set(rows.flat());
      const uniforms = [...source.uniforms(n).subarray(0, n)];
      source.counters(n).set(rows.flat());
      const normals = [...source.normals(n).subarray(0, n)];
      source.counters(n).set(rows.flat());
      const pairs = [...source.pairs(n).subarray(0, 2 * n)];
      expect(uniforms).toEqual(rows.map(([a, b]) => source.uniform(a, b)));
      expect(normals).toEqual(rows.map(([a, b]) => source.normal(a, b)));
      // The first of a pair has the upper bits of the uniform; a pair does not hang on its neighbours.
      rows.forEach(([a, b], i) => {
        expect(Math.abs(pairs[2 * i] - source.uniform(a, b))).toBeLessThan(2 ** -26);
        source.counters(1).set([a, b]);
        expect([...source.pairs(1).subarray(0, 2)]).toEqual(pairs.slice(2 * i, 2 * i + 2));
      });
    }
  });

  it('draws bursts that are a pure function of their counters, uniform, and unrelated within and between', () => {
    const source = randomFrom('seed').stream('bursts');
    const first = [...source.burst(8, 3, 5).subarray(0, 8)];
    source.burst(100, 3, 6);
    expect([...source.burst(8, 3, 5).subarray(0, 8)]).toEqual(first);
    expect([...source.burst(2, 3, 5).subarray(0, 2)]).toEqual(first.slice(0, 2));
    // 20,000 bursts of 4: χ² of 256 bins at each place, 255 degrees of freedom, 380 is exceeded with p < 1e-6; and
    // correlations within a burst and from one burst to the next, with a standard error of 0.0071.
    const bursts = Array.from({ length: 20_000 }, (_, a) => [...source.burst(4, a, 0).subarray(0, 4)].map(fraction32));
    for (let place = 0; place < 4; place++) {
      const counts = new Float64Array(256);
      for (const burst of bursts) counts[Math.floor(256 * burst[place])]++;
      const expected = bursts.length / 256;
      expect(counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)).toBeLessThan(380);
      for (let other = 0; other < 4; other++) {
        for (const apart of other === place ? [1] : [0, 1]) {
          let sum = 0;
          for (let i = apart; i < bursts.length; i++) {
            sum += (bursts[i][place] - 0.5) * (bursts[i - apart][other] - 0.5);
          }
          expect(Math.abs((12 * sum) / bursts.length)).toBeLessThan(0.032);
        }
      }
    }
  });

  it('gives unrelated numbers to unlike names', () => {
    // Correlation of 20,000 pairs has standard error 0.0071; |r| < 0.03 fails by chance once in 40,000.
    const names = [randomFrom('1').stream('a'), randomFrom('1').stream('b'), randomFrom('2').stream('a')];
    for (const [x, y] of [
      [0, 1],
      [0, 2],
    ]) {
      let sum = 0;
      for (let i = 0; i < 20_000; i++) sum += (names[x].uniform(i, 0) - 0.5) * (names[y].uniform(i, 0) - 0.5);
      expect(Math.abs((12 * sum) / 20_000)).toBeLessThan(0.03);
    }
  });

  it('tells names apart whose characters share their low byte', () => {
    const draw = (name: string): number => randomFrom('1').stream('agent', name).uniform(1, 2);
    expect(draw('š')).not.toBe(draw('a')); // U+0161 and U+0061
    expect(draw('č')).not.toBe(draw('\u020d'));
    expect(draw('š')).not.toBe(draw(String.raw`\u0161`));
  });

  it('is uniform and normal', () => {
    const source = randomFrom('moments').stream('u');
    const n = 50_000;
    let mean = 0;
    let normalMean = 0;
    let square = 0;
    const bins = new Float64Array(16);
    for (let i = 0; i < n; i++) {
      const u = source.uniform(i, 1);
      const z = source.normal(i, 2);
      mean += u / n;
      normalMean += z / n;
      square += (z * z) / n;
      bins[Math.floor(u * 16)]++;
    }
    // Each bound is about 4.5 standard errors: fails by chance less than once in 100,000.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.006);
    expect(Math.abs(normalMean)).toBeLessThan(0.02);
    expect(Math.abs(square - 1)).toBeLessThan(0.03);
    const chiSquare = bins.reduce((sum, count) => sum + (count - n / 16) ** 2 / (n / 16), 0);
    expect(chiSquare).toBeLessThan(44.3); // χ²(15) at 1 − 1e-4
  });

  it('shuffles without losing anything, differently by seed', () => {
    const shuffled = randomFrom('s').sequence().shuffle([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(randomFrom('t').sequence().shuffle([1, 2, 3, 4, 5, 6, 7, 8])).not.toEqual(shuffled);
  });
});

const KNOWN = { uniform: 0.962600046175235, normal: 1.781689331224266, integer: 766 };
