/**
 * How fast and how good k-means and Gaussian mixtures are beside scikit-learn, on the same 20,000 points of 12 dimensions in the
 * same run, a core each, time of the processor. Python is `ADSIM_PYTHON`, or `python3`; where it has no scikit-learn, plain
 * loops stand in, and the line says so.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matrix } from '../src/core/matrix.ts';
import { randomFrom } from '../src/core/random.ts';
import { summarise } from '../src/core/statistics.ts';
import { gaussianMixture } from '../src/models/audience/gaussian-mixture.ts';
import { kMeans } from '../src/models/audience/k-means.ts';
import type { Figure } from './main.ts';

const [N, D, K] = [20_000, 12, 8];
const SEEDS = 8;

/** Eight clouds that overlap: centres 3 from the origin, spreads of 1. */
function cloud() {
  const draw = randomFrom('bench audience').sequence();
  const points = matrix(N, D);
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < D; j++) points.data[i * D + j] = (i % K === j ? 3 : 0) + draw.normal();
  }
  return points;
}

const PYTHON = `
import json, sys, time, numpy as np
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture
X = np.fromfile(sys.argv[1] + '/points').reshape(${N}, ${D}); start = np.fromfile(sys.argv[1] + '/start', np.int32)
def least(f, runs=3):
    best = 1e9
    for _ in range(runs):
        s = time.process_time(); r = f(); best = min(best, time.process_time() - s)
    return best, r
def kmeans(seed): return KMeans(${K}, n_init=5, tol=0, max_iter=200, random_state=seed).fit(X)
took, _ = least(lambda: kmeans(0))
out = {'kMeans': {'seconds': took, 'J': [float(kmeans(s).inertia_) for s in range(${SEEDS})]}}
means = np.stack([X[start == c].mean(0) for c in range(${K})]); share = np.bincount(start, minlength=${K}) / ${N}
for name, kind in (('full', 'full'), ('diagonal', 'diag')):
    cov = [np.cov(X[start == c].T, bias=True) + 1e-6 * np.eye(${D}) for c in range(${K})]
    precision = np.stack([np.linalg.inv(c) if kind == 'full' else 1 / np.diag(c) for c in cov])
    took, m = least(lambda: GaussianMixture(${K}, covariance_type=kind, weights_init=share, means_init=means, precisions_init=precision).fit(X))
    out[name] = {'seconds': took, 'score': float(m.score(X))}
print(json.dumps(out))
`;

interface Theirs {
  kMeans: { seconds: number; J: number[] };
  full: { seconds: number; score: number };
  diagonal: { seconds: number; score: number };
}

/** What scikit-learn takes and reaches; null where it is not there. */
function scikitLearn(points: Float64Array, start: Int32Array): Theirs | null {
  const folder = mkdtempSync(join(tmpdir(), 'adsim-bench-'));
  try {
    writeFileSync(join(folder, 'points'), points);
    writeFileSync(join(folder, 'start'), start);
    const python = process.env['ADSIM_PYTHON'] ?? 'python3';
    const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
    const { stdout, status } = spawnSync(python, ['-W', 'ignore', '-c', PYTHON, folder], { encoding: 'utf8', env });
    return status === 0 ? (JSON.parse(stdout) as Theirs) : null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** [s of the processor] the least of a few runs after one to warm up. */
function seconds(work: () => void, runs = 3): number {
  work();
  let least = Infinity;
  for (let r = 0; r < runs; r++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1e6);
  }
  return least;
}

/** One walk over nested arrays, as a textbook has it. */
function plainWalk(points: readonly (readonly number[])[], centres: readonly (readonly number[])[]): number {
  let sum = 0;
  for (const x of points) sum += Math.min(...centres.map((c) => x.reduce((s, v, j) => s + (v - c[j]) ** 2, 0)));
  return sum;
}

export const parts: readonly (() => AsyncIterable<Figure>)[] = [() => beside()];

async function* beside(): AsyncGenerator<Figure> {
  const points = cloud();
  const start = kMeans(points, K, randomFrom('0')).assignment;
  const theirs = scikitLearn(points.data, start);
  const nested = Array.from({ length: N }, (_, i) => [...points.data.subarray(i * D, (i + 1) * D)]);
  const walk = theirs ? 0 : seconds(() => void plainWalk(nested, nested.slice(0, K)));
  const baseline = theirs ? 'scikit-learn' : 'a plain walk over the points (no scikit-learn here: set ADSIM_PYTHON)';
  const figure = (name: string, took: number, other: number | undefined): Figure => ({
    name: `${name}: ${(1000 * took).toFixed(0)} ms`,
    unit: 'points',
    perSecond: N / took,
    nsPerRow: (1e9 * took) / N,
    baseline: `${baseline}, ${(1000 * (other ?? walk)).toFixed(0)} ms`,
    ratio: (other ?? walk) / took,
  });
  const J = Array.from({ length: SEEDS }, (_, s) => kMeans(points, K, randomFrom(`${s}`)).objective);
  yield figure(
    `k-means, 5 starts, ${said(theirs && summarise(J.map((own, s) => own / theirs.kMeans.J[s])))}`,
    seconds(() => void kMeans(points, K, randomFrom('0'))),
    theirs?.kMeans.seconds,
  );
  for (const covariance of ['full', 'diagonal'] as const) {
    const fit = () => gaussianMixture(points, K, start, { covariance });
    const away = theirs
      ? `log-likelihood ${(fit().logLikelihood - theirs[covariance].score).toExponential(0)} from theirs`
      : '';
    yield figure(
      `Gaussian mixture, ${covariance}, ${away}`,
      seconds(() => void fit()),
      theirs?.[covariance].seconds,
    );
  }
}

/** J over theirs, with its interval over seeds. */
function said(ratio: ReturnType<typeof summarise> | null): string {
  if (!ratio) return '';
  const [low, high] = (ratio.interval ?? [Number.NaN, Number.NaN]).map((bound) => bound.toFixed(4));
  return `J ${ratio.mean.toFixed(4)} × theirs (95 %, ${SEEDS} seeds: ${low} to ${high})`;
}
