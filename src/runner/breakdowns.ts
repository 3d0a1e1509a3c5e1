/** Where an agent's impressions went and what they brought: by hour, place, campaign, and whatever else the world tells of. */
import { CATEGORY_NAMES, CONVERTED } from '../core/contracts.ts';
import type { ActionTable, EnvironmentSpec } from '../core/contracts.ts';
import { complementOf } from '../env/catalogue.ts';
import type { Tick } from './episode.ts';

/** Sums over the impressions of one group. */
export interface GroupSums {
  label: string;
  impressions: number;
  clicks: number;
  conversions: number;
  costUsd: number;
  reward: number;
}

/** One way to split an agent's impressions. */
export interface Breakdown {
  /** For instance `hour of the day`. */
  by: string;
  groups: GroupSums[];
}

/** Which group (an index into `labels`) the ad in column l of row i belongs to. */
interface Dimension {
  by: string;
  labels: readonly string[];
  group(tick: Tick, i: number, l: number, action: number): number;
}

export interface Breakdowns {
  add(tick: Tick): void;
  result(): Breakdown[];
}

/** The breakdowns that make sense in a world. */
export function breakdowns(spec: EnvironmentSpec, actions: ActionTable): Breakdowns {
  const dimensions = dimensionsOf(spec, actions);
  const L = spec.slots;
  const sums = dimensions.map(({ labels }) => labels.map((label): GroupSums => blank(label)));
  return {
    add(tick) {
      const { requests, decisions, outcomes } = tick;
      for (let i = 0; i < requests.size; i++) {
        for (let l = 0; l < L; l++) {
          const cell = i * L + l;
          if (outcomes.slot[cell] < 0) continue;
          const action = decisions.action[cell];
          for (let d = 0; d < dimensions.length; d++) {
            const g = dimensions[d].group(tick, i, l, action);
            if (g < 0) continue;
            const group = sums[d][g];
            group.impressions++;
            group.clicks += outcomes.click[cell];
            if (outcomes.conversion[cell] === CONVERTED) group.conversions++;
            group.costUsd += outcomes.cost[cell];
            group.reward += outcomes.adReward[cell];
          }
        }
      }
    },
    result: () => dimensions.map(({ by }, d) => ({ by, groups: sums[d] })),
  };
}

function blank(label: string): GroupSums {
  return { label, impressions: 0, clicks: 0, conversions: 0, costUsd: 0, reward: 0 };
}

function dimensionsOf(spec: EnvironmentSpec, actions: ActionTable): Dimension[] {
  const { contextNames: names, campaigns } = spec;
  const d = names.length;
  const column = (name: string): number => names.indexOf(name);
  const found: Dimension[] = [
    {
      by: 'hour of the day',
      labels: Array.from({ length: 24 }, (_, hour) => String(hour)),
      group: ({ requests }, i) => Math.floor(requests.hour[i] % 24),
    },
  ];
  if (spec.slots > 1) {
    const labels = Array.from({ length: spec.slots }, (_, l) => `slot ${l + 1}`);
    found.push({ by: 'place on the page', labels, group: ({ outcomes }, i, l) => outcomes.slot[i * spec.slots + l] });
  }
  if (campaigns.length > 1) {
    const labels = campaigns.map(({ name }) => name);
    found.push({ by: 'campaign', labels, group: (_tick, _i, _l, a) => actions.campaign[a] });
  }
  const levels = [
    ...new Set(
      actions.features.data.filter(
        (_, c) => c % actions.features.columns === actions.featureNames.indexOf('price-level'),
      ),
    ),
  ];
  if (levels.length > 1) {
    const at = actions.featureNames.indexOf('price-level');
    const level = (a: number): number => levels.indexOf(actions.features.data[a * actions.features.columns + at]);
    const labels = levels.map((log) => `${Number(Math.exp(log).toPrecision(3))} × list`);
    found.push({ by: 'price asked', labels, group: (_tick, _i, _l, a) => level(a) });
  }
  const frequency = column('frequency');
  if (frequency >= 0) {
    found.push({
      by: 'what is known of the user',
      labels: ['new (hardly an event)', 'some history', 'long history'],
      group: ({ requests }, i) => knownness(Math.expm1(5 * requests.context.data[i * d + frequency])),
    });
  }
  const page = column(`page-${CATEGORY_NAMES[0]}`);
  if (page >= 0) {
    const C = names.filter((name) => name.startsWith('page-')).length;
    found.push({
      by: 'ad against the page browsed',
      labels: ['the same category', 'what goes with it', 'another category'],
      group: ({ requests }, i, _l, a) => {
        const c = browsed(requests.context.data, i * d + page, C);
        if (c < 0 || actions.category[a] === c) return c < 0 ? -1 : 0;
        return actions.category[a] === complementOf(c, C) ? 1 : 2;
      },
    });
  }
  for (const name of names.filter((one) => one.startsWith('promotion-'))) {
    const at = column(name);
    found.push({
      by: name.replace('-', ' '),
      labels: ['off', 'on'],
      group: ({ requests }, i) => requests.context.data[i * d + at],
    });
  }
  return found;
}

/** The column of C that is 1; −1 where none is. */
function browsed(context: Float64Array, from: number, C: number): number {
  for (let c = 0; c < C; c++) if (context[from + c] === 1) return c;
  return -1;
}

/** By the weight of remembered events. */
function knownness(weight: number): number {
  if (weight < 10) return 0;
  return weight < 40 ? 1 : 2;
}
