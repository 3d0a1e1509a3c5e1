/** Lanes: the n requests that are next, each with its session; who comes, what is known of them, and when they go. */
import { GOES_ON, TERMINATED } from '../core/contracts.ts';
import type { EnvironmentSpec, Outcomes, TrueRequests } from '../core/contracts.ts';
import { matrix } from '../core/matrix.ts';
import type { Matrix } from '../core/matrix.ts';
import type { Arrivals } from './arrivals.ts';
import type { Behaviour } from './behaviour.ts';
import type { WorldConfig } from './config.ts';
import { DEMOGRAPHICS, DEMOGRAPHIC_NAMES } from './demographics.ts';
import type { Drift } from './drift.ts';
import type { Fatigue } from './fatigue.ts';
import { EXPOSURES, HOUR_EFFECT, LATENT, PAGE, PROMOTIONS, SEGMENT } from './hidden.ts';
import type { Layout } from './observation.ts';
import type { Promotions } from './promotions.ts';
import { hourEffect } from './response.ts';
import type { Satisfaction } from './satisfaction.ts';
import { beginSession, sessionsOf } from './sessions.ts';
import type { Sessions } from './sessions.ts';
import type { Users } from './users.ts';

/** The pushy ads that make `session-annoyance` 1. */
const PUSHED_TO_THE_BRIM = 4;

export interface Lanes {
  sessions: Sessions;
  /** (n×h) every lane's hidden row, kept up to date. */
  hidden: Matrix;
  begin(arrivals: Arrivals): void;
  /** [h] of the present tick. */
  hour(): number;
  /** A new moment. */
  advance(hour: number): void;
  /** The first visitors take the lanes. */
  open(): void;
  /** After the pages: sessions go on, or end and the next visitors take their lanes. `ended` of every outcome says which. */
  next(outcomes: readonly Outcomes[]): void;
  /** What is known of the lane's user has changed. */
  learnAbout(lane: number): void;
  /** What the lane's user likes has changed. */
  feel(lane: number): void;
  /** Fills everything of `out` but impressions, hours and eligibility. */
  copy(out: TrueRequests): void;
}

export interface LaneParts {
  config: WorldConfig;
  spec: EnvironmentSpec;
  layout: Layout;
  users: Users;
  behaviour: Behaviour;
  fatigue: Fatigue | undefined;
  drift: Drift | undefined;
  satisfaction: Satisfaction;
  promotions: Promotions;
  creatives: { size: number };
}

