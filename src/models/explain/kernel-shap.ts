/**
 * Shapley values of any model by weighted least squares over coalitions of columns: all of them where they are few, which gives the
 * Shapley values exactly; else a sample of them, with standard errors. Lundberg & Lee 2017 (NIPS, theorem 2); coalitions are drawn
 * in pairs with what is left, which takes much of the noise away (Covert & Lee 2021, AISTATS, § 4.3).
 */
import type { Random } from '../../core/contracts.ts';
import { factor, solve } from '../ctr/cholesky.ts';

/** What is shared out among players. */
export interface Game {
  players: number;
  /** (count) worth of each coalition; `coalitions` (count×players) is 1 where a player is in. */
  worth: (coalitions: Uint8Array, count: number) => Float64Array;
}

export interface KernelShap {
  /** Worth of no player. */
  base: number;
  /** (players) Together with `base` the worth of all. */
  phi: Float64Array;
  /** (players) of the drawing of coalitions alone; null where none was drawn. */
  standardError: Float64Array | null;
  /** How many were asked about. */
  coalitions: number;
}

export interface KernelOptions {
  /** At most so many coalitions are asked about; at least twice the players are, where not all are. */
  coalitions: number;
  random: Random;
}

/** Shares out the worth of all players. Throws RangeError without players. */
export function kernelShap(game: Game, { coalitions, random }: KernelOptions): KernelShap {
  const { players } = game;
  if (players === 0) throw new RangeError('kernel SHAP: no columns to explain by');
  const ends = new Uint8Array(2 * players).fill(1, players);
  const [base, whole] = game.worth(ends, 2);
  if (players === 1) {
    return { base, phi: Float64Array.of(whole - base), standardError: null, coalitions: 2 };
  }
  const exact = players <= 20 && 1 << players <= coalitions;
  const asked = exact ? everyCoalition(players) : drawnPairs(players, Math.max(coalitions, 2 * players), random);
  const count = asked.weight.length;
  const worth = game.worth(asked.coalitions, count);
  const { phi, standardError } = leastSquares(
    asked,
    worth.map((value) => value - base),
    whole - base,
    !exact,
  );
  return { base, phi, standardError, coalitions: count + 2 };
}

interface Asked {
  players: number;
  /** (count×players) Neither empty nor whole. */
  coalitions: Uint8Array;
  /** (count) */
  weight: Float64Array;
}

/** All of them, by the kernel (d − 1)/(C(d, s)·s·(d − s)). */
function everyCoalition(players: number): Asked {
  const count = (1 << players) - 2;
  const coalitions = new Uint8Array(count * players);
  const weight = new Float64Array(count);
  for (let mask = 1; mask <= count; mask++) {
    let size = 0;
    for (let j = 0; j < players; j++) {
      const has = (mask >> j) & 1;
      coalitions[(mask - 1) * players + j] = has;
      size += has;
    }
    let ways = 1;
    for (let j = 1; j <= size; j++) ways = (ways * (players - size + j)) / j;
    weight[mask - 1] = (players - 1) / (ways * size * (players - size));
  }
  return { players, coalitions, weight };
}

/** Sizes by their part of the kernel, members evenly; row 2t + 1 holds whom row 2t does not. All count alike. */
function drawnPairs(players: number, most: number, random: Random): Asked {
  const pairs = Math.floor(most / 2);
  const coalitions = new Uint8Array(2 * pairs * players);
  const draw = random.sequence();
  const shares = Float64Array.from({ length: players - 1 }, (_, s) => 1 / ((s + 1) * (players - s - 1)));
  const total = shares.reduce((a, b) => a + b);
  const order = Int32Array.from({ length: players }, (_, j) => j);
  for (let t = 0; t < pairs; t++) {
    let left = draw.uniform() * total;
    let size = 1;
    while (size < players - 1 && (left -= shares[size - 1]) > 0) size++;
    draw.shuffle(order);
    const at = 2 * t * players;
    for (let j = 0; j < players; j++) coalitions[at + order[j]] = j < size ? 1 : 0;
    for (let j = 0; j < players; j++) coalitions[at + players + j] = 1 - coalitions[at + j];
  }
  return { players, coalitions, weight: new Float64Array(2 * pairs).fill(1) };
}

/** A coalition as a row of the regression, the last player's φ replaced by what is left of the total: fills x (d), returns y. */
type FillRow = (row: number, x: Float64Array) => number;

/**
 * φ that add up to `total` and come nearest to the worths; the last one is what is left of the total. Standard errors where
 * coalitions were drawn.
 */
function leastSquares(
  { players, coalitions, weight }: Asked,
  worth: Float64Array,
  total: number,
  drawn: boolean,
): { phi: Float64Array; standardError: Float64Array | null } {
  const d = players - 1;
  const gram = new Float64Array(d * d);
  const phi = new Float64Array(players);
  const x = new Float64Array(d);
  const fillRow: FillRow = (row, into) => {
    const last = coalitions[row * players + d];
    for (let j = 0; j < d; j++) into[j] = coalitions[row * players + j] - last;
    return worth[row] - last * total;
  };
  // A hair of ridge where the draw left a column undetermined: its φ is then 0, and its share goes to the last.
  const ridge = drawn ? 1e-9 : 0;
  for (let j = 0; j < d; j++) gram[j * d + j] = ridge;
  for (let row = 0; row < weight.length; row++) {
    const y = fillRow(row, x);
    for (let j = 0; j < d; j++) {
      if (x[j] === 0) continue;
      phi[j] += weight[row] * x[j] * y;
      for (let l = 0; l <= j; l++) gram[j * d + l] += weight[row] * x[j] * x[l];
    }
  }
  if (!factor(gram, d)) throw new RangeError('kernel SHAP: too few coalitions; ask for more');
  solve(gram, d, phi.subarray(0, d));
  phi[d] = total;
  for (let j = 0; j < d; j++) phi[d] -= phi[j];
  return { phi, standardError: drawn ? errorsOf(phi, gram, weight.length, fillRow) : null };
}

/** Standard errors by the sandwich formula, a pair counting as one draw. `factored`: the Gram matrix as `factor` left it. */
function errorsOf(phi: Float64Array, factored: Float64Array, rows: number, fillRow: FillRow): Float64Array {
  const d = phi.length - 1;
  const x = new Float64Array(d);
  const square = new Float64Array(d + 1);
  const moved = new Float64Array(d);
  for (let row = 0; row < rows; row += 2) {
    moved.fill(0);
    for (const one of [row, row + 1]) {
      let residual = fillRow(one, x);
      for (let j = 0; j < d; j++) residual -= x[j] * phi[j];
      for (let j = 0; j < d; j++) moved[j] += x[j] * residual;
    }
    solve(factored, d, moved);
    let last = 0;
    for (let j = 0; j < d; j++) {
      square[j] += moved[j] * moved[j];
      last -= moved[j];
    }
    square[d] += last * last;
  }
  // Few draws leave residuals too small: n/(n − d) as in any regression.
  const pairs = rows / 2;
  const corrected = pairs / Math.max(1, pairs - d);
  return square.map((one) => Math.sqrt(one * corrected));
}
