/** π(·|s) by a network: a softmax over the actions that are eligible. */
import type { Requests } from '../../../core/contracts.ts';
import type { Matrix } from '../../../core/matrix.ts';
import type { Random } from '../../../core/random.ts';
import { denseNet } from '../../../models/nets/dense-net.ts';
import type { DenseNet } from '../../../models/nets/dense-net.ts';

export interface PolicyNet {
  net: DenseNet;
  /** Fills `odds` (n×k): 0 where not eligible; rows without anything eligible are 0. */
  odds(contexts: Float64Array, eligible: Uint8Array, n: number, odds: Float64Array): void;
}

/** Of d features and k actions; begins close to even odds. */
export function policyNet(d: number, k: number, hidden: readonly number[], random: Random): PolicyNet {
  const net = denseNet([d, ...hidden, k], random, { activation: 'tanh', lastScale: 0.01 });
  return {
    net,
    odds(contexts, eligible, n, odds) {
      const logits = net.forward(contexts, n);
      for (let start = 0; start < n * k; start += k) {
        let most = -Infinity;
        for (let at = start; at < start + k; at++) if (eligible[at] === 1) most = Math.max(most, logits[at]);
        let sum = 0;
        for (let at = start; at < start + k; at++) {
          odds[at] = eligible[at] === 1 ? Math.exp(logits[at] - most) : 0;
          sum += odds[at];
        }
        if (sum === 0) continue;
        for (let at = start; at < start + k; at++) odds[at] /= sum;
      }
    },
  };
}

/** The distribution of a policy net, as an agent states it. */
export function statesOdds(policy: PolicyNet): (requests: Requests, out: Matrix) => void {
  return ({ context, eligible, size }, out) => policy.odds(context.data, eligible, size, out.data);
}

/**
 * Adds to `slope` (k, at `at`) the derivative with respect to the logits of −share · ln π(action), and of −bonus · entropy,
 * for odds at `at`.
 */
export function addPolicySlope(
  odds: Float64Array,
  at: number,
  k: number,
  action: number,
  share: number,
  bonus: number,
  slope: Float64Array,
): void {
  let entropy = 0;
  for (let a = 0; a < k; a++) {
    const p = odds[at + a];
    if (p > 0) entropy -= p * Math.log(p);
  }
  for (let a = 0; a < k; a++) {
    const p = odds[at + a];
    if (p === 0) continue;
    slope[at + a] += share * (p - (a === action ? 1 : 0)) + bonus * p * (Math.log(p) + entropy);
  }
}
