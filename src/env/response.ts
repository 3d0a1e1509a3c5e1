/**
 * The response: the odds of a click and of a conversion, given everything about the user at that moment (a hidden row).
 *
 *     logit P(click | examined) = b_0 + b_hour + α z·q + β (log p(c | x) − reference) + w_s·style + e_s·elements
 *                                 + w_h·headline + popularity + page − w_p log(price / reference price)
 *                                 − γ log(1 + f_{u,k}) − γ_all log(1 + f_u)
 *     logit P(conversion | click) = c_0 + κ z·q − ρ log(price / reference price)
 *
 * where price is what is asked at that moment, promotions taken off. One implementation serves the world's draws and its
 * truth.
 */
import { HEADLINE_NAMES, STYLE_NAMES } from '../core/contracts.ts';
import type { Creatives } from '../core/contracts.ts';
import type { Random } from '../core/random.ts';
import type { Arrivals } from './arrivals.ts';
import type { Campaigns } from './campaigns.ts';
import { complementOf } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import { profilesOf } from './clock.ts';
import type { WorldConfig } from './config.ts';
import { elementAppeals } from './element-appeal.ts';
import { EXPOSURES, HOUR_EFFECT, LATENT, PAGE, PROMOTIONS, SEGMENT } from './hidden.ts';
import type { Promotions } from './promotions.ts';
import { segmentCount } from './users.ts';
import type { Users } from './users.ts';

/** Users that the base click rate is anchored on: all of them, up to so many. */
const ANCHOR_USERS = 16_384;

export interface Response {
  /** b_0 [logit]. */
  intercept: number;
  /** z·q in [−1, 1] of the hidden row at `at` and the action. */
  match(hidden: Float64Array, at: number, action: number): number;
  /** [logit] what the hidden row at `at` means for every ad alike: the hour, and how tired the user is of ads. */
  mood(hidden: Float64Array, at: number): number;
  /** P(click | examined), given the mood and the match. */
  click(hidden: Float64Array, at: number, action: number, mood: number, match: number): number;
  /** [logit] of that. */
  logit(hidden: Float64Array, at: number, action: number, mood: number, match: number): number;
  /** P(conversion | click), given the match; whenever it comes. */
  conversion(hidden: Float64Array, at: number, action: number, match: number): number;
  /** [USD] what is asked for the action's product at that moment. */
  price(hidden: Float64Array, at: number, action: number): number;
  /** [USD] what a conversion is worth to the campaign at that moment. */
  conversionUsd(hidden: Float64Array, at: number, action: number): number;
}

/** What a world's response is made of. */
export interface ResponseParts {
  config: WorldConfig;
  creatives: Creatives;
  campaigns: Campaigns;
  promotions: Promotions;
  catalogue: Catalogue;
  users: Users;
  arrivals: Arrivals;
  random: Random;
}

/** b_hour [logit]: a daily wave. */
export function hourEffect({ response: { hourAmplitude, hourPeak } }: WorldConfig, hour: number): number {
  return hourAmplitude * Math.cos((2 * Math.PI * (hour - hourPeak)) / 24);
}

/** The response of a world's users. */
export function responseOf(parts: ResponseParts): Response {
  const { config, campaigns, promotions, catalogue } = parts;
  const { actions, logRelativePrice } = campaigns;
  const k = actions.size;
  const D = config.population.latentDimensions;
  const { interestWeight: alpha, priceWeight, pageWeight, complementWeight } = config.response;
  const { weight: gamma, weightAll: gammaAll } = config.fatigue;
  const { interestWeight: kappa, priceSensitivity, logit: c0 } = config.conversion;
  const { products } = catalogue;
  const { creative, priceUsd } = actions;
  const page = pageWeight !== 0 || complementWeight !== 0 ? pageEffects(config, actions.category) : undefined;
  const promoted = promotions.count > 0;
  const intercept = solveIntercept(parts, page);
  const effects = creativeEffects(parts, intercept);
  const conversionBase = logRelativePrice.map((x) => c0 - priceSensitivity * x);
  return { intercept, match, mood, click, logit, conversion, price, conversionUsd };

  function match(hidden: Float64Array, at: number, action: number): number {
    const z = at + LATENT;
    const q = creative[action] * D;
    let sum = 0;
    for (let j = 0; j < D; j++) sum += hidden[z + j] * products[q + j];
    return sum;
  }

  function mood(hidden: Float64Array, at: number): number {
    const hour = hidden[at + HOUR_EFFECT];
    return gammaAll === 0 ? hour : hour - gammaAll * Math.log1p(hidden[at + EXPOSURES]);
  }

  function click(hidden: Float64Array, at: number, action: number, mood: number, match: number): number {
    return sigmoid(logit(hidden, at, action, mood, match));
  }

  function logit(hidden: Float64Array, at: number, action: number, mood: number, match: number): number {
    let sum = effects[(hidden[at + SEGMENT] | 0) * k + action] + mood + alpha * match;
    if (page !== undefined) sum += page[(hidden[at + PAGE] | 0) * k + action];
    if (promoted) sum -= priceWeight * logFactor(hidden, at, action);
    if (gamma !== 0) sum -= gamma * Math.log1p(hidden[at + LATENT + D + creative[action]]);
    return sum;
  }

  function conversion(hidden: Float64Array, at: number, action: number, match: number): number {
    let logit = conversionBase[action] + kappa * match;
    if (promoted) logit -= priceSensitivity * logFactor(hidden, at, action);
    return sigmoid(logit);
  }

  /** 1 − discount. */
  function factor(hidden: Float64Array, at: number, action: number): number {
    const on = hidden[at + PROMOTIONS];
    return on === 0 ? 1 : promotions.priceFactors(on)[action];
  }

  function logFactor(hidden: Float64Array, at: number, action: number): number {
    const on = hidden[at + PROMOTIONS];
    return on === 0 ? 0 : promotions.logPriceFactors(on)[action];
  }

  function price(hidden: Float64Array, at: number, action: number): number {
    return promoted ? priceUsd[action] * factor(hidden, at, action) : priceUsd[action];
  }

  function conversionUsd(hidden: Float64Array, at: number, action: number): number {
    const full = campaigns.conversionUsd[action];
    if (!promoted || !campaigns.marginal[action]) return full;
    return full - priceUsd[action] * (1 - factor(hidden, at, action));
  }
}

