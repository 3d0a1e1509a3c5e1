/**
 * How fast off-policy evaluation is: nine estimators, the bootstrap and SLOPE++ on a million rows of ten actions. Each stands
 * beside numpy doing the same arrays in the same run, and the Open Bandit Pipeline's time on a machine of this kind is in
 * the name; where there is no numpy, a plain loop stands in, and the line says so. Times are the processor's, as other
 * programs may run beside.
 */
import { spawnSync } from 'node:child_process';
import { matrix } from '../src/core/matrix.ts';
import { randomFrom } from '../src/core/random.ts';
import type { Evidence } from '../src/core/contracts.ts';
import { banditLog } from '../src/ope/bandit-log.ts';
import { ips } from '../src/ope/estimators/ips.ts';
import { evaluate } from '../src/ope/evaluate.ts';
import { addToGroups, bootstrapGroups, rowGroups } from '../src/ope/intervals/groups.ts';
import { resampledSums } from '../src/ope/intervals/resampled-sums.ts';
import { addRows, moments } from '../src/ope/moments.ts';
import { createEstimators } from '../src/ope/registry.ts';
import { slopeCandidates, slopePick } from '../src/ope/slope.ts';
import type { Figure } from './main.ts';

const ROWS = 1_000_000;
const ACTIONS = 10;
const RESAMPLES = 1000;
/** numpy's resamples are timed on fewer, and the rest worked out: it does each alike. */
const FEW = 20;

const NINE = ['ips', 'snips', 'dm', 'dr', 'sndr', 'clipped-ips', 'switch-dr', 'dros', 'sg-dr'];
const THRESHOLDS = [0.5, 1, 2, 5, 10, 20, 50, Infinity];

/** A log of as many rows, uniformly logged; clicks of 2 %, or rewards that all differ. */
function evidenceOf(clicks: boolean): Evidence & { predicted: NonNullable<Evidence['predicted']> } {
  const random = randomFrom('bench');
  const words = random.burst(2 * ROWS, 0, 0);
  const action = Int32Array.from({ length: ROWS }, (_, i) => (words[2 * i] >>> 0) % ACTIONS);
  const evaluation = matrix(ROWS, ACTIONS);
  const predicted = matrix(ROWS, ACTIONS);
  const reward = new Float64Array(ROWS);
  for (let i = 0; i < ROWS; i++) {
    const u = (words[2 * i + 1] >>> 0) / 2 ** 32;
    reward[i] = clicks ? (u < 0.02 ? 1 : 0) : u;
    let total = 0;
    for (let a = 0; a < ACTIONS; a++) {
      const z = 0.05 + ((i * 31 + a * 17) % 97) / 97;
      evaluation.data[i * ACTIONS + a] = z;
      predicted.data[i * ACTIONS + a] = 0.02 * z;
      total += z;
    }
    for (let a = 0; a < ACTIONS; a++) evaluation.data[i * ACTIONS + a] /= total;
  }
  const propensity = new Float64Array(ROWS).fill(1 / ACTIONS);
  return { log: banditLog({ actions: ACTIONS, action, propensity, reward }), evaluation, predicted };
}

/** [s of the processor] the least of a few runs after one to warm up. */
function seconds(work: () => void, runs = 5): number {
  work();
  let least = Infinity;
  for (let r = 0; r < runs; r++) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1e6);
  }
  return least;
}

const NUMPY = `
import time, numpy as np
rng = np.random.default_rng(1)
n, k = ${ROWS}, ${ACTIONS}
a = rng.integers(0, k, n); r = (rng.random(n) < .02).astype(float); p = np.full(n, 1 / k)
pi = .05 + rng.random((n, k)); pi /= pi.sum(1, keepdims=True); q = .02 * rng.random((n, k)); rows = np.arange(n)
def terms():
    w = pi[rows, a] / p
    return w, (pi * q).sum(1), q[rows, a]
def ci(z):
    return z.mean(), z.std(ddof=1) / np.sqrt(n)
def nine():
    w, v, qa = terms(); e = r - qa; mw = w.mean()
    ci(w * r); ci(w * r / mw); ci(v); ci(v + w * e); ci(v + w * e / mw); ci(np.minimum(w, 10) * r)
    ci(v + np.where(w <= 10, w, 0) * e); ci(v + 100 * w / (w * w + 100) * e); ci(v + w / (.99 + .01 * w) * e)
def slope():
    w, v, qa = terms(); e = r - qa
    for t in [.5, 1, 2, 5, 10, 20, 50, np.inf]: ci(v + np.where(w <= t, w, 0) * e)
z = rng.random(n)
def bootstrap():
    for b in range(${FEW}): z[rng.integers(0, n, n)].mean()
def least(f, runs):
    f(); best = 1e9
    for _ in range(runs):
        s = time.process_time(); f(); best = min(best, time.process_time() - s)
    return best
print(least(nine, 5), least(slope, 5), least(bootstrap, 2) * ${RESAMPLES / FEW})
`;

/** [s] numpy's times for nine estimators, SLOPE++ and the bootstrap, or a plain loop's for the bootstrap alone. */
function peer(): { nine: number; slope: number; bootstrap: number; name: string } {
  const { stdout, status } = spawnSync('python3', ['-c', NUMPY], { encoding: 'utf8' });
  if (status === 0) {
    const [nine, slope, bootstrap] = stdout.trim().split(/\s+/u).map(Number);
    return { nine, slope, bootstrap, name: 'numpy' };
  }
  const evidence = evidenceOf(true);
  const one = seconds(() => plainIps(evidence), 3);
  const bootstrap = (seconds(() => plainBootstrap(FEW), 1) * RESAMPLES) / FEW;
  return { nine: 9 * one, slope: THRESHOLDS.length * one, bootstrap, name: 'plain loop (no numpy here)' };
}

