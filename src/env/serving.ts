/** Serving: the page is laid out, looked at and clicked; what is bought, at once or later; what it does to the user. */
import { CONVERTED, GOES_ON, NO_CONVERSION, TERMINATED, TRUNCATED } from '../core/contracts.ts';
import type { Creatives, Decisions, LateConversion, Outcomes } from '../core/contracts.ts';
import { visitStep } from '../core/random.ts';
import type { Random } from '../core/random.ts';
import type { Appeal } from './appeal.ts';
import type { Behaviour } from './behaviour.ts';
import type { Campaigns } from './campaigns.ts';
import type { Catalogue } from './catalogue.ts';
import type { WorldConfig } from './config.ts';
import type { Delays } from './delays.ts';
import type { Drift } from './drift.ts';
import type { Eligibility } from './eligibility.ts';
import type { Examination } from './examination.ts';
import type { Fatigue } from './fatigue.ts';
import { LATENT, PAGE } from './hidden.ts';
import type { Lanes } from './lanes.ts';
import { EMPTY, RIVAL } from './page.ts';
import type { Page } from './page.ts';
import { pendingConversions } from './pending.ts';
import type { Purses } from './purses.ts';
import type { Response } from './response.ts';
import type { Rivals } from './rivals.ts';
import type { Satisfaction } from './satisfaction.ts';

export interface Serving {
  begin(response: Response, catalogue: Catalogue, chance: Random): void;
  /** Serves every lane's request, filling the outcomes; `first` is the id of the first impression. */
  serve(first: number, decisions: readonly Decisions[], outcomes: readonly Outcomes[]): void;
  /** Adds to `late` the conversions that have become known by `hour`. */
  deliver(hour: number, outcomes: readonly Outcomes[]): void;
  /** (n)[USD per unit] */
  minimumToWin: Float64Array;
}

export interface ServingParts {
  config: WorldConfig;
  players: number;
  creatives: Creatives;
  campaigns: Campaigns;
  eligibility: Eligibility;
  purses: Purses;
  behaviour: Behaviour;
  fatigue: Fatigue | undefined;
  drift: Drift | undefined;
  satisfaction: Satisfaction;
  lanes: Lanes;
  page: Page;
  appeal: Appeal;
  examination: Examination;
  delays: Delays | undefined;
  rivals: Rivals | undefined;
}

