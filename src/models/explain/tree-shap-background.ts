/**
 * Shapley values of trees against rows of a background: columns that are not known are taken from each of those rows (interventional).
 * Unlike the path-dependent form this breaks what hangs together between columns, and says what the trees themselves react to.
 *
 * Lundberg et al. 2020, algorithm 3: one walk down a tree follows the row and the background row wherever they part. A leaf is reached by
 * the coalitions that hold the N columns where the walk followed the row and none of the M where it followed the other.
 */
import type { Examples } from '../supervised/examples.ts';
import { columnCount, fillRow, goesLeft } from '../supervised/trees/tree.ts';
import type { Trees } from '../supervised/trees/tree.ts';
import { treesOf } from './tree-shap.ts';
import type { TreeExplainer } from './tree-shap.ts';

/**
 * Interventional tree SHAP of output `output`. Columns of one `players` (columns, each a number below theirs) are known together or not
 * at all, and φ is by player. Throws RangeError without background rows.
 */
export function treeShapAgainst(
  trees: Trees,
  background: Examples,
  output = 0,
  players?: ArrayLike<number>,
): TreeExplainer {
  if (background.size === 0) throw new RangeError('tree SHAP: no background rows');
  const { feature, left, right } = trees;
  const { roots, valueOf } = treesOf(trees, output);
  const columns = columnCount(trees);
  const others = Array.from({ length: background.size }, (_, b) => {
    const row = new Float64Array(columns);
    fillRow(background, b, row);
    return row;
  });
  const share = 1 / others.length;
  /** (players) 1 where the walk followed the row, 2 where it followed the other. */
  const followed = new Uint8Array(columns);
  const chosen = new Int32Array(columns);
  let row = others[0];
  let other = others[0];
  let phiOf = new Float64Array(columns);

  function visit(node: number, mine: number, theirs: number): void {
    const column = feature[node];
    if (column < 0) return count(valueOf(node) * share, mine, theirs);
    const go = goesLeft(trees, node, row[column]) ? left[node] : right[node];
    const their = goesLeft(trees, node, other[column]) ? left[node] : right[node];
    const player = players ? players[column] : column;
    if (go === their || followed[player] === 1) return visit(go, mine, theirs);
    if (followed[player] === 2) return visit(their, mine, theirs);
    chosen[mine + theirs] = player;
    followed[player] = 1;
    visit(go, mine + 1, theirs);
    followed[player] = 2;
    visit(their, mine, theirs + 1);
    followed[player] = 0;
  }

  /** Weights (N − 1)! M!/(N + M)! and −N! (M − 1)!/(N + M)!. */
  function count(value: number, mine: number, theirs: number): void {
    if (mine + theirs === 0) return;
    const whole = value / choose(mine + theirs, mine);
    for (let c = 0; c < mine + theirs; c++) {
      phiOf[chosen[c]] += followed[chosen[c]] === 1 ? whole / mine : -whole / theirs;
    }
  }

  const baseOf = (root: number, from: Float64Array): number => {
    let node = root;
    while (feature[node] >= 0) node = goesLeft(trees, node, from[feature[node]]) ? left[node] : right[node];
    return valueOf(node);
  };
  let base = trees.base[output];
  for (const from of others) for (const root of roots) base += share * baseOf(root, from);
  return {
    base,
    columns,
    fill(given, phi) {
      row = given as Float64Array<ArrayBuffer>;
      phiOf = phi.fill(0) as Float64Array<ArrayBuffer>;
      for (const from of others) {
        other = from;
        for (const root of roots) visit(root, 0, 0);
      }
    },
  };
}

function choose(n: number, k: number): number {
  let ways = 1;
  for (let j = 1; j <= k; j++) ways = (ways * (n - k + j)) / j;
  return ways;
}