function plainIps({ log, evaluation }: Evidence): number {
  let sum = 0;
  let square = 0;
  for (let i = 0; i < ROWS; i++) {
    const w = evaluation.data[i * ACTIONS + log.decisions.action[i]] / log.decisions.propensity[i];
    const z = w * log.outcomes.reward[i];
    sum += z;
    square += z * z;
  }
  return square - (sum * sum) / ROWS;
}

/** The nine estimators and their variances in one loop by hand, which checks nothing and is good for nothing else. */
function plainNine({ log, evaluation, predicted }: ReturnType<typeof evidenceOf>): number {
  const pi = evaluation.data;
  const q = predicted.data;
  const { action, propensity } = log.decisions;
  const { reward } = log.outcomes;
  let [ips, dm, dr, clipped, switched, shrunk, subGaussian, mass, correction] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  let [ips2, dm2, dr2, clipped2, switched2, shrunk2, subGaussian2, mass2, correction2] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  let [ipsMass, correctionMass, dmMass, dmCorrection] = [0, 0, 0, 0];
  for (let i = 0; i < ROWS; i++) {
    let v = 0;
    for (let at = i * ACTIONS; at < (i + 1) * ACTIONS; at++) v += pi[at] * q[at];
    const at = i * ACTIONS + action[i];
    const w = pi[at] / propensity[i];
    const e = reward[i] - q[at];
    let z = w * reward[i];
    ips += z;
    ips2 += z * z;
    ipsMass += z * w;
    mass += w;
    mass2 += w * w;
    dm += v;
    dm2 += v * v;
    dmMass += v * w;
    z = w * e;
    correction += z;
    correction2 += z * z;
    correctionMass += z * w;
    dmCorrection += z * v;
    z = v + w * e;
    dr += z;
    dr2 += z * z;
    z = Math.min(w, 10) * reward[i];
    clipped += z;
    clipped2 += z * z;
    z = v + (w <= 10 ? w : 0) * e;
    switched += z;
    switched2 += z * z;
    z = v + ((100 * w) / (w * w + 100)) * e;
    shrunk += z;
    shrunk2 += z * z;
    z = v + (w / (0.99 + 0.01 * w)) * e;
    subGaussian += z;
    subGaussian2 += z * z;
  }
  const sums = ips + dm + dr + clipped + switched + shrunk + subGaussian + mass + correction;
  const squares = ips2 + dm2 + dr2 + clipped2 + switched2 + shrunk2 + subGaussian2 + mass2 + correction2;
  return sums + squares + ipsMass + correctionMass + dmMass + dmCorrection;
}

function plainBootstrap(resamples: number): number {
  const random = randomFrom('plain');
  const z = new Float64Array(ROWS).map((_, i) => i);
  let sum = 0;
  for (let b = 0; b < resamples; b++) {
    const words = random.burst(ROWS, b, 0);
    for (let i = 0; i < ROWS; i++) sum += z[Math.floor(((words[i] >>> 0) / 2 ** 32) * ROWS)];
  }
  return sum;
}

function figure(name: string, took: number, baseline: string, theirs: number): Figure {
  return {
    name: `${name}: ${(1000 * took).toFixed(0)} ms`,
    unit: 'rows',
    perSecond: ROWS / took,
    nsPerRow: (1e9 * took) / ROWS,
    baseline: `${baseline}, ${(1000 * theirs).toFixed(0)} ms`,
    ratio: theirs / took,
  };
}

export const parts: readonly (() => AsyncIterable<Figure>)[] = [() => estimators(), () => slope(), () => bootstraps()];

async function* estimators(): AsyncGenerator<Figure> {
  const { nine, name } = peer();
  const evidence = evidenceOf(true);
  const asked = createEstimators(NINE);
  const plain = seconds(() => plainNine(evidence), 10);
  const took = seconds(() => evaluate(evidence, asked), 10);
  const what = 'nine estimators, checks and diagnostics, 10⁶ × 10 (OBP 1,360 ms)';
  yield figure(what, took, name, nine);
  yield figure(what, took, 'one loop by hand, unchecked', plain);
}

async function* slope(): AsyncGenerator<Figure> {
  const { slope: theirs, name } = peer();
  const evidence = evidenceOf(true);
  const candidates = createEstimators(THRESHOLDS.map((threshold) => ({ kind: 'switch-dr', threshold })));
  const took = seconds(() => slopePick(slopeCandidates(candidates, evidence)));
  yield figure('SLOPE++ of 8 thresholds of switch-dr, 10⁶ × 10 (OBP 2,312 ms)', took, name, theirs);
}

async function* bootstraps(): AsyncGenerator<Figure> {
  const { bootstrap, name } = peer();
  const random = randomFrom('bench');
  for (const clicks of [false, true]) {
    const evidence = evidenceOf(clicks);
    const rows = matrix(ROWS, 1);
    ips().contributions(evidence, rows);
    const kind = clicks ? 'clicks of 2 %' : 'no two rows alike';
    const exact = seconds(() => resampledSums(rows, 0, RESAMPLES, random), 1);
    yield figure(`exact bootstrap of 10⁶ × 1,000, one thread, ${kind} (OBP 9,500 ms)`, exact, name, bootstrap);
    const sums = moments(1);
    addRows(sums, rows);
    const fast = seconds(() => {
      const groups = rowGroups(1);
      addToGroups(groups, rows, 0, random);
      bootstrapGroups.interval({ estimator: ips(), moments: sums, groups, binary: clicks, random }, 0.95);
    });
    yield figure(`bootstrap of 1,024 groups × 1,000, ${kind} (OBP 9,500 ms)`, fast, name, bootstrap);
  }
}
