/** Sessions: who is on each of the n lanes, how far into the visit, and what happened in it so far. */
import { InputError } from '../core/errors.ts';
import { VISITS_PER_USER } from '../core/random.ts';
import type { WorldConfig } from './config.ts';

/** n lanes, K creatives. */
export interface Sessions {
  /** (n) user on the lane. */
  user: Int32Array;
  /** (n) number of the visit among the user's own. */
  visit: Int32Array;
  /** (n) number of the visit among the lane's. */
  laneVisit: Int32Array;
  /** (n) request within the session, from 0. */
  step: Int32Array;
  /** (n) id of the session: lane visit × n + lane, so that it is the same whatever the agent does. */
  session: Int32Array;
  /** (n) moving average. */
  satisfaction: Float64Array;
  /** (n) sum of the pushiness of the ads shown in this session. */
  pushed: Float64Array;
  /** (n) 1 where an ad of the request before was clicked. */
  lastClick: Uint8Array;
  /** (n×K) how often each creative was shown in this session, held at 255. */
  shown: Uint8Array;
}

/** Room for the sessions of a world. */
export function sessionsOf(config: WorldConfig, K: number): Sessions {
  const n = config.lanes;
  return {
    user: new Int32Array(n),
    visit: new Int32Array(n),
    laneVisit: new Int32Array(n),
    step: new Int32Array(n),
    session: new Int32Array(n),
    satisfaction: new Float64Array(n),
    pushed: new Float64Array(n),
    lastClick: new Uint8Array(n),
    shown: new Uint8Array(n * K),
  };
}

/** Ids are kept in 32 bits. */
const SESSIONS = 2 ** 31;

/** Puts a visitor on a lane. Throws `InputError` where numbers would run out: beyond, luck or ids would repeat. */
export function beginSession(
  s: Sessions,
  lane: number,
  laneVisit: number,
  user: number,
  visit: number,
  satisfaction: number,
): void {
  const n = s.user.length;
  const K = s.shown.length / n;
  if (visit >= VISITS_PER_USER) {
    throw new InputError(
      `world.users: user ${user} came ${visit} times and more, where luck would repeat; raise users or lower requests`,
    );
  }
  if (laneVisit * n + lane >= SESSIONS) {
    throw new InputError(`requests: more than ${SESSIONS} sessions cannot be told apart; lower requests`);
  }
  s.user[lane] = user;
  s.visit[lane] = visit;
  s.laneVisit[lane] = laneVisit;
  s.step[lane] = 0;
  s.session[lane] = laneVisit * n + lane;
  s.satisfaction[lane] = satisfaction;
  s.pushed[lane] = 0;
  s.lastClick[lane] = 0;
  for (let at = lane * K; at < lane * K + K; at++) s.shown[at] = 0;
}