/** How a world's requests are served. */
export function servingOf(parts: ServingParts): Serving {
  const { config, players, campaigns, eligibility, purses, behaviour, drift, satisfaction, lanes, page, appeal } =
    parts;
  const { examination, delays, fatigue, rivals } = parts;
  const { sessions, hidden } = lanes;
  const { actions, limited } = campaigns;
  const n = config.lanes;
  const L = config.page.slots;
  const K = parts.creatives.size;
  const D = config.population.latentDimensions;
  const h = hidden.columns;
  const profit = config.reward === 'profit';
  const perClick = config.auction?.unit === 'click';
  const { cascade, factors, persistence, afterClick } = examination;
  const { horizonRequests } = config.sessions;
  const pending = pendingConversions();
  const keys = new Int32Array(n); // `visitStep` of each request
  const pages = new Int32Array(n); // category that its user browses
  const auctioned = config.auction !== null;
  const minimumToWin = new Float64Array(auctioned ? n : 0);
  const perSlot = (random: Random): Random[] => Array.from({ length: L }, (_, l) => random.stream(l));
  // A place's block of luck holds two numbers: whether its ad is clicked, and whether the user looks on; after the last
  // place the second says whether they leave.
  let looks: Random[];
  const luck: Float64Array[] = []; // by place, (n×2)
  let purchases: Random[];
  let waits: Random[];
  const leaving = new Float64Array(n);
  let response: Response;
  let products: Float64Array;
  return { begin, serve, deliver, minimumToWin };

  function begin(newResponse: Response, catalogue: Catalogue, chance: Random): void {
    response = newResponse;
    ({ products } = catalogue);
    looks = perSlot(chance.stream('looks'));
    purchases = perSlot(chance.stream('conversions'));
    waits = perSlot(chance.stream('delays'));
    pending.clear();
  }

  function serve(first: number, decisions: readonly Decisions[], outcomes: readonly Outcomes[]): void {
    for (const out of outcomes) blank(out);
    for (let i = 0; i < n; i++) {
      keys[i] = visitStep(sessions.visit[i], sessions.step[i]);
      pages[i] = hidden.data[i * h + PAGE];
    }
    for (let place = 0; place < L; place++) luck[place] = drawLooks(looks[place]);
    appeal.meet(decisions, response);
    rivals?.meet(sessions.user, keys, pages);
    for (let i = 0; i < n; i++) {
      const user = sessions.user[i];
      const key = keys[i];
      page.lay(i, user, decisions);
      if (auctioned) minimumToWin[i] = page.minimumToWin;
      look(i, first + i, user, key, decisions, outcomes);
      if (satisfaction.matters) please(i, decisions);
      if (fatigue) tire(i, decisions);
      let ended = GOES_ON;
      if (leaving[i] < satisfaction.leave(sessions.satisfaction[i])) ended = TERMINATED;
      else if (++sessions.step[i] >= horizonRequests) ended = TRUNCATED;
      for (let p = 0; p < players; p++) outcomes[p].ended[i] = ended;
    }
  }

  function drawLooks(random: Random): Float64Array {
    const counters = random.counters(n);
    for (let i = 0; i < n; i++) {
      counters[2 * i] = sessions.user[i];
      counters[2 * i + 1] = keys[i];
    }
    return random.pairs(n);
  }

  /** Nothing has happened yet. */
  function blank(out: Outcomes): void {
    out.late = [];
    out.won.fill(0, 0, n);
    out.reward.fill(0, 0, n);
    out.slot.fill(-1, 0, n * L);
    out.cost.fill(0, 0, n * L);
    out.click.fill(0, 0, n * L);
    out.conversion.fill(NO_CONVERSION, 0, n * L);
    out.revenue.fill(0, 0, n * L);
    out.adReward.fill(0, 0, n * L);
  }

  /** The user looks at the page from the top: what is shown is charged, what is clicked may be bought. */
  function look(
    i: number,
    impression: number,
    user: number,
    key: number,
    decisions: readonly Decisions[],
    outcomes: readonly Outcomes[],
  ): void {
    let looking = true;
    let clicked = 0;
    for (let place = 0; place < L; place++) {
      const owner = page.owner[place];
      const click = luck[place][2 * i];
      const onward = luck[place][2 * i + 1];
      let hit = false;
      if (owner === RIVAL) {
        hit = cascade && looking && click < config.baseCtr;
      } else if (owner !== EMPTY) {
        const player = owner < L ? 0 : Math.floor(owner / L);
        const cell = i * L + owner - player * L;
        const a = decisions[player].action[cell];
        const out = outcomes[player];
        hit = looking && click < appeal.odds[player * n * L + cell] * (cascade ? 1 : factors[place]);
        out.won[i] = 1;
        out.slot[cell] = place;
        const cost = perClick && !hit ? 0 : page.price[place];
        out.cost[cell] = cost;
        if (limited) {
          purses.pay(player, actions.campaign[a], cost);
          eligibility.shown(player, actions.campaign[a], user);
        }
        let reward = profit ? -cost : 0;
        if (hit) {
          clicked = 1;
          out.click[cell] = 1;
          reward += profit ? campaigns.clickUsd[a] : 1;
          reward += buy(i, impression, user, key, player, cell, a, place, out);
        }
        out.adReward[cell] = reward;
        if (L > 1) out.reward[i] += reward;
      }
      if (place === L - 1) leaving[i] = onward;
      else if (cascade && looking) looking = onward < (hit ? afterClick : persistence);
    }
    sessions.lastClick[i] = clicked;
  }

  /** A click is remembered and may lead to a purchase; returns what that adds to the reward at once. */
  function buy(
    i: number,
    impression: number,
    user: number,
    key: number,
    player: number,
    cell: number,
    a: number,
    place: number,
    out: Outcomes,
  ): number {
    const at = i * h;
    const now = lanes.hour();
    const category = actions.category[a];
    const bought =
      purchases[place].uniform(user, key) <
      response.conversion(hidden.data, at, a, appeal.match[player * n * L + cell]);
    const price = bought ? response.price(hidden.data, at, a) : 0;
    const worth = bought && profit ? response.conversionUsd(hidden.data, at, a) : 0;
    let reward = 0;
    if (bought && !delays) {
      out.conversion[cell] = CONVERTED;
      out.revenue[cell] = price;
      reward = worth;
      behaviour.record(user, category, 'purchase', now);
    } else {
      behaviour.record(user, category, bought ? 'cart' : 'browse', now);
      if (bought && delays) {
        const delay = delays.at(waits[place].uniform(user, key));
        if (delay <= delays.windowHours) {
          const late = {
            due: now + delay,
            clicked: now,
            slot: cell - i * L,
            action: a,
            revenueUsd: price,
            reward: worth,
          };
          pending.add({ ...late, player, impression, user });
        }
      }
    }
    lanes.learnAbout(i);
    if (drift) {
      drift.click(user, products, actions.creative[a] * D);
      lanes.feel(i);
    }
    return reward;
  }

  /** What the page does to the user's mood. */
  function please(i: number, decisions: readonly Decisions[]): void {
    const { pushiness } = satisfaction;
    let ads = 0;
    let matches = 0;
    let pushed = 0;
    let repeats = 0;
    for (let place = 0; place < L; place++) {
      const owner = page.owner[place];
      if (owner < 0) continue;
      const player = owner < L ? 0 : Math.floor(owner / L);
      const a = decisions[player].action[i * L + owner - player * L];
      const creative = actions.creative[a];
      const seen = i * K + creative;
      ads++;
      matches += appeal.match[(player * n + i) * L + owner - player * L];
      pushed += pushiness[creative];
      if (sessions.shown[seen] > 0) repeats++;
      if (sessions.shown[seen] < 255) sessions.shown[seen]++;
    }
    if (ads === 0) return;
    sessions.pushed[i] += pushed;
    sessions.satisfaction[i] = satisfaction.after(
      sessions.satisfaction[i],
      matches / ads,
      pushed / ads,
      repeats,
      ads - 1,
    );
  }

  /** Counts what was shown. */
  function tire(i: number, decisions: readonly Decisions[]): void {
    for (let place = 0; place < L; place++) {
      const owner = page.owner[place];
      if (owner < 0) continue;
      const player = owner < L ? 0 : Math.floor(owner / L);
      const a = decisions[player].action[i * L + owner - player * L];
      hidden.data[i * h + LATENT + D + actions.creative[a]] += 1;
    }
  }

  function deliver(hour: number, outcomes: readonly Outcomes[]): void {
    for (let one = pending.take(hour); one; one = pending.take(hour)) {
      const late = outcomes[one.player].late as LateConversion[];
      const { impression, slot, revenueUsd, reward } = one;
      late.push({ impression, slot, revenueUsd, reward, delayHours: one.due - one.clicked });
      behaviour.record(one.user, actions.category[one.action], 'purchase', hour);
    }
  }
}
