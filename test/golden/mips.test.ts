/** The Open Bandit Pipeline's marginalised IPS: its product form, its posterior form and its choice of dimensions. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/core/contracts.ts';
import { matrix, matrixFrom } from '../../src/core/matrix.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';
import type { MipsOptions } from '../../src/ope/estimators/mips.ts';
import { marginalWeights, mips, snmips } from '../../src/ope/estimators/mips.ts';
import { evaluate } from '../../src/ope/evaluate.ts';
import { createEstimators } from '../../src/ope/registry.ts';
import { selectEmbedding } from '../../src/ope/select-embedding.ts';
import type { Selection } from '../../src/ope/select-embedding.ts';
import { slopeCandidates } from '../../src/ope/slope.ts';
import { goldenFolder } from '../folders.ts';

interface Expected {
  estimator: string;
  weights?: string;
  embedding_selection?: 'exact' | 'greedy';
  delta?: number;
  value: number;
  max_w?: number;
  obp_defect?: string;
}

interface MipsCase {
  meta: { observed_action_classes: number[] };
  input: {
    action: number[];
    reward: number[];
    action_embed: number[][];
    pscore: number[];
    pi_b: number[][];
    action_dist: number[][];
    p_e_a: number[][][];
    pi_a_x_e_columns_are_observed_classes: number[][];
  };
  expected: Expected[];
  per_subset: { dims: number[]; theta: number; cnf: number }[];
}

const gap = (actual: number, expected: number): number => Math.abs(actual - expected) / Math.max(1, Math.abs(expected));

/** Files that give p(e | a). */
function casesIn(folder: string): MipsCase[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .map((path) => JSON.parse(readFileSync(join(folder, path), 'utf8')) as Partial<MipsCase>)
    .filter((json): json is MipsCase => Array.isArray(json.input?.p_e_a));
}

function evidenceOf({ input, meta }: MipsCase, weights?: string): Evidence {
  const k = input.pi_b[0].length;
  const log = banditLog({ actions: k, action: input.action, propensity: input.pscore, reward: input.reward });
  const seen = matrixFrom(input.action_embed);
  const given = input.p_e_a[0][0].map((_, d) => matrixFrom(input.p_e_a.map((odds) => odds.map((p) => p[d]))));
  const posterior = matrix(log.size, k);
  input.pi_a_x_e_columns_are_observed_classes.forEach((row, i) =>
    row.forEach((p, c) => (posterior.data[i * k + meta.observed_action_classes[c]] = p)),
  );
  const embedding = weights?.includes('pi_a_x_e') ? { seen, posterior } : { seen, given };
  return { log, evaluation: matrixFrom(input.action_dist), behaviour: matrixFrom(input.pi_b), embedding };
}

/**
 * Where no set disagrees, the peer returns the last but one: its list is copied before the last is added. It also chooses
 * by plain MIPS, and gives that value, under the self-normalised name.
 */
function asThePeerReturnsIt({ walk, complete, ...chosen }: Selection): { value: number } {
  return complete ? walk[walk.length - 2] : chosen;
}

const folder = goldenFolder();
const cases = folder === undefined ? [] : casesIn(folder);

describe.skipIf(cases.length === 0)('golden marginalised IPS', () => {
  test.each(cases.map((c, i) => [i, c] as const))('case %i', (_, one) => {
    for (const golden of one.expected.filter((e) => e.obp_defect === undefined)) {
      const evidence = evidenceOf(one, golden.weights);
      const self = golden.estimator.startsWith('sn') && golden.embedding_selection === undefined;
      const make = (options: MipsOptions) => (self ? snmips : mips)({ ...options, product: true });
      const { embedding_selection: method, delta = 0.05 } = golden;
      const plain = golden.estimator === 'ips' ? createEstimators(['ips']) : [make({})];
      const { value } = method
        ? asThePeerReturnsIt(selectEmbedding(evidence, make, { method, delta }))
        : evaluate(evidence, plain)[0];
      expect(gap(value, golden.value), `${golden.estimator}, ${golden.weights}`).toBeLessThanOrEqual(1e-9);
      const weight = new Float64Array(evidence.log.size);
      marginalWeights(evidence, { product: true }, weight, 1);
      const largest = Math.max(...weight);
      expect(gap(largest, golden.max_w ?? largest)).toBeLessThanOrEqual(1e-9);
    }
    const evidence = evidenceOf(one);
    for (const { dims, theta, cnf } of one.per_subset) {
      const [found] = slopeCandidates([mips({ dimensions: dims, product: true })], evidence, 0.025);
      expect(gap(found.value, theta)).toBeLessThanOrEqual(1e-9);
      expect(gap(found.width, cnf)).toBeLessThanOrEqual(1e-8); // scipy's t
    }
    // The joint weight is another number.
    const [joint, product] = evaluate(evidence, [mips(), mips({ product: true })]);
    expect(Math.abs(joint.value - product.value)).toBeGreaterThan(1e-3);
  });
});
