/** Bandits without a context: click rates, or means with normal noise. A session is one request. */
import { betaQuantile } from '../../core/quantiles.ts';
import type { Random } from '../../core/random.ts';
import { normalOf, openUnit } from './world.ts';
import type { Dynamics, Luck } from './world.ts';

const names = (k: number): string[] => Array.from({ length: k }, (_, a) => `arm-${a + 1}`);

/** Every request is a session of its own, and there is nothing to see. */
const contextFree = {
  contextNames: [],
  stateSize: 0,
  start() {},
  context() {},
  isEnd: () => true,
} as const;

/** Arms that click at fixed rates. */
export function bernoulliArms(rates: readonly number[]): Dynamics {
  return {
    ...contextFree,
    name: 'bernoulli-arms',
    actions: names(rates.length),
    rewardRange: [0, 1],
    step: (_state, _at, action, luck) => (luck() < rates[action] ? 1 : 0),
    expected: (_state, _at, action) => rates[action],
  };
}

export interface RenewedArms {
  /** k */
  arms: number;
  alpha: number;
  beta: number;
  /** Probability of a replacement before each request. */
  renewal: number;
}

/**
 * Chapelle & Li's (2011, section 3) changing ads: k rates from Beta(alpha, beta); before each request, with probability
 * `renewal`, one of them is drawn anew and stands for another ad.
 */
export function renewedArms({ arms: k, alpha, beta, renewal }: RenewedArms): Dynamics {
  const rates = new Float64Array(k);
  const rate = (u: number): number => betaQuantile(openUnit(u), alpha, beta);
  return {
    ...contextFree,
    name: 'renewed-arms',
    actions: names(k),
    rewardRange: [0, 1],
    reset(random: Random) {
      for (let a = 0; a < k; a++) rates[a] = rate(random.uniform(a, 0));
    },
    tide(luck: Luck) {
      if (luck() >= renewal) return -1;
      const action = Math.floor(luck() * k);
      rates[action] = rate(luck());
      return action;
    },
    step: (_state, _at, action, luck) => (luck() < rates[action] ? 1 : 0),
    expected: (_state, _at, action) => rates[action],
  };
}

/** Sutton & Barto's testbed (2018, section 2.3): k means from N(0, 1), rewards N(mean, 1). */
export function gaussianTestbed(k: number): Dynamics {
  const means = new Float64Array(k);
  return {
    ...contextFree,
    name: 'gaussian-testbed',
    actions: names(k),
    reset(random: Random) {
      for (let a = 0; a < k; a++) means[a] = random.normal(a, 0);
    },
    step: (_state, _at, action, luck) => means[action] + normalOf(luck),
    expected: (_state, _at, action) => means[action],
  };
}