/** The lanes of a world. */
export function lanesOf(parts: LaneParts): Lanes {
  const { config, spec, layout, users, behaviour, fatigue, drift, satisfaction, promotions } = parts;
  const n = config.lanes;
  const D = config.population.latentDimensions;
  const K = parts.creatives.size;
  const d = spec.contextNames.length;
  const h = spec.hiddenSize;
  const { horizonRequests } = config.sessions;
  const context = matrix(n, d);
  const hidden = matrix(n, h);
  const history = spec.history && { codes: new Int32Array(n * spec.history.steps), length: new Int32Array(n) };
  const sessions = sessionsOf(config, K);
  const picky = users.entry.length > 0 || config.arrivals.returnCoupling > 0;
  // Those who come: m lanes, the numbers of their visits among the lanes' and among the users' own, the users.
  const free = new Int32Array(n);
  const laneVisits = new Int32Array(n);
  const visits = new Int32Array(n);
  const visitors = new Int32Array(n);
  let now = 0;
  let before = 0;
  let hourSin = 0;
  let hourCos = 0;
  let hourLogit = 0;
  let weekend = 0;
  let promoted = 0;
  let fading = 1; // what is left of an exposure since the tick before
  let arrivals: Arrivals;
  return { sessions, hidden, begin, hour: () => now, advance, open, next, learnAbout, feel, copy };

  function begin(newArrivals: Arrivals): void {
    arrivals = newArrivals;
    now = 0;
    context.data.fill(0);
  }

  function advance(hour: number): void {
    before = now;
    now = hour;
    hourSin = Math.sin((2 * Math.PI * hour) / 24);
    hourCos = Math.cos((2 * Math.PI * hour) / 24);
    hourLogit = hourEffect(config, hour);
    weekend = Math.floor(hour / 24) % 7 >= 5 ? 1 : 0;
    promoted = promotions.on(hour);
    fading = fatigue ? fatigue.left(hour - before) : 1;
  }

  function comes(user: number, u: number): boolean {
    if (users.entry.length > 0 && users.entry[user] > now) return false;
    return u < satisfaction.coming(user, now);
  }

  function open(): void {
    for (let lane = 0; lane < n; lane++) {
      free[lane] = lane;
      laneVisits[lane] = 0;
    }
    arrive(n);
  }

  /**
   * Visitors take the first m lanes of `free`. What is known of users lies scattered over memory that grows with their
   * number: a loop for each piece of it fetches many at once, where one loop over everything would wait for each.
   */
  function arrive(m: number): void {
    arrivals.visitors(m, free, laneVisits, picky ? comes : undefined, visitors);
    for (let j = 0; j < m; j++) visits[j] = behaviour.visits(visitors[j]);
    for (let j = 0; j < m; j++) hidden.data[free[j] * h + SEGMENT] = users.segment[visitors[j]];
    if (drift) for (let j = 0; j < m; j++) drift.visit(visitors[j], visits[j], now);
    for (let j = 0; j < m; j++) {
      const brought = satisfaction.brought(visitors[j], now);
      beginSession(sessions, free[j], laneVisits[j], visitors[j], visits[j], brought);
    }
    for (let j = 0; j < m; j++) feel(free[j]);
    for (let j = 0; j < m; j++) settle(free[j]);
  }

  /** The lane's visitor does something in a category; what is known of them is put together. */
  function settle(lane: number): void {
    const user = sessions.user[lane];
    const page = behaviour.visit(user, now);
    const row = lane * d;
    context.data[row] = 1;
    learnAbout(lane);
    if (layout.demographics >= 0) showDemographics(user, row + layout.demographics);
    if (layout.page >= 0) {
      context.data.fill(0, row + layout.page, row + layout.page + config.categories);
      context.data[row + layout.page + page] = 1;
    }
    const at = lane * h;
    hidden.data[at + PAGE] = page;
    fatigue?.load(user, now, hidden.data, at + LATENT + D);
    prepare(lane);
  }

  function feel(lane: number): void {
    const at = lane * h + LATENT;
    const from = sessions.user[lane] * D;
    for (let j = 0; j < D; j++) hidden.data[at + j] = users.latent[from + j];
  }

  function showDemographics(user: number, from: number): void {
    context.data.fill(0, from, from + DEMOGRAPHIC_NAMES.length);
    let at = from;
    DEMOGRAPHICS.forEach(({ levels }, f) => {
      context.data[at + users.demographics[user * DEMOGRAPHICS.length + f]] = 1;
      at += levels.length;
    });
  }

  function learnAbout(lane: number): void {
    const user = sessions.user[lane];
    behaviour.features(user, now, context.data, lane * d + layout.behaviour);
    if (layout.history >= 0) behaviour.historyFeatures(user, now, context.data, lane * d + layout.history);
    if (history) history.length[lane] = behaviour.latest(user, history.codes, (lane * history.codes.length) / n);
  }

  /** Brings the lane's next request up to date with the hour and the session so far. */
  function prepare(lane: number): void {
    const row = lane * d;
    const { data } = context;
    data[row + layout.hour] = hourSin;
    data[row + layout.hour + 1] = hourCos;
    data[row + layout.step] = sessions.step[lane] / horizonRequests;
    if (layout.session >= 0) {
      data[row + layout.session] = Math.min(1, sessions.pushed[lane] / PUSHED_TO_THE_BRIM);
      data[row + layout.session + 1] = sessions.lastClick[lane];
    }
    if (layout.week >= 0) data[row + layout.week] = weekend;
    for (let p = 0; p < promotions.count; p++) data[row + layout.promotions + p] = (promoted >> p) & 1;
    const at = lane * h;
    hidden.data[at + HOUR_EFFECT] = hourLogit;
    hidden.data[at + PROMOTIONS] = promoted;
    if (!fatigue) return;
    let all = 0;
    for (let c = at + LATENT + D; c < at + h; c++) all += hidden.data[c];
    hidden.data[at + EXPOSURES] = all;
  }

  function next(outcomes: readonly Outcomes[]): void {
    const { ended } = outcomes[0];
    let m = 0;
    for (let lane = 0; lane < n; lane++) {
      if (ended[lane] !== GOES_ON) {
        leave(lane, ended[lane], outcomes);
        laneVisits[m] = sessions.laneVisit[lane] + 1;
        free[m++] = lane;
      } else {
        if (fatigue) fade(lane);
        prepare(lane);
      }
    }
    arrive(m);
  }

  function fade(lane: number): void {
    for (let c = lane * h + LATENT + D; c < lane * h + h; c++) hidden.data[c] *= fading;
  }

  function leave(lane: number, ended: number, outcomes: readonly Outcomes[]): void {
    const user = sessions.user[lane];
    const exposures = lane * h + LATENT + D;
    satisfaction.keep(user, sessions.satisfaction[lane], before);
    if (ended === TERMINATED) {
      fatigue?.save(user, before, hidden.data, exposures);
      return;
    }
    // The session was cut off: what its next request would have been is shown.
    if (fatigue) fade(lane);
    prepare(lane);
    fatigue?.save(user, now, hidden.data, exposures);
    for (const out of outcomes) {
      for (let j = 0; j < d; j++) out.finalContext.data[lane * d + j] = context.data[lane * d + j];
    }
  }

  function copy(out: TrueRequests): void {
    out.session.set(sessions.session);
    out.user.set(sessions.user);
    out.context.data.set(context.data);
    out.hidden.data.set(hidden.data);
    if (history && out.history) {
      out.history.codes.set(history.codes);
      out.history.length.set(history.length);
    }
  }
}
