/** Episodes from a log: a session is one, its rows in order; what was shown on a page of L slots is one action. */
import { GOES_ON, TRUNCATED } from '../../core/contracts.ts';
import type { ImpressionLog } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import type { Episodes } from './episodes.ts';

export interface SessionColumns {
  /** (m) in [0, 1]: the evaluation policy's odds of what the row shows. */
  evaluation: Float64Array;
  /** γ per row; 1 where it is left out. */
  discount?: number;
  /** (m) q̂ of what the row shows, and v̂. */
  predicted?: Float64Array;
  expected?: Float64Array;
  /** What to do with sessions that the log's end or the horizon cut: `keep` values them as far as they were seen. */
  cut?: 'keep' | 'drop';
}

export interface SessionEpisodes extends Episodes {
  /** (rows) the log's row of each step. */
  row: Int32Array;
  /** How many sessions were cut; among the episodes only where they are kept. */
  cut: number;
}

/**
 * Episodes in the order of their first rows. A row that ends its session ends the episode; sessions that never end in the log,
 * or whose last row is truncated, were cut. Throws `InputError` where columns do not fit the log, or nothing is left.
 */
export function sessionEpisodes(log: ImpressionLog, columns: SessionColumns): SessionEpisodes {
  const { size: m, requests, decisions, outcomes, spec } = log;
  const { evaluation, predicted, expected, discount = 1, cut: cutting = 'keep' } = columns;
  for (const [name, column] of Object.entries({ evaluation, predicted, expected })) {
    if (column && column.length !== m)
      throw new InputError(`The column ${name} has ${column.length} rows, the log has ${m}.`);
  }
  const sessions: { rows: number[]; cut: boolean }[] = [];
  const open = new Map<number, { rows: number[]; cut: boolean }>();
  for (let i = 0; i < m; i++) {
    const id = requests.session[i];
    let session = open.get(id);
    if (!session) {
      session = { rows: [], cut: true };
      sessions.push(session);
      open.set(id, session);
    }
    session.rows.push(i);
    if (outcomes.ended[i] === GOES_ON) continue;
    session.cut = outcomes.ended[i] === TRUNCATED;
    open.delete(id);
  }
  const kept = cutting === 'keep' ? sessions : sessions.filter(({ cut }) => !cut);
  if (kept.length === 0)
    throw new InputError(`None of the log's ${sessions.length} sessions ended: keep those that were cut.`);
  const row = Int32Array.from(kept.flatMap(({ rows }) => rows));
  const offset = new Int32Array(kept.length + 1);
  kept.forEach(({ rows }, i) => (offset[i + 1] = offset[i] + rows.length));
  const pick = (column: ArrayLike<number>): Float64Array => Float64Array.from(row, (i) => column[i]);
  const L = spec.slots;
  return {
    size: kept.length,
    offset,
    propensity: Float64Array.from(row, (i) => pageOdds(decisions.propensity, i * L, L)),
    evaluation: pick(evaluation),
    reward: pick(outcomes.reward),
    discount,
    ...(predicted && { predicted: pick(predicted) }),
    ...(expected && { expected: pick(expected) }),
    row,
    cut: sessions.filter(({ cut }) => cut).length,
  };
}

/** The odds of a whole page: of each slot given the slots above. */
function pageOdds(propensity: Float64Array, at: number, slots: number): number {
  let product = 1;
  for (let l = 0; l < slots; l++) product *= propensity[at + l];
  return product;
}
