import { describe, expect, it } from 'vitest';
import { decisionsOf, outcomesOf, requestsOf } from '../../src/core/batch.ts';
import { impressionLog, slice } from '../../src/core/log.ts';
import { matrix, matrixFrom, row } from '../../src/core/matrix.ts';

const spec = {
  contextNames: ['a', 'b'],
  actions: ['x', 'y', 'z'],
  slots: 1,
  rewardUnit: 'click',
  schemaVersion: 1,
};
const shape = { rows: 4, context: 2, actions: 3, slots: 1 };

/** A tick whose every number tells row and column. */
function tick(first: number) {
  const requests = requestsOf(shape);
  const decisions = decisionsOf(shape, true);
  const outcomes = outcomesOf(shape);
  const truth = matrix(4, 3);
  requests.size = 3;
  for (let i = 0; i < 3; i++) {
    requests.impression[i] = first + i;
    requests.context.data.set([first + i, -(first + i)], 2 * i);
    requests.eligible.set([1, 1, 0], 3 * i);
    decisions.action[i] = (first + i) % 2;
    decisions.propensity[i] = 0.5;
    outcomes.reward[i] = first + i;
    row(truth, i).fill(first + i);
  }
  return { requests, decisions, outcomes, truth };
}

describe('impressionLog', () => {
  it('keeps every appended row while it grows', () => {
    const log = impressionLog(spec, { capacity: 2, distribution: true, truth: true });
    for (let t = 0; t < 10; t++) {
      const { requests, decisions, outcomes, truth } = tick(3 * t);
      log.append(requests, decisions, outcomes, truth);
    }
    expect(log.size).toBe(30);
    for (let i = 0; i < 30; i++) {
      expect(log.requests.impression[i]).toBe(i);
      expect([...row(log.requests.context, i)]).toEqual([i, -i]);
      expect(log.decisions.action[i]).toBe(i % 2);
      expect(log.outcomes.reward[i]).toBe(i);
      expect(log.truth?.data[3 * i + 2]).toBe(i);
    }
  });

  it('slices are views', () => {
    const log = impressionLog(spec);
    const { requests, decisions, outcomes } = tick(0);
    log.append(requests, decisions, outcomes);
    const part = slice(log, 1, 3);
    expect(part.size).toBe(2);
    expect([...part.requests.impression]).toEqual([1, 2]);
    part.outcomes.reward[0] = 9;
    expect(log.outcomes.reward[1]).toBe(9);
  });

  it('refuses rows without what it promised to keep', () => {
    const { requests, outcomes } = tick(0);
    const bare = decisionsOf(shape);
    expect(() => impressionLog(spec, { distribution: true }).append(requests, bare, outcomes)).toThrow('distribution');
    expect(() => impressionLog(spec, { truth: true }).append(requests, bare, outcomes)).toThrow('truth');
  });
});

describe('matrix', () => {
  it('refuses short data and ragged rows', () => {
    expect(() => matrix(2, 3, new Float64Array(5))).toThrow('2×3 needs 6 numbers, got 5');
    expect(() => matrixFrom([[1, 2], [3]])).toThrow('row 1 has 1 numbers');
  });
});
