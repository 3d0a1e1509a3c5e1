/** The golden vector of ope.md §5.10, rebuilt from its generator: needs no file. */
import { expect, test } from 'vitest';
import { matrix, row } from '../../src/core/matrix.ts';
import { dm } from '../../src/ope/estimators/dm.ts';
import { dr } from '../../src/ope/estimators/dr.ts';
import { ips } from '../../src/ope/estimators/ips.ts';
import { snips } from '../../src/ope/estimators/snips.ts';
import { sndr } from '../../src/ope/estimators/sndr.ts';
import { rowTerms } from '../../src/ope/evidence.ts';
import { biasAllowance } from '../../src/ope/mse-bound.ts';
import { slopeCandidates, slopePick } from '../../src/ope/slope.ts';
import { chooseEstimators, createEstimators } from '../../src/ope/registry.ts';
import type { EstimatorInput } from '../../src/ope/registry.ts';
import { evaluate, tally } from '../../src/ope/evaluate.ts';
import { bernsteinRadius, hoeffdingRadius } from '../../src/ope/intervals/bounded.ts';
import { deltaInterval, standardError } from '../../src/ope/intervals/delta.ts';
import { jackknifeError, leftOut } from '../../src/ope/intervals/jackknife.ts';
import { ACTIONS, goldenVector, ROWS } from './ope-vector.ts';

test('the first row is the one that ope.md prints', () => {
  const { log, evaluation, rates, predicted, behaviour } = goldenVector();
  const first = [behaviour, evaluation, rates, predicted].map((m) => [...row(m, 0)]);
  const printed = [
    [0.07455227, 0.07216539, 0.39823632, 0.45504603],
    [0.68959012, 0.01909489, 0.12652071, 0.16479428],
    [0.55766007, 0.67007025, 0.22391259, 0.64628073],
    [0.72740288, 0.57217051, 0.31379467, 0.66436899],
  ];
  printed.forEach((numbers, j) => numbers.forEach((x, a) => expect(first[j][a]).toBeCloseTo(x, 8)));
  expect([log.decisions.action[0], log.outcomes.reward[0]]).toEqual([2, 0]);
});

test('estimates, weights and the standard error of SNIPS, at 1e-9', () => {
  const evidence = goldenVector();
  const { log, evaluation, rates } = evidence;
  const estimators = [ips(), snips(), dm(), dr()];
  const estimates = evaluate(evidence, estimators);
  const { moments, diagnostics: found } = tally(evidence, estimators);
  const truth = evaluation.data.reduce((sum, p, at) => sum + p * rates.data[at], 0) / ROWS;
  const golden: readonly (readonly [string, number, number])[] = [
    ['true V', truth, 0.489173746914],
    ['mean r', log.outcomes.reward.reduce((a, b) => a + b, 0) / ROWS, 0.5],
    ['mean w', found.weightSum / ROWS, 0.992747772546],
    ['max w', found.largestWeight, 6.275640517599],
    ['ESS', estimates[0].effectiveSampleSize, 102.22460264525],
    ['IPS', estimates[0].value, 0.468078925024],
    ['SNIPS', estimates[1].value, 0.471498338217],
    ['DM', estimates[2].value, 0.523075806694],
    ['DR', estimates[3].value, 0.451585070803],
    ['SNIPS delta se', standardError(estimators[1], moments[1]), 0.049167955317],
  ];
  for (const [name, value, expected] of golden) {
    expect(Math.abs(value - expected) / Math.max(1, expected), `${name}: ${value}`).toBeLessThanOrEqual(1e-9);
  }
});

test('bounds on one side of IPS as the peer’s helper makes them, and the jackknife of SNIPS', () => {
  const evidence = goldenVector();
  const estimators = [ips(), snips()];
  const [one, two] = tally(evidence, estimators).moments;
  const mean = one.sums[0] / ROWS;
  const values = matrix(ROWS, 1);
  estimators[0].contributions(evidence, values);
  const pairs = matrix(ROWS, 2);
  estimators[1].contributions(evidence, pairs);
  const largest = Math.max(...values.data);
  const golden: readonly (readonly [string, number, number])[] = [
    ['Hoeffding', mean - hoeffdingRadius(ROWS, largest, 0.05), 0.142585332035],
    ['empirical Bernstein', mean - bernsteinRadius(ROWS, one.cross[0] / (ROWS - 1), largest, 0.05), 0.153745087749],
    ['t', deltaInterval(estimators[0], one, 0.9, 'delta-t')[0], 0.375813365884],
    ['jackknife', jackknifeError(leftOut(estimators[1], two, pairs)), 0.049729682444],
  ];
  for (const [name, value, expected] of golden) {
    expect(Math.abs(value - expected), `${name}: ${value}`).toBeLessThanOrEqual(1e-9);
  }
});

test.each<[EstimatorInput, number]>([
  [{ kind: 'clipped-ips', max: 2 }, 0.418171795041],
  [{ kind: 'clipped-ips', max: 5 }, 0.468078925024],
  ['sndr', 0.451062816217],
  [{ kind: 'clipped-dr', max: 2 }, 0.463655540333],
  [{ kind: 'clipped-dr', max: 5 }, 0.454078345303],
  [{ kind: 'switch-dr', threshold: 1 }, 0.532740645839],
  [{ kind: 'switch-dr', threshold: 2 }, 0.472606164209],
  [{ kind: 'switch-dr', threshold: 5 }, 0.463850982912],
  [{ kind: 'dros', lambda: 1 }, 0.507989208638],
  [{ kind: 'dros', lambda: 5 }, 0.485791350027],
  [{ kind: 'dros', lambda: 100 }, 0.457690286745],
  [{ kind: 'sg-ips', lambda: 0.05 }, 0.451270795376],
  [{ kind: 'sg-ips', lambda: 0.5 }, 0.38734716822],
  [{ kind: 'sg-dr', lambda: 0.05 }, 0.456798149066],
  [{ kind: 'sg-dr', lambda: 0.5 }, 0.477205136359],
])('%j is %d, at 1e-9', (wanted, expected) => {
  const [{ value }] = evaluate(goldenVector(), createEstimators([wanted]));
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9);
});

