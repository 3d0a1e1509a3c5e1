/** Trees under construction: nodes are added one by one and become flat arrays at the end. */
import type { Link, Trees } from './tree.ts';

/** How a node parts its rows. */
export interface Split {
  column: number;
  /** NaN at a field. */
  threshold: number;
  /** (⌈levels/32⌉) codes that go left; absent at a number. */
  members?: Int32Array | undefined;
  missingLeft: boolean;
}

export interface TreeBuilder {
  /** How many nodes there are. */
  readonly nodes: number;
  /** A new tree begins at the next node. */
  plant(): void;
  /** Adds a leaf and returns its number. */
  leaf(value: ArrayLike<number>, cover: number): number;
  /** Makes a leaf a split. */
  split(node: number, how: Split, left: number, right: number): void;
  /** Forgets the trees that begin at tree `count` and later. */
  keep(count: number): void;
  finish(link: Link, base: Float64Array, outputs: number): Trees;
}

/** Begins without trees; nodes have `width` values. */
export function treeBuilder(numbers: number, levels: readonly number[], width: number): TreeBuilder {
  const root: number[] = [];
  const feature: number[] = [];
  const threshold: number[] = [];
  const set: number[] = [];
  const members: number[] = [];
  const missingLeft: number[] = [];
  const left: number[] = [];
  const right: number[] = [];
  const value: number[] = [];
  const cover: number[] = [];
  return {
    get nodes() {
      return feature.length;
    },
    plant() {
      root.push(feature.length);
    },
    leaf(values, weight) {
      for (let w = 0; w < width; w++) value.push(values[w]);
      for (const list of [feature, set, left, right]) list.push(-1);
      threshold.push(Number.NaN);
      missingLeft.push(0);
      cover.push(weight);
      return feature.length - 1;
    },
    split(node, how, toLeft, toRight) {
      feature[node] = how.column;
      threshold[node] = how.threshold;
      missingLeft[node] = how.missingLeft ? 1 : 0;
      left[node] = toLeft;
      right[node] = toRight;
      if (!how.members) return;
      set[node] = members.length;
      for (const word of how.members) members.push(word);
    },
    keep(count) {
      if (count >= root.length) return;
      const nodes = root[count];
      members.length = set.slice(nodes).reduce((least, at) => (at < 0 ? least : Math.min(least, at)), members.length);
      root.length = count;
      for (const list of [feature, threshold, set, missingLeft, left, right, cover]) list.length = nodes;
      value.length = nodes * width;
    },
    finish(link, base, outputs) {
      const whole = (list: readonly number[]): Int32Array => Int32Array.from(list);
      return {
        numbers,
        levels,
        outputs,
        width,
        link,
        base,
        root: whole(root),
        feature: whole(feature),
        threshold: Float64Array.from(threshold),
        set: whole(set),
        members: whole(members),
        missingLeft: whole(missingLeft),
        left: whole(left),
        right: whole(right),
        value: Float64Array.from(value),
        cover: Float64Array.from(cover),
      };
    },
  };
}
