/** An adsim log as behaviour: what each user looked at, when, and whether the ad beside it was clicked. */
import { CATEGORY_NAMES } from '../../core/contracts.ts';
import type { ImpressionLog } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import type { BehaviourRows } from '../../models/audience/behaviour-rows.ts';

export interface AdBehaviour extends BehaviourRows {
  /** (U) users as the log names them. */
  ids: readonly string[];
}

/** Columns that say what a user looks at, best first: the category of the page, then what they have liked so far. */
const SIGNS = ['page-', 'affinity-'];

/**
 * Won impressions as rows, all at the hour at which their session began, so that a session is a visit: their category is that of the page the user browses, else the one they have liked most so far
 * (a log's context knows one or the other). Throws `InputError` where the context knows neither.
 */
export function behaviourOfAds({ requests, outcomes, spec, size }: ImpressionLog, name: string): AdBehaviour {
  const sign = SIGNS.find((prefix) => columnsOf(spec.contextNames, prefix).length > 1);
  if (!sign) {
    throw new InputError(
      `${name}: its context has neither page-CATEGORY nor affinity-CATEGORY, so what users like is not in it; log with world.observed.page: true`,
    );
  }
  const columns = columnsOf(spec.contextNames, sign);
  const d = spec.contextNames.length;
  const won = Array.from({ length: size }, (_, i) => i).filter((i) => outcomes.won[i] === 1);
  if (won.length === 0) throw new InputError(`${name}: no impression was won, so nobody was seen; log more requests`);
  const users = new Map<number, number>();
  for (const i of won) if (!users.has(requests.user[i])) users.set(requests.user[i], users.size);
  const began = new Map<number, number>();
  for (const i of won) if (!began.has(requests.session[i])) began.set(requests.session[i], requests.hour[i]);
  const liked = (i: number): number => {
    const at = i * d;
    return columns.reduce((best, { column }, c) => {
      return requests.context.data[at + column] > requests.context.data[at + columns[best].column] ? c : best;
    }, 0);
  };
  return {
    size: won.length,
    users: users.size,
    ids: [...users.keys()].map(String),
    categories: columns.map(({ category }) => category),
    user: Int32Array.from(won, (i) => users.get(requests.user[i]) as number),
    category: Int32Array.from(won, liked),
    hour: Float64Array.from(won, (i) => began.get(requests.session[i]) as number),
    click: Uint8Array.from(won, (i) => outcomes.click[i]),
  };
}

function columnsOf(names: readonly string[], prefix: string): { column: number; category: string }[] {
  return CATEGORY_NAMES.map((category) => ({ category, column: names.indexOf(`${prefix}${category}`) })).filter(
    ({ column }) => column >= 0,
  );
}
