import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { kernelShap } from '../../../src/models/explain/kernel-shap.ts';
import type { Game } from '../../../src/models/explain/kernel-shap.ts';
import { groupedColumns, wholeColumns } from '../../../src/models/explain/mixed-rows.ts';
import { logOddsOf, modelGame } from '../../../src/models/explain/model-game.ts';
import { selectExamples } from '../../../src/models/supervised/examples.ts';
import { boostedTrees } from '../../../src/models/supervised/trees/boosting.ts';
import { restoredTrees } from '../../../src/models/supervised/trees/tree.ts';
import { treeAttributions } from '../../../src/models/explain/tree-shap.ts';
import { treeShapAgainst } from '../../../src/models/explain/tree-shap-background.ts';
import { madeUp } from '../supervised/made-up.ts';
import { shapleyByDefinition } from './by-hand.ts';

/** Worths at random, or with `orders` a sum of products of as many players. */
function gameOf(
  players: number,
  seed: string,
  of?: (mask: number) => number,
): Game & { value: (mask: number) => number } {
  const random = randomFrom(seed);
  const value = of ?? ((mask: number): number => random.normal(mask, 0));
  return {
    players,
    value,
    worth: (coalitions, count) =>
      Float64Array.from({ length: count }, (_, z) => {
        let mask = 0;
        for (let j = 0; j < players; j++) mask |= coalitions[z * players + j] << j;
        return value(mask);
      }),
  };
}

const random = randomFrom('kernel');
const total = (values: Float64Array): number => values.reduce((a, b) => a + b);

/** Twelve players: each alone, neighbours in pairs, and some threes. */
function tangled(mask: number): number {
  const has = (j: number): number => (mask >> (j % 12)) & 1;
  let sum = 0;
  for (let j = 0; j < 12; j++) sum += (j - 4) * has(j) + 2 * has(j) * has(j + 1) - 3 * has(j) * has(j + 2) * has(j + 5);
  return sum;
}

describe('kernel SHAP', () => {
  it('is the definition where every coalition is asked about', () => {
    assert(
      property(integer({ min: 1, max: 8 }), integer(), (players, seed) => {
        const game = gameOf(players, String(seed));
        const { base, phi, standardError } = kernelShap(game, { coalitions: 256, random });
        const by = shapleyByDefinition(players, game.value);
        expect(standardError).toBeNull();
        expect(base).toBe(game.value(0));
        by.forEach((value, j) => expect(phi[j]).toBeCloseTo(value, 9));
      }),
      { numRuns: 60 },
    );
  });

  it('is exact for a sum, however few coalitions are drawn', () => {
    const game = gameOf(30, 'sum', (mask) => {
      let sum = 1;
      for (let j = 0; j < 30; j++) if ((mask >> j) & 1) sum += j * j;
      return sum;
    });
    const { phi, standardError } = kernelShap(game, { coalitions: 400, random });
    phi.forEach((value, j) => expect(value).toBeCloseTo(j * j, 4));
    expect(Math.max(...(standardError ?? []))).toBeLessThan(1e-4);
  });

  it('adds up when coalitions are drawn, and its standard errors say how far off it is', () => {
    const game = gameOf(12, '', tangled);
    const by = shapleyByDefinition(12, tangled);
    let within = 0;
    let squares = 0;
    const runs = 100;
    for (let run = 0; run < runs; run++) {
      const { base, phi, standardError } = kernelShap(game, { coalitions: 300, random: random.stream(run) });
      expect(base + total(phi)).toBeCloseTo(tangled(4095), 9);
      by.forEach((value, j) => {
        const error = (phi[j] - value) / (standardError as Float64Array)[j];
        if (Math.abs(error) < 1.96) within++;
        squares += error * error;
      });
    }
    // 1,200 errors, dependent within a run: 95 % ± 3; errors of twice or half the size would give 67 % or 99.99 %.
    expect(within / (12 * runs)).toBeGreaterThan(0.92);
    expect(within / (12 * runs)).toBeLessThan(0.98);
    expect(Math.sqrt(squares / (12 * runs))).toBeLessThan(1.2);
  });

  it('says of boosted trees what tree SHAP says against the same background', async () => {
    const rows = { ...madeUp(300, 2, 'kernel'), sequences: [] };
    const model = boostedTrees({
      kind: 'gbdt',
      rounds: 15,
      learningRate: 0.2,
      maxLeaves: 8,
      growth: 'leaf',
      minRowsPerLeaf: 5,
      l2: 1,
      rowFraction: 1,
      columnFraction: 1,
      patience: 0,
    });
    await model.fit(rows, randomFrom('fit'));
    const background = selectExamples(rows, [10, 20, 30, 40, 50, 60]);
    const trees = treeShapAgainst(restoredTrees(model.save()), background);
    const theirs = treeAttributions(trees, selectExamples(rows, [0])).data;
    const game = modelGame(logOddsOf(model, 2), selectExamples(rows, [0, 10, 20, 30, 40, 50, 60]), wholeColumns(rows));
    const { base, phi } = kernelShap(game, { coalitions: 64, random });
    expect(base).toBeCloseTo(trees.base, 9);
    phi.forEach((value, j) => expect(value).toBeCloseTo(theirs[j], 8));
  });

  it('takes columns together, a sequence with the numbers of its shape', () => {
    const rows = madeUp(3, 2, 'together');
    const names = ['x', 'before: words', 'near x'];
    const columns = wholeColumns({ ...rows, numericNames: names });
    expect(columns.map(({ name }) => name)).toEqual(['x', 'near x', 'kind', 'before']);
    expect(columns[3]).toEqual({ name: 'before', numbers: [1], fields: [], sequences: [0] });
    const [kind, before, both] = groupedColumns(columns, [['x', 'near x']]);
    expect([kind.name, before.name, both]).toEqual([
      'kind',
      'before',
      { name: 'x + near x', numbers: [0, 2], fields: [], sequences: [] },
    ]);
    expect(() => groupedColumns(columns, [['z']])).toThrow('no column "z"');
    expect(() => groupedColumns(columns, [['x'], ['x']])).toThrow('two groups');
  });

  it('refuses a game without players and a row without background', () => {
    expect(() => kernelShap(gameOf(0, ''), { coalitions: 8, random })).toThrow('no columns');
    const rows = selectExamples(madeUp(3, 2, 'one'), [0]);
    expect(() => modelGame(() => new Float64Array(1), rows, wholeColumns(rows))).toThrow('no background');
  });
});
