/** Shapley values by their definition, over every coalition: what faster ways must equal. */
import { randomFrom } from '../../../src/core/random.ts';
import { joinTrees, treeBuilder } from '../../../src/models/supervised/trees/builder.ts';
import type { Trees } from '../../../src/models/supervised/trees/tree.ts';

/** `value` of a coalition: bit j of its mask says whether player j is in it. */
export function shapleyByDefinition(players: number, value: (mask: number) => number): number[] {
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
  const sizeOf = (mask: number): number => mask.toString(2).replaceAll('0', '').length;
  const values = Array.from({ length: 1 << players }, (_, mask) => value(mask));
  return Array.from({ length: players }, (_, j) => {
    let phi = 0;
    values.forEach((without, mask) => {
      if ((mask >> j) & 1) return;
      const weight = (factorial(sizeOf(mask)) * factorial(players - sizeOf(mask) - 1)) / factorial(players);
      phi += weight * (values[mask | (1 << j)] - without);
    });
    return phi;
  });
}

/** Trees at random over three numbers and two fields, the deeper splits often at a column of the path. */
export function treesAtRandom(seed: string, { count = 3, depth = 5, width = 1, outputs = 1 } = {}): Trees {
  const draw = randomFrom(seed).sequence();
  const below = (n: number): number => Math.floor(draw.uniform() * n);
  const trees = Array.from({ length: count }, () => {
    const builder = treeBuilder(3, [6, 40], width);
    const grow = (node: number, cover: number, left: number): void => {
      if (left === 0 || cover < 2 || draw.uniform() < 0.1) return;
      const column = below(5);
      const [a, b] = [1 + below(cover - 1), 0];
      const values = (): number[] => Array.from({ length: width }, () => draw.uniform() - 0.5);
      const children = [builder.leaf(values(), a), builder.leaf(values(), cover - a + b)];
      const members =
        column < 3 ? undefined : Int32Array.from({ length: column === 3 ? 1 : 2 }, () => below(2 ** 31) | 0);
      const missingLeft = members ? (members[0] & 1) === 1 : draw.uniform() < 0.5;
      const threshold = column < 3 ? draw.uniform() : Number.NaN;
      builder.split(node, { column, threshold, members, missingLeft }, children[0], children[1]);
      grow(children[0], a, left - 1);
      grow(children[1], cover - a, left - 1);
    };
    grow(
      builder.leaf(
        Array.from({ length: width }, () => 0.1),
        400,
      ),
      400,
      depth,
    );
    return builder.finish();
  });
  return joinTrees(
    trees,
    outputs === 1 ? 'logistic' : 'softmax',
    Float64Array.from({ length: outputs }, (_, o) => o - 0.3),
  );
}

/** A row at random: numbers that may be missing, codes that may be unseen. */
export function rowAtRandom(seed: string): Float64Array {
  const draw = randomFrom(seed).sequence();
  const number = (): number => (draw.uniform() < 0.2 ? Number.NaN : draw.uniform());
  return Float64Array.of(number(), number(), number(), Math.floor(draw.uniform() * 7), Math.floor(draw.uniform() * 42));
}
