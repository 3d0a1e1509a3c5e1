/** The estimators that are sums, each with what it is told, where it comes from and what its parameter is chosen from. */
import type { Estimator } from '../core/contracts.ts';
import { dm } from './estimators/dm.ts';
import { dr } from './estimators/dr.ts';
import { ips } from './estimators/ips.ts';
import { mips, snmips } from './estimators/mips.ts';
import { replay } from './estimators/replay.ts';
import { clipped, optimistic, shrunkDr, shrunkIps, subGaussian, switched } from './estimators/shrunk.ts';
import { sndr } from './estimators/sndr.ts';
import { snips } from './estimators/snips.ts';
import { switching } from './estimators/switch.ts';

/** What an estimator may be told. */
export interface EstimatorParameter {
  key: string;
  default: number;
  min: number;
  max: number;
  describe: string;
  /** What SLOPE and the bound of the error choose from. */
  grid: readonly number[];
}

export interface EstimatorEntry {
  name: string;
  /** What it is, in a sentence. */
  summary: string;
  reference: string;
  parameter?: EstimatorParameter;
  /** With a parameter: the same with its weights left alone, unbiased, so that the difference tells the bias. */
  unshrunk?: () => Estimator;
  /** `value` is the parameter's; its default where it is left out. */
  make: (value?: number) => Estimator;
}

/** Greatest weights to choose from. */
const WEIGHTS = [0.5, 1, 2, 5, 10, 20, 50, 100, Infinity];

const MAX: EstimatorParameter = {
  key: 'max',
  default: 10,
  min: 0,
  max: 1e9,
  describe: 'M: greatest weight; default 10; slope, mse: chosen by the log',
  grid: WEIGHTS,
};
const THRESHOLD: EstimatorParameter = {
  key: 'threshold',
  default: 10,
  min: 0,
  max: 1e9,
  describe: 'τ: greatest weight that is still used; default 10; slope, mse: chosen by the log',
  grid: WEIGHTS,
};
const OPTIMISTIC: EstimatorParameter = {
  key: 'lambda',
  default: 100,
  min: 0,
  max: 1e9,
  describe: 'λ: 0 is the direct method, large ones DR; default 100; slope, mse: chosen by the log',
  grid: [0.1, 1, 5, 10, 50, 100, 1000, Infinity],
};
const SUB_GAUSSIAN: EstimatorParameter = {
  key: 'lambda',
  default: 0.01,
  min: 0,
  max: 1,
  describe: 'λ: 0 leaves weights alone, 1 makes all of them 1; default 0.01; slope, mse: chosen by the log',
  grid: [0, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 0.9],
};

/** Estimators whose weights a rule makes smaller. */
function shrinking(
  name: string,
  summary: string,
  reference: string,
  parameter: EstimatorParameter,
  unshrunk: () => Estimator,
  make: (value: number, name: string) => Estimator,
): EstimatorEntry {
  const named = (value: number): string => (value === parameter.default ? name : `${name} ${parameter.key} ${value}`);
  return {
    name,
    summary,
    reference,
    parameter,
    unshrunk,
    make: (value = parameter.default) => make(value, named(value)),
  };
}

export const ESTIMATORS: readonly EstimatorEntry[] = [
  {
    name: 'ips',
    summary: 'Inverse propensity scoring: rewards weighted by how much likelier the evaluated policy takes the action.',
    reference: 'Horvitz & Thompson 1952; Strehl et al. 2010',
    make: ips,
  },
  {
    name: 'snips',
    summary: 'Self-normalised IPS: the same divided by the mean weight; less noisy, slightly biased.',
    reference: 'Swaminathan & Joachims 2015',
    make: snips,
  },
  {
    name: 'dm',
    summary: 'Direct method: what a reward model expects of the evaluated policy; as wrong as the model.',
    reference: 'Beygelzimer & Langford 2009',
    make: dm,
  },
  {
    name: 'dr',
    summary: 'Doubly robust: the direct method corrected by the weighted error of its model.',
    reference: 'Dudík, Langford & Li 2011',
    make: dr,
  },
  {
    name: 'sndr',
    summary: 'Self-normalised DR: its correction divided by the mean weight.',
    reference: 'Thomas & Brunskill 2016',
    make: sndr,
  },
  {
    name: 'replay',
    summary: 'Mean reward of the rows that the evaluated policy would have repeated; right under uniform logging only.',
    reference: 'Li, Chu, Langford & Wang 2011',
    make: replay,
  },
  shrinking(
    'clipped-ips',
    'IPS with weights of M at most: biased towards 0, far less noisy.',
    'Ionides 2008; Bottou et al. 2013',
    MAX,
    ips,
    (most, name) => shrunkIps(name, clipped(most)),
  ),
  shrinking('clipped-dr', 'DR with weights of M at most.', 'Su et al. 2020', MAX, dr, (most, name) =>
    shrunkDr(name, clipped(most)),
  ),
  shrinking(
    'switch-dr',
    'DR where the weight is at most τ, the direct method elsewhere.',
    'Wang, Agarwal & Dudík 2017',
    THRESHOLD,
    dr,
    (threshold, name) => shrunkDr(name, switched(threshold)),
  ),
  shrinking(
    'switch',
    'IPS for actions whose weight is at most τ, the direct method for the others.',
    'Wang, Agarwal & Dudík 2017, eq. 7',
    THRESHOLD,
    ips,
    (threshold, name) => switching(name, threshold),
  ),
  shrinking('dros', 'DR with optimistic shrinkage, λw / (w² + λ).', 'Su et al. 2020', OPTIMISTIC, dr, (lambda, name) =>
    shrunkDr(name, optimistic(lambda)),
  ),
  shrinking(
    'sg-ips',
    'Sub-Gaussian IPS: weights w / (1 − λ + λw).',
    'Metelli, Russo & Restelli 2021',
    SUB_GAUSSIAN,
    ips,
    (lambda, name) => shrunkIps(name, subGaussian(lambda)),
  ),
  shrinking(
    'sg-dr',
    'Sub-Gaussian DR: the same weights on the model’s error.',
    'Metelli, Russo & Restelli 2021',
    SUB_GAUSSIAN,
    dr,
    (lambda, name) => shrunkDr(name, subGaussian(lambda)),
  ),
  {
    name: 'mips',
    summary: 'Marginalised IPS: weights of the categories shown instead of the actions; for many actions.',
    reference: 'Saito & Joachims 2022',
    make: () => mips(),
  },
  {
    name: 'snmips',
    summary: 'Self-normalised marginalised IPS: the same divided by the mean weight.',
    reference: 'Saito & Joachims 2022',
    make: () => snmips(),
  },
];
