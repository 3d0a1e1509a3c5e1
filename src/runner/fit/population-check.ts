/**
 * How well a market of fitted users resembles users who were not looked at: fitted on the first three quarters of the
 * log's days, held against the rest, beside what those days differ from as many days just before them.
 */
import { randomFrom } from '../../core/random.ts';
import type { Warning } from '../../core/warnings.ts';
import {
  distanceBetween,
  kolmogorovSmirnov,
  shown,
  totalVariation,
  wasserstein,
} from '../../models/audience/distances.ts';
import type { Distance, Measure, Shown } from '../../models/audience/distances.ts';
import { fitPopulation } from '../../models/audience/population.ts';
import type { BehaviourRows } from '../../models/audience/behaviour-rows.ts';
import { concentration, sharesOf, traitsOf } from '../../models/audience/traits.ts';
import type { Stretch } from '../../models/audience/people.ts';
import type { Trait } from '../../models/audience/traits.ts';
import type { ProgressListener } from '../progress.ts';
import { populationFrom, simulatedVisits } from './simulated.ts';

/** One trait in the days held out, in the market, and in the days before. */
export interface Resemblance {
  trait: string;
  /** Of a bin, where bins are in order; null for kinds. */
  unit: string | null;
  /** (bins) shares. */
  heldOut: Float64Array;
  simulated: Float64Array;
  before: Float64Array;
  distances: readonly { measure: MeasureName; simulated: Distance; before: Distance }[];
}

export type MeasureName = 'Kolmogorov–Smirnov' | 'Wasserstein' | 'total variation';

export interface PopulationCheck {
  /** How many days were held out, the last ones of the log. */
  days: number;
  /** How many visits each had: the level, which the traits do not tell. */
  visits: { heldOut: number; simulated: number; before: number };
  traits: readonly Resemblance[];
  /** Names of the bins of the trait `categories`. */
  categories: readonly string[];
  /** Share of all visits that the most frequent users make. */
  concentration: readonly { top: number; heldOut: Shown; simulated: Shown; before: Shown }[];
  warnings: readonly Warning[];
}

const HELD_OUT = 0.25;
/** Shorter stretches do not hold a week. */
const LEAST_DAYS = 7;
const TOPS = [0.01, 0.05, 0.1, 0.2];

const IN_ORDER: readonly [MeasureName, Measure][] = [
  ['Kolmogorov–Smirnov', kolmogorovSmirnov],
  ['Wasserstein', wasserstein],
];
const OF_KINDS: readonly [MeasureName, Measure][] = [['total variation', totalVariation]];

/** Null where a quarter of the log is less than a week. Deterministic in the rows. */
export function checkPopulation(rows: BehaviourRows, onProgress?: ProgressListener): PopulationCheck | null {
  const firstDay = Math.floor(rows.hour.reduce((a, b) => Math.min(a, b), Infinity) / 24);
  const endDay = Math.floor(rows.hour.reduce((a, b) => Math.max(a, b), -Infinity) / 24) + 1;
  const days = Math.floor(HELD_OUT * (endDay - firstDay));
  if (days < LEAST_DAYS) return null;
  const cut = 24 * (endDay - days);
  const heldOut: Stretch = [cut, 24 * endDay];
  const training = before(rows, cut);
  const fitted = fitPopulation(training, randomFrom('population'));
  const market = simulatedVisits(
    populationFrom(training, fitted),
    training.users + fitted.unseen,
    heldOut,
    'population-check',
  );
  const real = traitsOf(rows, heldOut);
  const simulated = traitsOf(market, heldOut);
  const past = traitsOf(rows, [cut - 24 * days, cut]);
  const traits = real.map((trait, t): Resemblance => {
    onProgress?.({ stage: 'comparing', done: t, total: real.length, unit: 'traits' });
    return resemblance(trait, simulated[t], past[t]);
  });
  onProgress?.({ stage: 'comparing', done: real.length, total: real.length, unit: 'traits' });
  const count = (of: readonly Trait[]): number => of[HOURS].count.reduce((a, b) => a + b, 0);
  const visits = { heldOut: count(real), simulated: count(simulated), before: count(past) };
  const random = randomFrom('population-check').stream('concentration');
  return {
    days,
    visits,
    traits,
    categories: rows.categories,
    concentration: TOPS.map((top) => {
      const of = (all: readonly Trait[], name: string): Shown =>
        shown(all[VISITS], (shares) => concentration(shares, top), random.stream(name, top));
      return { top, heldOut: of(real, 'real'), simulated: of(simulated, 'simulated'), before: of(past, 'before') };
    }),
    warnings: [...level(visits, days), ...traits.flatMap(doubt)],
  };
}

/** Places among the traits of `traitsOf`. */
const VISITS = 1;
const HOURS = 4;

function resemblance(real: Trait, simulated: Trait, past: Trait): Resemblance {
  const random = randomFrom('population-check').stream(real.name);
  return {
    trait: real.name,
    unit: real.unit,
    heldOut: sharesOf(real),
    simulated: sharesOf(simulated),
    before: sharesOf(past),
    distances: (real.unit ? IN_ORDER : OF_KINDS).map(([measure, of]) => ({
      measure,
      simulated: distanceBetween(real, simulated, of, random.stream('simulated')),
      before: distanceBetween(real, past, of, random.stream('before')),
    })),
  };
}

/** The rows before an hour; users who came later only are left out. */
function before(rows: BehaviourRows, hour: number): BehaviourRows {
  const kept = Array.from({ length: rows.size }, (_, i) => i).filter((i) => rows.hour[i] < hour);
  const users = new Map<number, number>();
  for (const i of kept) if (!users.has(rows.user[i])) users.set(rows.user[i], users.size);
  return {
    size: kept.length,
    users: users.size,
    categories: rows.categories,
    user: Int32Array.from(kept, (i) => users.get(rows.user[i]) as number),
    category: Int32Array.from(kept, (i) => rows.category[i]),
    hour: Float64Array.from(kept, (i) => rows.hour[i]),
  };
}

/** Where as many days hold another number of visits than the market makes, by a quarter or more. */
function level({ heldOut, simulated, before: past }: PopulationCheck['visits'], days: number): Warning[] {
  if (Math.abs(Math.log(simulated / heldOut)) < Math.log(1.25)) return [];
  const [made, had, then] = [simulated, heldOut, past].map((n) => n.toLocaleString('en'));
  return [
    {
      kind: 'other-level',
      message: `The market makes ${made} visits in the ${days} days held out, where the log has ${had}; as many days before had ${then}.`,
      advice:
        'Set world.requestsPerHour to the season that you mean: the population says who comes, not how much traffic there is.',
    },
  ];
}

/** True where the market is further from the held-out days than both chance and the days before explain. */
export function isUnlike({ simulated, before: past }: Resemblance['distances'][number]): boolean {
  return simulated.interval[0] > Math.max(simulated.chance, past.value);
}

function doubt({ trait, distances }: Resemblance): Warning[] {
  const [{ measure, simulated, before: past }] = distances;
  if (!isUnlike(distances[0])) return [];
  return [
    {
      kind: 'unlike-the-log',
      message: `In ${trait}, the market is ${simulated.value.toPrecision(2)} from the days held out (${measure}); the days before were ${past.value.toPrecision(2)} from them.`,
      advice: 'Do not quote what rests on it, or change the world’s config until it agrees.',
    },
  ];
}
