/**
 * The market: n user sessions side by side. A tick is one request in each:
 * arrival → observation → decision (the agent's) → click → conversion → satisfaction, fatigue → leave or go on.
 */
import { CONVERTED, GOES_ON, NO_CONVERSION, TERMINATED, TRUNCATED } from '../core/contracts.ts';
import type { Creatives, Decisions, Environment, Matrix, Outcomes, TrueRequests } from '../core/contracts.ts';
import { matrix } from '../core/matrix.ts';
import { randomFrom, visitStep } from '../core/random.ts';
import type { Random } from '../core/random.ts';
import { arrivalsOf } from './arrivals.ts';
import type { Arrivals } from './arrivals.ts';
import { behaviourOf } from './behaviour.ts';
import { campaignsOf } from './campaigns.ts';
import { drawCatalogue } from './catalogue.ts';
import type { WorldConfig } from './config.ts';
import { fatigueOf } from './fatigue.ts';
import { EXPOSURES, HOUR_EFFECT, LATENT, SEGMENT, tires } from './hidden.ts';
import { layoutOf } from './observation.ts';
import { hourEffect, responseOf } from './response.ts';
import type { Response } from './response.ts';
import { satisfactionOf } from './satisfaction.ts';
import { beginSession, sessionsOf } from './sessions.ts';
import { checkCreatives, specOf } from './spec.ts';
import { drawUsers, usersOf } from './users.ts';

/** The pushy ads that make `session-annoyance` 1. */
const PUSHED_TO_THE_BRIM = 4;

/**
 * A world of this config, showing these creatives; call `reset` before the first `observe`. It never ends by itself.
 * Throws `InputError` for creatives it cannot show.
 */
