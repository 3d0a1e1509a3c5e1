/** The named worlds: each is a question and the settings that make it a fair one. All numbers are chosen. */
import type { WorldConfig } from './config.ts';

/** Names of the worlds, in the order of the issue. */
export const PRESET_NAMES = ['quiet', 'fatigue', 'long-session'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/** A named world. */
export interface World {
  name: PresetName;
  /** What it is for, in a sentence. */
  question: string;
  config: WorldConfig;
}

const quiet: WorldConfig = {
  preset: 'quiet',
  users: 10_000,
  lanes: 256,
  requestsPerHour: 5_000,
  categories: 10,
  reward: 'click',
  baseCtr: 0.035,
  costPerImpressionUsd: 0.05,
  population: { segments: 4, latentDimensions: 8, noise: 0.1, activityShape: 0.8 },
  behaviour: { eventsPerUser: 60, temperature: 0.4, halfLifeHours: 720 },
  response: {
    interestWeight: 1.9,
    productNoise: 0.1,
    recognisabilityWeight: 0.3,
    styleWeight: 0.15,
    headlineWeights: {
      length: -0.1,
      question: 0.05,
      number: 0.1,
      urgency: 0.1,
      pronoun: 0.1,
      discount: 0.15,
      'topical-match': 0.2,
    },
    hourAmplitude: 0.2,
  },
  fatigue: { weight: 0, weightAll: 0, halfLifeHours: 24 },
  sessions: {
    leaveLogit: -1.8,
    satisfactionCoupling: 0,
    satisfactionMemory: 0.7,
    pushyAnnoyance: 0.6,
    repeatAnnoyance: 0.2,
    horizonRequests: 20,
    sessionFeatures: false,
  },
  conversion: { logit: -4, interestWeight: 1, priceSensitivity: 1, priceSpread: 0.25, marginShare: 0.4 },
};

/** The named worlds. */
export const WORLDS: readonly World[] = [
  {
    name: 'quiet',
    question: 'How much does an agent lose while it learns which creative suits whom, when nothing changes?',
    config: quiet,
  },
  {
    name: 'fatigue',
    question: 'What does it cost to show the best creative again and again to users who tire of it?',
    config: { ...quiet, preset: 'fatigue', fatigue: { weight: 0.5, weightAll: 0.05, halfLifeHours: 12 } },
  },
  {
    name: 'long-session',
    question: 'What is lost by taking the click now from a user who would have stayed?',
    config: {
      ...quiet,
      preset: 'long-session',
      categories: 4,
      baseCtr: 0.08,
      response: {
        ...quiet.response,
        interestWeight: 1.2,
        headlineWeights: { ...quiet.response.headlineWeights, urgency: 0.35, discount: 0.45 },
      },
      sessions: {
        leaveLogit: -1.8,
        satisfactionCoupling: 4,
        satisfactionMemory: 0.7,
        pushyAnnoyance: 1,
        repeatAnnoyance: 0,
        horizonRequests: 30,
        sessionFeatures: true,
      },
    },
  },
];

/** Settings of a named world. */
export function presetConfig(name: PresetName): WorldConfig {
  const world = WORLDS.find((w) => w.name === name);
  if (!world) throw new RangeError(`presets: no world ${name}`);
  return world.config;
}