/** (C×k) what an action gains on a page of each category. */
function pageEffects(config: WorldConfig, category: Int32Array): Float64Array {
  const C = config.categories;
  const k = category.length;
  const effects = new Float64Array(C * k);
  for (let c = 0; c < C; c++) {
    for (let a = 0; a < k; a++) {
      if (category[a] === c) effects[c * k + a] += config.response.pageWeight;
      if (category[a] === complementOf(c, C)) effects[c * k + a] += config.response.complementWeight;
    }
  }
  return effects;
}

/** (k) w_h·headline, popularity and price: what is the same for everybody, apart from the picture. */
function commonEffects({ config, creatives, campaigns, catalogue }: ResponseParts): Float64Array {
  const H = HEADLINE_NAMES.length;
  const { headlineWeights, popularityWeight, priceWeight } = config.response;
  return Float64Array.from(campaigns.actions.creative, (c, a) => {
    let sum = popularityWeight * catalogue.logPopularity[c] - priceWeight * campaigns.logRelativePrice[a];
    HEADLINE_NAMES.forEach((name, j) => {
      sum += headlineWeights[name] * creatives.headline.data[c * H + j];
    });
    return sum;
  });
}

/** (S×k) what the action adds to the logit for users of each segment, b_0 included. */
function creativeEffects(parts: ResponseParts, intercept: number): Float64Array {
  const { config, creatives, campaigns, random } = parts;
  const { creative, size: k } = campaigns.actions;
  const common = commonEffects(parts);
  const F = STYLE_NAMES.length;
  const S = segmentCount(config);
  const taste = random.stream('style-taste');
  const elements = elementAppeals(config, creatives.elements, random);
  const effects = new Float64Array(S * k);
  for (let s = 0; s < S; s++) {
    for (let a = 0; a < k; a++) {
      const c = creative[a];
      let sum = intercept + common[a];
      sum +=
        config.response.recognisabilityWeight * (creatives.recognisability[c] - creatives.referenceRecognisability);
      for (let j = 0; j < F; j++) {
        sum += config.response.styleWeight * taste.normal(s, j) * creatives.style.data[c * F + j];
      }
      effects[s * k + a] = sum + (elements?.[s * creatives.size + c] ?? 0);
    }
  }
  return effects;
}

/**
 * b_0 such that a uniform choice among average real images is clicked at `baseCtr`: users weighted by their share of
 * visits, hours of the day dealt to them in turn and weighted by their traffic, pages by the users' own liking. Newton's
 * method on log(mean click rate), nearly linear in b_0.
 */
function solveIntercept(parts: ResponseParts, page: Float64Array | undefined): number {
  const { config, campaigns, catalogue, users, arrivals, random } = parts;
  const { creative, size: k } = campaigns.actions;
  const common = commonEffects(parts);
  const D = config.population.latentDimensions;
  const C = config.categories;
  const count = Math.min(config.users, ANCHOR_USERS);
  const { daily } = profilesOf(config);
  const paging = random.stream('anchor-page');
  const odds = new Float64Array(C);
  const logits = new Float64Array(count * k);
  const weights = new Float64Array(count);
  let total = 0;
  for (let u = 0; u < count; u++) {
    total += weights[u] = arrivals.share(u) * daily[u % 24];
    const base = hourEffect(config, u % 24);
    const browsed = page === undefined ? 0 : browsedBy(u);
    for (let a = 0; a < k; a++) {
      let match = 0;
      for (let j = 0; j < D; j++) match += users.latent[u * D + j] * catalogue.products[creative[a] * D + j];
      logits[u * k + a] = base + common[a] + config.response.interestWeight * match + (page?.[browsed * k + a] ?? 0);
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

  function browsedBy(u: number): number {
    let sum = 0;
    for (let c = 0; c < C; c++) {
      let match = 0;
      for (let j = 0; j < D; j++) match += users.latent[u * D + j] * catalogue.categories[c * D + j];
      odds[c] = sum += Math.exp(match / catalogue.temperature);
    }
    const x = paging.uniform(u, 0) * sum;
    const found = odds.findIndex((upTo) => x < upTo);
    return found < 0 ? C - 1 : found;
  }
}

/** 1 / (1 + e^−x). */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