export function market(config: WorldConfig, creatives: Creatives): Environment {
  checkCreatives(config, creatives);
  const n = config.lanes;
  const k = creatives.size;
  const D = config.population.latentDimensions;
  const hoursPerTick = n / config.requestsPerHour;
  const campaigns = campaignsOf(config, creatives);
  const { costUsd, marginUsd } = campaigns;
  const { priceUsd } = campaigns.actions;
  const profit = config.reward === 'profit';
  const users = usersOf(config);
  const behaviour = behaviourOf(config);
  const fatigue = tires(config) ? fatigueOf(config, k) : undefined;
  const satisfaction = satisfactionOf(config, creatives);
  const arriving = arrivalsOf(config.users, n);
  const lanes = sessionsOf(config, k);
  const { annoyance, behaviour: behaviourAt, hour: hourAt, lastClick, step: stepAt } = layoutOf(config);
  const spec = specOf(config, creatives, campaigns);
  const d = spec.contextNames.length;
  const h = spec.hiddenSize;
  // Every lane's next request, kept up to date by `step` and copied by `observe`.
  const context = matrix(n, d);
  const hidden = matrix(n, h);

  let tick = 0;
  let hour = 0;
  let hourSin = 0;
  let hourCos = 0;
  let hourLogit = 0;
  let arrivals: Arrivals | undefined;
  let response: Response | undefined;
  let clicks: Random;
  let conversions: Random;
  let leaving: Random;
  return { spec, actions: campaigns.actions, truth: { predict }, reset, observe, step };

  function reset(seed: string, luck = ''): void {
    const random = randomFrom(seed).stream('world');
    const chance = luck === '' ? random : random.stream('luck', luck);
    const catalogue = drawCatalogue(config, creatives, random);
    drawUsers(config, catalogue, random, users);
    arrivals = arriving.draw(users.activity, chance);
    response = responseOf(config, creatives, campaigns, catalogue, users, arrivals, random);
    behaviour.begin(catalogue, users, random);
    fatigue?.begin();
    clicks = chance.stream('clicks');
    conversions = chance.stream('conversions');
    leaving = chance.stream('leaving');
    tick = -1;
    nextTick();
    for (let lane = 0; lane < n; lane++) {
      arrive(lane, 0);
      prepare(lane);
    }
  }

  function observe(out: TrueRequests): boolean {
    started();
    out.size = n;
    const first = tick * n;
    for (let i = 0; i < n; i++) {
      out.impression[i] = first + i;
      out.hour[i] = hour;
    }
    out.session.set(lanes.session);
    out.user.set(lanes.user);
    out.context.data.set(context.data);
    out.hidden.data.set(hidden.data);
    out.eligible.fill(1, 0, n * k);
    return true;
  }

  function step(requests: TrueRequests, decisions: readonly Decisions[], outcomes: readonly Outcomes[]): void {
    const response = started();
    if (decisions.length !== 1 || outcomes.length !== 1) {
      throw new RangeError(`market: ${decisions.length} agents compete for one market; this world takes exactly 1`);
    }
    if (requests.size !== n || requests.impression[0] !== tick * n) {
      throw new RangeError('market: step was given other requests than observe filled last');
    }
    const { action } = decisions[0];
    const out = outcomes[0];
    out.late = [];
    const now = hour;
    nextTick();
    for (let i = 0; i < n; i++) {
      const a = action[i];
      if (!(a >= -1 && a < k)) throw new RangeError(`market: row ${i} shows action ${a}; there are ${k}`);
      show(i, a, now, response, out);
      if (out.ended[i] === TERMINATED) {
        arrive(i, lanes.laneVisit[i] + 1);
        prepare(i);
      } else {
        prepare(i);
        if (out.ended[i] === TRUNCATED) {
          for (let j = 0; j < d; j++) out.finalContext.data[i * d + j] = context.data[i * d + j];
          arrive(i, lanes.laneVisit[i] + 1);
          prepare(i);
        }
      }
    }
  }

  /** Shows creative `a` (−1: nothing) in lane i: click, conversion, what it does to the user, and whether they stay. */
  function show(i: number, a: number, now: number, response: Response, out: Outcomes): void {
    const user = lanes.user[i];
    const key = visitStep(lanes.visit[i], lanes.step[i]);
    let clicked = 0;
    let converted = NO_CONVERSION;
    if (a >= 0) {
      const match = response.match(hidden.data, i * h, a);
      if (clicks.uniform(user, key) < response.click(hidden.data, i * h, a, match)) {
        clicked = 1;
        if (conversions.uniform(user, key) < response.conversion(a, match)) converted = CONVERTED;
        const category = creatives.category[a];
        behaviour.record(user, category, converted === CONVERTED ? 'purchase' : 'browse', now);
        behaviour.features(user, now, context.data, i * d + behaviourAt);
      }
      fatigue?.expose(user, a, now);
      lanes.satisfaction[i] = satisfaction.after(lanes.satisfaction[i], a, match, lanes.shown[i * k + a]);
      lanes.pushed[i] += satisfaction.pushiness[a];
      if (lanes.shown[i * k + a] < 255) lanes.shown[i * k + a]++;
    }
    lanes.lastClick[i] = clicked;
    out.won[i] = a >= 0 ? 1 : 0;
    out.cost[i] = a >= 0 ? costUsd : 0;
    out.click[i] = clicked;
    out.conversion[i] = converted;
    out.revenue[i] = converted === CONVERTED ? priceUsd[a] : 0;
    out.reward[i] = profit ? (converted === CONVERTED ? marginUsd[a] : 0) - out.cost[i] : clicked;
    if (leaving.uniform(user, key) < satisfaction.leave(lanes.satisfaction[i])) out.ended[i] = TERMINATED;
    else out.ended[i] = ++lanes.step[i] >= config.sessions.horizonRequests ? TRUNCATED : GOES_ON;
  }

  /** The lane's visitor number `laneVisit` begins a session at `hour`. */
  function arrive(lane: number, laneVisit: number): void {
    const user = (arrivals as Arrivals).visitor(lane, laneVisit);
    beginSession(lanes, lane, laneVisit, user, behaviour.visit(user, hour));
    behaviour.features(user, hour, context.data, lane * d + behaviourAt);
    context.data[lane * d] = 1;
    hidden.data[lane * h + SEGMENT] = users.segment[user];
    for (let j = 0; j < D; j++) hidden.data[lane * h + LATENT + j] = users.latent[user * D + j];
  }

  /** Brings the lane's next request up to date with `hour` and the session so far. */
  function prepare(lane: number): void {
    const at = lane * d;
    context.data[at + hourAt] = hourSin;
    context.data[at + hourAt + 1] = hourCos;
    context.data[at + stepAt] = lanes.step[lane] / config.sessions.horizonRequests;
    if (annoyance >= 0) {
      context.data[at + annoyance] = Math.min(1, lanes.pushed[lane] / PUSHED_TO_THE_BRIM);
      context.data[at + lastClick] = lanes.lastClick[lane];
    }
    hidden.data[lane * h + HOUR_EFFECT] = hourLogit;
    fatigue?.exposures(lanes.user[lane], hour, hidden.data, lane * h + EXPOSURES, lane * h + LATENT + D);
  }

  function nextTick(): void {
    tick++;
    hour = tick * hoursPerTick;
    hourSin = Math.sin((2 * Math.PI * hour) / 24);
    hourCos = Math.cos((2 * Math.PI * hour) / 24);
    hourLogit = hourEffect(config, hour);
  }

  function predict(requests: TrueRequests, out: Matrix): void {
    const response = started();
    const { data } = requests.hidden;
    for (let i = 0; i < requests.size; i++) {
      for (let a = 0; a < k; a++) {
        const match = response.match(data, i * h, a);
        const click = response.click(data, i * h, a, match);
        out.data[i * k + a] = profit ? click * response.conversion(a, match) * marginUsd[a] - costUsd : click;
      }
    }
  }

  function started(): Response {
    if (!response) throw new Error('market: call reset(seed) first');
    return response;
  }
}
