/**
 * The response: the odds of a click and of a conversion, given everything about the user at that moment (a hidden row).
 *
 *     logit P(click | shown) = b_0 + b_hour + α z·q + β (log p(c | x) − reference) + w_s·style + w_h·headline
 *                              − γ log(1 + f_{u,k}) − γ_all log(1 + f_u)
 *     logit P(conversion | click) = c_0 + κ z·q − ρ log(price / reference price)
 *
 * One implementation serves the world's draws and its truth.
 */
import { HEADLINE_NAMES, STYLE_NAMES } from '../core/contracts.ts';
import type { Creatives } from '../core/contracts.ts';
import type { Random } from '../core/random.ts';
import type { Arrivals } from './arrivals.ts';
import type { Campaigns } from './campaigns.ts';
import type { Catalogue } from './catalogue.ts';
import type { WorldConfig } from './config.ts';
import { EXPOSURES, HOUR_EFFECT, LATENT, SEGMENT } from './hidden.ts';
import type { Users } from './users.ts';

/** Users that the base click rate is anchored on: all of them, up to so many. */
const ANCHOR_USERS = 16_384;

export interface Response {
  /** b_0 [logit]. */
  intercept: number;
  /** z·q in [−1, 1] of the hidden row at `at` and the action. */
  match(hidden: Float64Array, at: number, action: number): number;
  /** P(click | shown), given the match. */
  click(hidden: Float64Array, at: number, action: number, match: number): number;
  /** P(conversion | click), given the match. */
  conversion(action: number, match: number): number;
}

/** b_hour [logit]: a daily wave, highest at 20 h. */
export function hourEffect(config: WorldConfig, hour: number): number {
  return config.response.hourAmplitude * Math.cos((2 * Math.PI * (hour - 20)) / 24);
}

/** The response of a world's users. */
export function responseOf(
  config: WorldConfig,
  creatives: Creatives,
  campaigns: Campaigns,
  catalogue: Catalogue,
  users: Users,
  arrivals: Arrivals,
  random: Random,
): Response {
  const k = creatives.size;
  const D = config.population.latentDimensions;
  const { interestWeight: alpha } = config.response;
  const { weight: gamma, weightAll: gammaAll } = config.fatigue;
  const { interestWeight: kappa } = config.conversion;
  const { products } = catalogue;
  const headline = headlineEffects(config, creatives);
  const intercept = solveIntercept(config, headline, products, users, arrivals);
  const effects = creativeEffects(config, creatives, headline, intercept, random);
  const conversionBase = campaigns.logRelativePrice.map(
    (x) => config.conversion.logit - config.conversion.priceSensitivity * x,
  );
  return { intercept, match, click, conversion };

  function match(hidden: Float64Array, at: number, action: number): number {
    const z = at + LATENT;
    const q = action * D;
    let sum = 0;
    for (let j = 0; j < D; j++) sum += hidden[z + j] * products[q + j];
    return sum;
  }

  function click(hidden: Float64Array, at: number, action: number, match: number): number {
    let logit = effects[hidden[at + SEGMENT] * k + action] + hidden[at + HOUR_EFFECT] + alpha * match;
    if (gamma !== 0) logit -= gamma * Math.log1p(hidden[at + LATENT + D + action]);
    if (gammaAll !== 0) logit -= gammaAll * Math.log1p(hidden[at + EXPOSURES]);
    return sigmoid(logit);
  }

  function conversion(action: number, match: number): number {
    return sigmoid(conversionBase[action] + kappa * match);
  }
}

/** (k) w_h·headline. */
function headlineEffects(config: WorldConfig, creatives: Creatives): Float64Array {
  const H = HEADLINE_NAMES.length;
  return Float64Array.from({ length: creatives.size }, (_, a) => {
    let sum = 0;
    HEADLINE_NAMES.forEach((name, j) => {
      sum += config.response.headlineWeights[name] * creatives.headline.data[a * H + j];
    });
    return sum;
  });
}

/** (S×k) what the creative adds to the logit for users of each segment, b_0 included. */
function creativeEffects(
  config: WorldConfig,
  creatives: Creatives,
  headline: Float64Array,
  intercept: number,
  random: Random,
): Float64Array {
  const k = creatives.size;
  const F = STYLE_NAMES.length;
  const taste = random.stream('style-taste');
  const effects = new Float64Array(config.population.segments * k);
  for (let s = 0; s < config.population.segments; s++) {
    for (let a = 0; a < k; a++) {
      let sum = intercept + headline[a];
      sum +=
        config.response.recognisabilityWeight * (creatives.recognisability[a] - creatives.referenceRecognisability);
      for (let j = 0; j < F; j++) {
        sum += config.response.styleWeight * taste.normal(s, j) * creatives.style.data[a * F + j];
      }
      effects[s * k + a] = sum;
    }
  }
  return effects;
}

/**
 * b_0 such that a uniform choice among average real images is clicked at `baseCtr`: users weighted by their share of
 * visits, hours of the day dealt to them in turn. Newton's method on log(mean click rate), nearly linear in b_0.
 */
function solveIntercept(
  config: WorldConfig,
  headline: Float64Array,
  products: Float64Array,
  users: Users,
  arrivals: Arrivals,
): number {
  const k = headline.length;
  const D = config.population.latentDimensions;
  const count = Math.min(config.users, ANCHOR_USERS);
  const logits = new Float64Array(count * k);
  const weights = new Float64Array(count);
  let total = 0;
  for (let u = 0; u < count; u++) {
    total += weights[u] = arrivals.share(u);
    const base = hourEffect(config, u % 24);
    for (let a = 0; a < k; a++) {
      let match = 0;
      for (let j = 0; j < D; j++) match += users.latent[u * D + j] * products[a * D + j];
      logits[u * k + a] = base + headline[a] + config.response.interestWeight * match;
    }
  }
  let intercept = Math.log(config.baseCtr / (1 - config.baseCtr));
  for (let iteration = 0; iteration < 100; iteration++) {
    let mean = 0;
    let slope = 0;
    for (let u = 0; u < count; u++) {
      const weight = weights[u] / (total * k);
      for (let a = 0; a < k; a++) {
        const p = sigmoid(intercept + logits[u * k + a]);
        mean += weight * p;
        slope += weight * p * (1 - p);
      }
    }
    const step = (Math.log(config.baseCtr / mean) * mean) / slope;
    intercept += Math.max(-2, Math.min(2, step));
    if (Math.abs(step) < 1e-12) break;
  }
  return intercept;
}

/** 1 / (1 + e^−x). */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
