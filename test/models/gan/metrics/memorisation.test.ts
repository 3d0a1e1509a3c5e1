import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../src/core/random.ts';
import { memorisation, neighbourRatios, smallerBy } from '../../../../src/models/gan/metrics/memorisation.ts';
import { PIXELS } from '../../../../src/models/images/images.ts';
import { silhouettes } from '../../../../src/models/images/silhouettes.ts';
import { openTensorGate } from '../../../../src/models/tensor.ts';
import { draws } from './park-miller.ts';

const gate = await openTensorGate(['wasm']);
const { pixels } = silhouettes(90, randomFrom('memory'));
/** Every third image, from `which`. */
const third = (which: number): Uint8Array =>
  Uint8Array.from(
    { length: 300 * PIXELS },
    (_, i) => pixels[(3 * Math.floor(i / PIXELS) + which) * PIXELS + (i % PIXELS)],
  );
const [training, heldOut, honest] = [0, 1, 2].map(third);

describe('memorisation', () => {
  it('takes new images for new', async () => {
    const { copies, heldOut: other, pValue } = await memorisation(gate, training, honest, heldOut);
    expect(copies.interval[0]).toBeLessThan(0.02);
    expect(other.interval[0]).toBeLessThan(0.02);
    expect(pValue).toBeGreaterThan(0.001);
  });

  it('finds a generator that repeats some of its training images with a little noise', async () => {
    const grain = randomFrom('grain');
    const thief = Uint8Array.from(honest, (value, i) =>
      i < 100 * PIXELS ? Math.min(255, training[i] + Math.floor(12 * grain.uniform(i, 0))) : value,
    );
    const { copies, pValue } = await memorisation(gate, training, thief, heldOut);
    expect(copies.rate).toBeGreaterThan(0.25);
    expect(copies.interval[0]).toBeGreaterThan(0.2);
    expect(pValue).toBeLessThan(1e-6);
  });

  it('measures distances by pixels', async () => {
    const flat = (value: number): number[] => Array.from({ length: PIXELS }, () => value);
    const known = Uint8Array.from([...flat(0), ...flat(100), ...flat(255)]);
    const ratios = await neighbourRatios(gate, Uint8Array.from([...flat(25), ...flat(100)]), known);
    expect(ratios[0]).toBeCloseTo(25 / 75, 4);
    expect(ratios[1]).toBeLessThan(1e-3);
  });
});

describe('smallerBy', () => {
  it('equals SciPy’s mannwhitneyu, ties included', () => {
    const x = draws(3, 60).map((u) => Math.round(u * 20));
    const y = draws(4, 80).map((u) => Math.round(u * 20 + 1));
    expect(smallerBy(x, y)).toBeCloseTo(0.15116871577154006, 10);
    expect(smallerBy([1, 1], [1, 1])).toBe(1);
  });
});
