/**
 * The moments of an estimator's rows, a block at a time and without a matrix for them. The columns belong to this module:
 * the compiler then knows where they lie and how long they are, and leaves out most of what it checks at every access,
 * which makes the estimators' own loops two to three times as fast as over columns they are handed.
 */
import type { Estimator } from '../core/contracts.ts';
import { formOf } from './estimators/form.ts';
import { clip, leave, shrinkHarmonic, shrinkLarge, switchOff, unshrunk } from './estimators/shrunk.ts';
import type { Rule } from './estimators/shrunk.ts';
import { fillSndr } from './estimators/sndr.ts';
import { fillSnips } from './estimators/snips.ts';
import type { RowTerms, SharedEvidence } from './evidence.ts';
import { merge, moments, sumColumn, sumPair, sumThree } from './moments.ts';
import type { Moments } from './moments.ts';

/** Rows that are worked on together: few enough to stay in the processor's cache, many enough to hide the set-up. */
export const BLOCK_ROWS = 2048;

const WEIGHT = new Float64Array(BLOCK_ROWS);
const EXPECTED = new Float64Array(BLOCK_ROWS);
const ERROR = new Float64Array(BLOCK_ROWS);
const REWARD = new Float64Array(BLOCK_ROWS);
const ZEROS = new Float64Array(BLOCK_ROWS);
const ROWS = new Float64Array(3 * BLOCK_ROWS);

const ONE = moments(1);
const TWO = moments(2);
const THREE = moments(3);

/** Adds the first n rows of the block at hand. */
export type BlockSums = (n: number, into: Moments) => void;

/** The columns of the block at hand, for `withTerms` to fill where all that follows is sums. */
export const BLOCK_TERMS: RowTerms = {
  weight: WEIGHT,
  expected: EXPECTED,
  error: ERROR,
  evaluated: new Float64Array(0),
  sound: true,
};

/** Makes these rows, `BLOCK_ROWS` at most, the block at hand. Until the next, so that nothing may come between it and its sums. */
export function takeBlock({ log, terms }: SharedEvidence): void {
  REWARD.set(log.outcomes.reward);
  if (terms.weight.buffer === WEIGHT.buffer) return; // filled in place
  WEIGHT.set(terms.weight);
  EXPECTED.set(terms.expected);
  if (terms.expected.length > 0) ERROR.set(terms.error);
}

// Each loop has a function of its own, which it is compiled into together with the columns.
const IPS = new Map<Rule, (n: number, parameter: number) => void>([
  [leave, (n, parameter) => leave(n, parameter, WEIGHT, ZEROS, REWARD, ROWS)],
  [clip, (n, parameter) => clip(n, parameter, WEIGHT, ZEROS, REWARD, ROWS)],
  [shrinkHarmonic, (n, parameter) => shrinkHarmonic(n, parameter, WEIGHT, ZEROS, REWARD, ROWS)],
]);
const DR = new Map<Rule, (n: number, parameter: number) => void>([
  [leave, (n, parameter) => leave(n, parameter, WEIGHT, EXPECTED, ERROR, ROWS)],
  [clip, (n, parameter) => clip(n, parameter, WEIGHT, EXPECTED, ERROR, ROWS)],
  [switchOff, (n, parameter) => switchOff(n, parameter, WEIGHT, EXPECTED, ERROR, ROWS)],
  [shrinkLarge, (n, parameter) => shrinkLarge(n, parameter, WEIGHT, EXPECTED, ERROR, ROWS)],
  [shrinkHarmonic, (n, parameter) => shrinkHarmonic(n, parameter, WEIGHT, EXPECTED, ERROR, ROWS)],
]);

/** How the sums of the estimator's rows are added up from the block at hand; undefined where only the rows will do. */
export function blockSums(estimator: Estimator): BlockSums | undefined {
  const form = formOf(estimator);
  if (!form) return undefined;
  if (form.rows === 'dm') return addExpected;
  if (form.rows === 'snips') return addSnips;
  if (form.rows === 'sndr') return addSndr;
  const { rule, parameter } = form.shrinkage ?? unshrunk;
  const fill = (form.rows === 'ips' ? IPS : DR).get(rule);
  return fill && ((n, into) => addFilled(fill, n, parameter, into));
}

function addFilled(fill: (n: number, parameter: number) => void, n: number, parameter: number, into: Moments): void {
  fill(n, parameter);
  addRowsOfOne(n, into);
}

function addRowsOfOne(n: number, into: Moments): void {
  ONE.count = n;
  sumColumn(ONE, ROWS);
  merge(into, ONE);
}

function addExpected(n: number, into: Moments): void {
  ONE.count = n;
  sumColumn(ONE, EXPECTED);
  merge(into, ONE);
}

function addSnips(n: number, into: Moments): void {
  fillSnips(n, WEIGHT, REWARD, ROWS);
  TWO.count = n;
  sumPair(TWO, ROWS, 1, 0);
  merge(into, TWO);
}

function addSndr(n: number, into: Moments): void {
  fillSndr(n, WEIGHT, EXPECTED, ERROR, ROWS);
  THREE.count = n;
  sumThree(THREE, ROWS);
  merge(into, THREE);
}
