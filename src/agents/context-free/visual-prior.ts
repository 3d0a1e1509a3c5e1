/** Thompson sampling that begins each creative with what creatives that look like it have brought. */
import { z } from 'zod';
import type { Agent, Matrix } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import { solve, addOuter, packedSize } from '../contextual/symmetric.ts';
import { constantBid } from '../bid.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { betaContest } from './best-beta.ts';
import { bestOdds } from './best-odds.ts';
import { actionTotals } from './totals.ts';

export interface VisualPriorConfig extends CommonConfig {
  kind: 'visual-prior';
  strength: number;
  lambda: number;
}

export interface VisualPriorOptions {
  name?: string;
  bidUsd?: number;
  /** ν > 0: impressions that a creative's looks count for. */
  strength: number;
  /** Ridge penalty on the weights of standardised features [impressions], > 0. */
  lambda: number;
}

/** Such an agent with its priors open to view. */
export interface VisualPrior extends Agent {
  /** (k) what each creative is expected to bring by its looks alone. */
  prior: Float64Array;
}

/** No prior is surer than this of a click rate of 0 or 1. */
const LEAST = 1e-3;

/**
 * A hybrid bandit in two levels, after Wang et al. (2021), who set the prior of each creative by a visual model and let the
 * weight of its own clicks grow with its impressions. Here the visual level is a ridge regression of click rates on the
 * creatives' features, each creative weighing ν n/(ν + n) for n impressions (its rate varies by m(1−m)/ν about what its looks
 * say, and by m(1−m)/n by chance); the posterior of creative a is Beta(ν m_a + clicks, ν (1 − m_a) + no clicks). Rewards in
 * [0, 1]; exact odds.
 */
export function visualPrior(features: Matrix, options: VisualPriorOptions): VisualPrior {
  const { name = 'visual-prior', strength, lambda } = options;
  const k = features.rows;
  const x = standardisedRows(features);
  const f = x.columns;
  const totals = actionTotals(name, k, { low: 0, high: 1 });
  const prior = new Float64Array(k).fill(0.5);
  const contest = betaContest();
  const odds = bestOdds(k, (candidates, out) =>
    contest(
      candidates.map((a) => strength * prior[a] + Math.max(0, totals.sum[a])),
      candidates.map((a) => strength * (1 - prior[a]) + Math.max(0, totals.count[a] - totals.sum[a])),
      out,
    ),
  );
  return {
    name,
    prior,
    distribution: (requests, out) => odds.fill(requests, out),
    bid: constantBid(options.bidUsd ?? 0),
    learn(requests, decisions, outcomes) {
      totals.add(requests.size, decisions, outcomes);
      odds.forget();
      if (totals.all > 0) refit();
    },
  };

  function refit(): void {
    const mean = totals.sum.reduce((a, b) => a + b, 0) / totals.all;
    const gram = new Float64Array(packedSize(f));
    const weights = new Float64Array(f);
    for (let j = 0, p = 0; j < f; p += f - j, j++) gram[p] = lambda;
    const row = new Float64Array(f);
    for (let a = 0; a < k; a++) {
      const n = totals.count[a];
      if (n === 0) continue;
      const weight = (strength * n) / (strength + n);
      const root = Math.sqrt(weight);
      for (let j = 0; j < f; j++) {
        row[j] = root * x.data[a * f + j];
        weights[j] += weight * x.data[a * f + j] * (totals.sum[a] / n - mean);
      }
      addOuter(gram, 0, row, 0, f);
    }
    if (f > 0) solve(gram, 0, f, weights, new Float64Array(f * f));
    for (let a = 0; a < k; a++) {
      let m = mean;
      for (let j = 0; j < f; j++) m += weights[j] * x.data[a * f + j];
      prior[a] = Math.min(1 - LEAST, Math.max(LEAST, m));
    }
  }
}

/** Each column with mean 0 and standard deviation 1; constant ones are 0. */
function standardisedRows({ rows, columns, data }: Matrix): Matrix {
  const out = matrix(rows, columns);
  for (let j = 0; j < columns; j++) {
    let mean = 0;
    let square = 0;
    for (let i = 0; i < rows; i++) mean += data[i * columns + j] / rows;
    for (let i = 0; i < rows; i++) square += (data[i * columns + j] - mean) ** 2 / rows;
    const scale = square > 1e-18 ? 1 / Math.sqrt(square) : 0;
    for (let i = 0; i < rows; i++) out.data[i * columns + j] = (data[i * columns + j] - mean) * scale;
  }
  return out;
}

const schema = z.strictObject({
  kind: z.literal('visual-prior').describe('Thompson sampling with priors from the creatives’ looks'),
  strength: z
    .number()
    .positive()
    .max(1e6)
    .default(500)
    .describe('ν: impressions that a creative’s looks count for, in (0, 1e6]; default 500'),
  lambda: z
    .number()
    .positive()
    .max(1e9)
    .default(100)
    .describe('Ridge penalty on the weights of the features [impressions], in (0, 1e9]; default 100'),
  ...commonFields,
}) satisfies z.ZodType<VisualPriorConfig>;

export const visualPriorKind: AgentKind<VisualPriorConfig> = {
  kind: 'visual-prior',
  summary: 'Thompson sampling that begins each creative with what those of like pixels and headline have brought',
  reference: 'after Wang et al. (2021), A hybrid bandit model with visual priors for creative ranking (VAM-HBM), WWW',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, { actions }) => visualPrior(actions.features, { ...config, name }),
};
