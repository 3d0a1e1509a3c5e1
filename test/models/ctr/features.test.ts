import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import {
  featureMap,
  featuresOf,
  heldInside,
  standardisationOf,
  standardise,
} from '../../../src/models/ctr/features.ts';
import { impressionsOf } from '../../../src/models/ctr/labels.ts';
import { toyLog } from '../../support/toy-log.ts';

const { log, actions, contextNames } = toyLog({ rows: 200 });

describe('featureMap', () => {
  it('finds one match column per prefix, whatever parts prefix and category', () => {
    for (const mark of [':', '-']) {
      const names = contextNames.map((name) => name.replace(':', mark));
      const map = featureMap({ actions, contextNames: names });
      expect(map.names).toEqual([...names, 'rank', 'parity', `affinity${mark}match`]);
      expect([...map.matchColumn]).toEqual([0, 1, 2, 3, 4]);
    }
  });

  it('tells shirts from T-shirts, matches actions by name, and has −1 where there is no column', () => {
    const names = ['affinity-shirt', 'affinity-t-shirt', 'shown:coat-ad', 'plain'];
    const map = featureMap({ actions, contextNames: names });
    expect(map.names.slice(6)).toEqual(['affinity-match', 'shown:match']);
    expect(map.matchColumn[0]).toBe(1);
    expect([...map.matchColumn].filter((_, c) => c % 2 === 1)).toEqual([-1, -1, -1, -1, 2]);
  });
});

describe('features', () => {
  const map = featureMap({ actions, contextNames });
  const shown = impressionsOf(log, { actions, contextNames });

  it('are context, action and match of the row, whatever their order in the buffers', () => {
    const features = featuresOf(log.requests, shown, map, actions.features);
    const d = contextNames.length;
    for (let i = 0; i < 200; i += 13) {
      const a = log.decisions.action[i];
      const context = [...log.requests.context.data.subarray(i * d, (i + 1) * d)];
      expect([...features.data.subarray(i * map.size, (i + 1) * map.size)]).toEqual([
        ...context,
        a / 5,
        a % 2,
        context[a],
      ]);
    }
  });

  it('standardise to mean 0 and variance 1; constants vanish, even where rounding hides them', () => {
    const features = matrix(1000, 3);
    for (let i = 0; i < 1000; i++) features.data.set([5 + 3 * Math.sin(i), 0.1, 1e9], 3 * i);
    const scale = standardisationOf(features);
    standardise(features, scale);
    const column = (j: number): number[] => Array.from({ length: 1000 }, (_, i) => features.data[3 * i + j]);
    expect(column(0).reduce((sum, v) => sum + v, 0) / 1000).toBeCloseTo(0, 12);
    expect(column(0).reduce((sum, v) => sum + v * v, 0) / 1000).toBeCloseTo(1, 12);
    expect(new Set([...column(1), ...column(2)].map(Math.abs))).toEqual(new Set([0]));
  });

  it('are held inside the range learned from', () => {
    const seen = matrix(2, 2, Float64Array.of(-1, 10, 1, 30));
    const out = new Float64Array(2);
    heldInside(standardisationOf(seen), Float64Array.of(9, -7, 20), 1, out);
    expect([...out]).toEqual([-1, 20]);
    heldInside(standardisationOf(seen), Float64Array.of(0.5, 31), 0, out);
    expect([...out]).toEqual([0.5, 30]);
  });
});
