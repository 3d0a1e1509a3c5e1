/** Eligibility: which actions may be taken in a request: targeting, frequency cap, daypart and purse of each campaign. */
import { AGE_BANDS, DEMOGRAPHICS, DEVICES, REGIONS } from './demographics.ts';
import type { Campaigns } from './campaigns.ts';
import type { CampaignConfig } from './campaign-schema.ts';
import { countTable } from './count-table.ts';
import type { Purses } from './purses.ts';
import type { Users } from './users.ts';

export interface Eligibility {
  begin(users: Users): void;
  /** A new moment: dayparts open and close, and at midnight caps begin anew. */
  advance(hour: number): void;
  /** Writes 1 (n×k) for each of the k actions that the player may show each of the n users, 0 for the others. */
  fill(player: number, users: Int32Array, out: Uint8Array): void;
  /** True where `more` further ads of the campaign may be shown to the user today, and it may run now, money apart. */
  allows(player: number, campaign: number, user: number, more: number): boolean;
  /** Counts an ad shown. */
  shown(player: number, campaign: number, user: number): void;
}

const FIELDS = DEMOGRAPHICS.length;

/** Eligibility in a world of P players; `leastUsd` [USD] is the least that an ad can cost. */
export function eligibilityOf(campaigns: Campaigns, players: number, purses: Purses, leastUsd: number): Eligibility {
  const { configs, limited } = campaigns;
  const { campaign, size: k } = campaigns.actions;
  const J = configs.length;
  const open = new Uint8Array(J);
  const pays = new Uint8Array(J);
  const may = new Uint8Array(J);
  const targets = configs.map(targetOf);
  const caps = configs.map(({ frequencyCap }) => frequencyCap ?? Infinity);
  const personal = configs.some((_, j) => targets[j] !== undefined || caps[j] !== Infinity);
  const counts = countTable();
  let day = 0;
  let users: Users;
  return { begin, advance, fill, allows, shown };

  function begin(newUsers: Users): void {
    users = newUsers;
    counts.clear();
    day = 0;
  }

  function advance(hour: number): void {
    const today = Math.floor(hour / 24);
    if (today !== day) {
      day = today;
      counts.clear();
    }
    for (let j = 0; j < J; j++) open[j] = isOpen(configs[j], hour) ? 1 : 0;
  }

  function fill(player: number, to: Int32Array, out: Uint8Array): void {
    if (!limited) {
      out.fill(1, 0, to.length * k);
      return;
    }
    for (let j = 0; j < J; j++) pays[j] = purses.affords(player, j, leastUsd) && purses.released(player, j) ? 1 : 0;
    const rows = personal ? to.length : Math.min(1, to.length);
    for (let i = 0, at = 0; i < rows; i++) {
      for (let j = 0; j < J; j++) may[j] = pays[j] === 1 && allows(player, j, to[i], 1) ? 1 : 0;
      for (let a = 0; a < k; a++) out[at++] = may[campaign[a]];
    }
    // Where no campaign asks who the user is, all rows are as the first.
    for (let at = rows * k; at < to.length * k; at *= 2) out.copyWithin(at, 0, Math.min(at, to.length * k - at));
  }

  function allows(player: number, j: number, user: number, more: number): boolean {
    if (open[j] === 0) return false;
    const target = targets[j];
    if (target !== undefined && !isTarget(target, user)) return false;
    return caps[j] === Infinity || counts.get((user * J + j) * players + player) + more <= caps[j];
  }

  function isTarget(target: readonly number[], user: number): boolean {
    for (let f = 0; f < FIELDS; f++) {
      if ((target[f] & (1 << users.demographics[user * FIELDS + f])) === 0) return false;
    }
    return true;
  }

  function shown(player: number, j: number, user: number): void {
    if (caps[j] !== Infinity) counts.add((user * J + j) * players + player);
  }
}

function isOpen({ dayparts }: CampaignConfig, hour: number): boolean {
  if (dayparts.length === 0) return true;
  const inDay = hour % 24;
  const day = (Math.floor(hour / 24) % 7) + 1;
  return dayparts.some(
    ({ fromHour, toHour, days }) => inDay >= fromHour && inDay < toHour && (!days || days.includes(day)),
  );
}

/** Levels that are meant, a bit each, by field; undefined where everybody is. */
function targetOf({ targeting }: CampaignConfig): number[] | undefined {
  if (Object.keys(targeting).length === 0) return undefined;
  const bits = (levels: readonly string[], wanted: readonly string[] | undefined): number =>
    levels.reduce((sum, level, l) => sum | (!wanted || wanted.includes(level) ? 1 << l : 0), 0);
  return [bits(AGE_BANDS, targeting.age), bits(DEVICES, targeting.device), bits(REGIONS, targeting.region)];
}