test('replay of the likeliest action, at 1e-9', () => {
  const { log, evaluation } = goldenVector();
  const likeliest = matrix(ROWS, ACTIONS);
  for (let i = 0; i < ROWS; i++) {
    const odds = row(evaluation, i);
    row(likeliest, i)[odds.indexOf(Math.max(...odds))] = 1;
  }
  const [{ value }] = evaluate({ log, evaluation: likeliest }, createEstimators(['replay']));
  expect(Math.abs(value - 0.384615384615)).toBeLessThanOrEqual(1e-9);
});

test('SWITCH is IPS where no weight is too large, the direct method where all are, and between them what it says', () => {
  const evidence = goldenVector();
  const at = (threshold: number): number =>
    evaluate(evidence, createEstimators([{ kind: 'switch', threshold }]))[0].value;
  expect(at(Infinity)).toBeCloseTo(0.468078925024, 9);
  expect(at(0)).toBeCloseTo(0.523075806694, 9);
  const { log, evaluation, behaviour, predicted } = evidence;
  let sum = 0;
  for (let i = 0; i < ROWS; i++) {
    const w = Array.from(row(evaluation, i), (p, a) => p / row(behaviour, i)[a]);
    const a = log.decisions.action[i];
    if (w[a] <= 2) sum += w[a] * log.outcomes.reward[i];
    w.forEach((x, b) => (sum += x > 2 ? row(evaluation, i)[b] * row(predicted, i)[b] : 0));
  }
  expect(at(2)).toBeCloseTo(sum / ROWS, 12);
});

test('the standard error of SNDR is the formula’s', () => {
  // √(Σ (v̂ − E v̂ + n w (e − Ē_w) / Σw)²) / n with e = r − q̂ and Ē_w = Σwe / Σw (ope.md §5.5)
  const evidence = goldenVector();
  const { weight, expected, error } = rowTerms(evidence);
  const n = ROWS;
  const mass = weight.reduce((a, b) => a + b, 0);
  const meanError = error.reduce((sum, e, i) => sum + weight[i] * e, 0) / mass;
  const meanExpected = expected.reduce((a, b) => a + b, 0) / n;
  const squares = error.reduce(
    (sum, e, i) => sum + (expected[i] - meanExpected + (n * weight[i] * (e - meanError)) / mass) ** 2,
    0,
  );
  const estimator = sndr();
  const [sums] = tally(evidence, [estimator]).moments;
  expect(standardError(estimator, sums)).toBeCloseTo(Math.sqrt(squares) / n, 10);
});

test.each([
  ['clipped-ips', 'max', 0.418171795041], // M = 2
  ['clipped-dr', 'max', 0.50597449155], // M = .5
  ['switch-dr', 'threshold', 0.521990519608],
  ['dros', 'lambda', 0.514602905731],
])('SLOPE++ at δ = .1 gives %s its value', (kind, key, expected) => {
  const grid = [0.5, 1, 2, 5, 10, 20, 50, 100, Infinity];
  const candidates = slopeCandidates(
    createEstimators(grid.map((value) => ({ kind, [key]: value }))),
    goldenVector(),
    0.1,
  );
  expect(Math.abs(candidates[slopePick(candidates)].value - expected)).toBeLessThanOrEqual(1e-9);
});

test('the bias bound of clipping at 2, and what the error bound chooses: no shrinkage, four times', () => {
  const evidence = goldenVector();
  const [plain, shrunk] = evaluate(evidence, createEstimators(['ips', { kind: 'clipped-ips', max: 2 }]));
  const { diagnostics: found } = tally(evidence, []);
  const bound = Math.abs(plain.value - shrunk.value) + biasAllowance(found, 0.05);
  expect(Math.abs(bound - 0.393774325577)).toBeLessThanOrEqual(1e-9);
  for (const [kind, key] of [
    ['clipped-ips', 'max'],
    ['clipped-dr', 'max'],
    ['switch-dr', 'threshold'],
    ['dros', 'lambda'],
  ] as const) {
    const [chosen] = chooseEstimators([{ kind, [key]: 'mse' }], evidence);
    const [{ value, estimator }] = evaluate(evidence, [chosen]);
    expect(estimator).toBe(`${kind} mse`);
    expect(Math.abs(value - (kind === 'clipped-ips' ? 0.468078925024 : 0.451585070803))).toBeLessThanOrEqual(1e-9);
  }
});

test('a parameter left to SLOPE is chosen by the evidence, and the name says so', () => {
  const evidence = goldenVector();
  const [chosen] = chooseEstimators([{ kind: 'clipped-ips', max: 'slope' }], evidence);
  const [{ estimator, value }] = evaluate(evidence, [chosen]);
  expect([estimator, value]).toEqual(['clipped-ips slope', expect.closeTo(0.418171795041, 9)]);
});
