/** k-means for more points than one cares to walk over again and again: centres follow small batches (Sculley 2010, algorithm 1). */
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import type { Random, Sequence } from '../../core/random.ts';
import { assign, kMeans, spread } from './k-means.ts';
import type { Clusters } from './k-means.ts';

export interface MiniBatchSettings {
  /** Points in a batch; default 1,024. */
  batch?: number;
  /** Default 100. */
  batches?: number;
}

/** Points from which on `clustersOf` looks at batches. */
const MANY = 100_000;
/** Starts that are tried on a sample of three batches; the best goes on. */
const STARTS = 5;

/** k-means where all points can be walked over, mini-batches of 100,000 or more. Deterministic in its arguments. */
export function clustersOf(points: Matrix, k: number, random: Random): Clusters {
  return points.rows < MANY ? kMeans(points, k, random) : miniBatchKMeans(points, k, random);
}

/**
 * Each batch is drawn anew from all points (n×d); a centre moves towards its points by 1 / (points it has had so far). The
 * assignment and J are of all points, at the end. k in [1, n]. Deterministic in its arguments.
 */
export function miniBatchKMeans(
  points: Matrix,
  k: number,
  random: Random,
  { batch = 1024, batches = 100 }: MiniBatchSettings = {},
): Clusters {
  const { rows: n, columns: d } = points;
  if (!(k >= 1 && k <= n)) throw new RangeError(`miniBatchKMeans: ${k} clusters of ${n} points`);
  const luck = random.stream('mini-batch').sequence();
  const centres = start(points, k, Math.min(n, Math.max(3 * batch, k)), luck);
  const had = new Float64Array(k);
  const sample = matrix(Math.min(n, batch), d);
  const own = new Int32Array(sample.rows);
  for (let b = 0; b < batches; b++) {
    draw(points, sample, luck);
    assign(sample, centres, own);
    for (let i = 0; i < sample.rows; i++) {
      const c = own[i];
      const step = 1 / ++had[c];
      for (let j = 0; j < d; j++) centres.data[c * d + j] += step * (sample.data[i * d + j] - centres.data[c * d + j]);
    }
  }
  const assignment = new Int32Array(n).fill(-1);
  const { objective } = assign(points, centres, assignment);
  return { assignment, centres, objective };
}

/** Centres spread over a sample: of several tries those nearest to its points. */
function start(points: Matrix, k: number, size: number, luck: Sequence): Matrix {
  const sample = matrix(size, points.columns);
  draw(points, sample, luck);
  const own = new Int32Array(size);
  let best: { centres: Matrix; objective: number } | undefined;
  for (let attempt = 0; attempt < STARTS; attempt++) {
    const centres = spread(sample, k, luck);
    const { objective } = assign(sample, centres, own);
    if (!best || objective < best.objective) best = { centres, objective };
  }
  return (best as { centres: Matrix }).centres;
}

/** Fills `sample` with points, each drawn from all. */
function draw({ data, rows, columns: d }: Matrix, sample: Matrix, luck: Sequence): void {
  for (let i = 0; i < sample.rows; i++) {
    const from = luck.integer(rows) * d;
    for (let j = 0; j < d; j++) sample.data[i * d + j] = data[from + j];
  }
}
