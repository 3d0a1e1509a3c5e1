/** The parts that a valuation is made of: blocks, samples, bounds of weights, models, and the behaviour policy's check. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import type { Matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { checkedBehaviour } from '../../../src/runner/ope/checked-behaviour.ts';
import { evidenceBlocks } from '../../../src/runner/ope/evidence-blocks.ts';
import { possibleWeight } from '../../../src/runner/ope/possible-weight.ts';
import { crossFittedModel } from '../../../src/runner/ope/reward-model.ts';
import { rowSample } from '../../../src/runner/ope/row-sample.ts';
import { openPolicy } from '../../../src/runner/policies/open-policy.ts';
import { broughtLog, firstBlock } from '../policies/brought-log.ts';

const random = randomFrom('parts');

const rowsOf = (rows: readonly (readonly number[])[]): Matrix =>
  matrix(rows.length, rows[0].length, Float64Array.from(rows.flat()));

const alike = (rows: number, row: readonly number[]): Matrix => rowsOf(Array.from({ length: rows }, () => row));

describe('evidenceBlocks', () => {
  it('covers every row once, in order, and names the place of each', async () => {
    const m = 140_000;
    const source = broughtLog({ actions: ['a', 'b'], action: Array.from({ length: m }, (_, i) => i % 2) });
    const policy = await openPolicy('uniform', source, { random });
    const setup = { wantsModel: false, model: 'means', folds: 2, random } as const;
    for (const mostCells of [undefined, 100]) {
      // oxlint-disable-next-line no-await-in-loop
      const found = await evidenceBlocks(source, policy, { ...setup, mostCells });
      let first = 0;
      // oxlint-disable-next-line no-await-in-loop
      for await (const { evidence, block } of found.blocks()) {
        expect(block.first).toBe(first);
        expect(block.where(0)).toBe(`log.csv:${first + 2}`);
        expect(evidence.evaluation.rows).toBe(evidence.log.size);
        first += evidence.log.size;
      }
      expect(first).toBe(m);
    }
  });
});

describe('rowSample', () => {
  it('takes every s-th row, however the log is cut', async () => {
    const m = 120_000; // every third of them
    const source = broughtLog({
      actions: ['a', 'b'],
      action: Array.from({ length: m }, (_, i) => i % 2),
      reward: Array.from({ length: m }, (_, i) => i),
    });
    const taken = async (size: number): Promise<number[]> => {
      const sample = rowSample(m);
      for await (const { first, log } of source.blocks(size)) {
        sample.add({ log, evaluation: alike(log.size, [0.5, 0.5]) }, first);
      }
      return [...sample.evidence().log.outcomes.reward];
    };
    const whole = await taken(m);
    expect(whole.slice(0, 3)).toEqual([0, 3, 6]);
    expect(whole).toHaveLength(40_000);
    expect(await taken(7001)).toEqual(whole);
  });
});

describe('possibleWeight', () => {
  const evaluation = rowsOf([[0.2, 0.8], [1, 0]]); // prettier-ignore
  const log = broughtLog({ actions: ['a', 'b'], action: [0, 0] });

  it('is the largest of any action, shown or not', async () => {
    const evidence = { log: (await firstBlock(log)).log, evaluation };
    const of = (floor?: number, behaviour?: Matrix): number | undefined => {
      const weight = possibleWeight(floor);
      weight.add(behaviour ? { ...evidence, behaviour } : evidence);
      return weight.largest();
    };
    expect(of()).toBeUndefined();
    expect(of(undefined, rowsOf([[0.9, 0.1], [0.5, 0.5]]))).toBeCloseTo(8, 12); // prettier-ignore
    expect(of(0.05)).toBeCloseTo(20, 12);
    expect(of(undefined, rowsOf([[1, 0], [0.5, 0.5]]))).toBeUndefined(); // prettier-ignore
  });
});

describe('crossFittedModel', () => {
  const action = [0, 0, 0, 0, 1, 1, 1, 1];
  it('predicts a row without having seen it', async () => {
    const block = await firstBlock(broughtLog({ actions: ['a', 'b'], action, reward: [9, 0, 0, 0, 1, 1, 1, 1] }));
    const { predicted } = await crossFittedModel(block, { kind: 'means', folds: 8, random });
    // The mean of the other a's, with one more row of the mean of all others: the 9 is seen by all but its own row.
    expect(predicted.data[0]).toBeCloseTo((0 + 4 / 7) / 4, 12);
    expect(predicted.data[2]).toBeCloseTo((9 + 13 / 7) / 4, 12);
  });

  it('names the row that is no click, and the option', async () => {
    const block = await firstBlock(broughtLog({ actions: ['a', 'b'], action, reward: [0, 1, 0, 2, 1, 1, 1, 1] }));
    await expect(crossFittedModel(block, { kind: 'logistic', folds: 2, random })).rejects.toThrow(
      /^--model logistic: log\.csv:5 has the reward 2, which is no click/u,
    );
  });
});

describe('checkedBehaviour', () => {
  it('passes what agrees, and names the first row that does not', async () => {
    const block = await firstBlock(broughtLog({ actions: ['a', 'b'], action: [0, 1], propensity: [0.5, 0.3334] }));
    const sound = rowsOf([[0.5, 0.5], [2 / 3, 1 / 3]]); // prettier-ignore
    expect(checkedBehaviour(sound, block)).toBe(sound);
    expect(() => checkedBehaviour(rowsOf([[0.5, 0.5], [0.6, 0.3]]), block)).toThrow(/^log\.csv:3: .* sum to 0\.9, not/u); // prettier-ignore
    expect(() => checkedBehaviour(rowsOf([[0.5, 0.5], [0.5, 0.5]]), block)).toThrow(/^log\.csv:3: the propensity is 0\.3334/u); // prettier-ignore
    expect(() => checkedBehaviour(rowsOf([[0.5, 0.5], [1, 0]]), block)).toThrow(/"b" the probability 0;/u); // prettier-ignore
  });
});
