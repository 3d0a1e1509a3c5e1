/** A tree under construction: nodes are added one by one and become flat arrays at the end; and trees become one ensemble. */
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
  /** Adds a leaf and returns its number. */
  leaf(value: ArrayLike<number>, cover: number): number;
  /** Makes a leaf a split. */
  split(node: number, how: Split, left: number, right: number): void;
  /** The tree; the node added first is its root. */
  finish(): Trees;
}

/** Begins without nodes; each will have `width` values. */
export function treeBuilder(numbers: number, levels: readonly number[], width: number): TreeBuilder {
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
    finish() {
      const whole = (list: readonly number[]): Int32Array => Int32Array.from(list);
      return {
        numbers,
        levels,
        outputs: width,
        width,
        link: 'identity',
        base: new Float64Array(width),
        root: Int32Array.of(0),
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

/** Lone trees as one ensemble. Throws RangeError where there are none. */
export function joinTrees(trees: readonly Trees[], link: Link, base: Float64Array): Trees {
  if (trees.length === 0) throw new RangeError('joinTrees: no trees');
  const { numbers, levels, width } = trees[0];
  const nodesBefore = startsOf(trees.map(({ feature }) => feature.length));
  const wordsBefore = startsOf(trees.map(({ members }) => members.length));
  const whole = (name: 'feature' | 'members' | 'missingLeft'): Int32Array =>
    Int32Array.from(trees.flatMap((tree) => [...tree[name]]));
  const real = (name: 'threshold' | 'value' | 'cover'): Float64Array =>
    Float64Array.from(trees.flatMap((tree) => [...tree[name]]));
  /** Places that begin anew in each tree; −1 stays. */
  const moved = (name: 'root' | 'set' | 'left' | 'right', before: readonly number[]): Int32Array =>
    Int32Array.from(trees.flatMap((tree, t) => [...tree[name]].map((at) => (at < 0 ? at : at + before[t]))));
  return {
    numbers,
    levels,
    outputs: base.length,
    width,
    link,
    base,
    root: moved('root', nodesBefore),
    feature: whole('feature'),
    threshold: real('threshold'),
    set: moved('set', wordsBefore),
    members: whole('members'),
    missingLeft: whole('missingLeft'),
    left: moved('left', nodesBefore),
    right: moved('right', nodesBefore),
    value: real('value'),
    cover: real('cover'),
  };
}

/** How much lies before each part. */
function startsOf(sizes: readonly number[]): number[] {
  let sum = 0;
  return sizes.map((size) => (sum += size) - size);
}
