/** What composited creatives are put together from: levels of factors, such as a badge in a corner. */
import type { Creatives } from './creatives.ts';
import { subset } from './creatives.ts';
import type { Matrix } from './matrix.ts';
import { matrix } from './matrix.ts';

/** One thing that is chosen about a composited creative, a badge for instance, and what there is to choose from. */
export interface Factor {
  name: string;
  levels: readonly string[];
}

/** Which level of each of F factors a creative has. */
export interface Elements {
  factors: readonly Factor[];
  /** (k×F) indices into the factors' levels. */
  level: Int32Array;
  /** (k) which product it shows: all combinations of an image, which stand together, advertise the same one. */
  product: Int32Array;
}

/** `badge:disc`, … : every level of every factor, factor after factor. */
export function elementNames(factors: readonly Factor[]): string[] {
  return factors.flatMap(({ name, levels }) => levels.map((level) => `${name}:${level}`));
}

/** (k×e) 1 where a creative has the element, in the order of `elementNames`. */
export function elementColumns({ factors, level }: Elements): Matrix {
  const F = factors.length;
  const columns = matrix(level.length / F, elementNames(factors).length);
  for (let a = 0; a < columns.rows; a++) {
    let from = a * columns.columns;
    factors.forEach(({ levels }, f) => {
      columns.data[from + level[a * F + f]] = 1;
      from += levels.length;
    });
  }
  return columns;
}

/**
 * Every creative with every combination of levels, combination after combination of one creative; the last factor changes
 * fastest. What is measured on pixels stays the product's own.
 */
export function crossed(creatives: Creatives, factors: readonly Factor[]): Creatives {
  const combinations = factors.reduce<number[][]>(
    (all, { levels }) => all.flatMap((one) => levels.map((_, l) => [...one, l])),
    [[]],
  );
  const n = combinations.length;
  const size = creatives.size * n;
  const product = Int32Array.from({ length: size }, (_, a) => Math.floor(a / n));
  const named = (a: number): string => combinations[a % n].map((l, f) => factors[f].levels[l]).join('_');
  return {
    ...subset(creatives, product),
    names: Array.from(product, (p, a) => `${creatives.names[p]}_${named(a)}`),
    elements: { factors, product, level: Int32Array.from(Array.from(product, (_, a) => combinations[a % n]).flat()) },
  };
}
