import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { drawMixture, findModes, grid, learnMixture, ring } from '../../../src/models/gan/mixtures.ts';
import { openTensorGate } from '../../../src/models/tensor.ts';

describe('mixtures', () => {
  it('have their modes at equal distances, and all are found in their own points', () => {
    const eight = ring(0.1);
    expect(Math.hypot(eight.centres[0] - eight.centres[2], eight.centres[1] - eight.centres[3])).toBeCloseTo(
      4 * Math.sin(Math.PI / 8),
      12,
    );
    expect([grid(0.1).centres.length, grid(0.1).centres[0], grid(0.1).centres[49]]).toEqual([50, -4, 4]);
    for (const mixture of [eight, grid(0.1)]) {
      const { found, wellFound, near } = findModes(mixture, drawMixture(mixture, randomFrom('points'), 0, 2500));
      expect([found, wellFound]).toEqual([mixture.centres.length / 2, mixture.centres.length / 2]);
      expect(near).toBeGreaterThan(0.98); // 1 − exp(−4.5) = 0.989
      expect(near).toBeLessThan(0.995);
    }
  });

  it('say of one mode that it is one, and of none that it is none', () => {
    const one = Float32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 2 : 0));
    expect(findModes(ring(0.1), one)).toEqual({ found: 1, wellFound: 1, near: 1 });
    expect(findModes(ring(0.1), new Float32Array(200))).toEqual({ found: 0, wellFound: 0, near: 0 });
  });

  it('are learned as a pure function of the random source', async () => {
    const gate = await openTensorGate(['wasm']);
    const settings = {
      objective: 'gan-r1',
      gradientPenalty: 0.1,
      labelSmoothing: 0.1,
      averaging: 0.9,
      criticSteps: 1,
      generatorLearningRate: 1e-3,
      discriminatorLearningRate: 1e-3,
      batchSize: 32,
      steps: 20,
    } as const;
    const before = gate.tf.memory().numTensors;
    const points = await learnMixture(gate, ring(0.1), settings, randomFrom('pure'));
    expect(gate.tf.memory().numTensors).toBe(before);
    expect(points.length).toBe(5000);
    expect(await learnMixture(gate, ring(0.1), settings, randomFrom('pure'))).toEqual(points);
    expect(await learnMixture(gate, ring(0.1), settings, randomFrom('other'))).not.toEqual(points);
  });
});
