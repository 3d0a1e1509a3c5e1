/** From scores to odds: most of the mass on the best eligible actions, ties shared evenly. */
import type { Requests } from '../core/contracts.ts';
import type { Matrix } from '../core/matrix.ts';

/**
 * Turns scores (n×k, in place) into odds: each eligible action has `epsilon`/(eligible actions), the best share the
 * rest evenly. A row that scores NaN on an eligible action becomes NaN, so that `decide` names the culprit; a row
 * without eligible actions becomes 0.
 */
export function shareAmongBest(odds: Matrix, requests: Requests, epsilon = 0): void {
  for (let i = 0; i < requests.size; i++) shareRow(odds.data, i * odds.columns, odds, requests, i, epsilon);
}

/** The same from one score per action (k), alike for all rows: agents that see no context. */
export function shareScores(scores: Float64Array, odds: Matrix, requests: Requests, epsilon = 0): void {
  const k = odds.columns;
  const { data } = odds;
  for (let i = 0; i < requests.size; i++) {
    if (i === 0 || !sameEligible(requests.eligible, i * k, k)) shareRow(scores, 0, odds, requests, i, epsilon);
    else for (let j = i * k; j < i * k + k; j++) data[j] = data[j - k];
  }
}

/** True where the row that begins at `start` allows what the row above does: most rows do. */
export function sameEligible(eligible: Uint8Array, start: number, k: number): boolean {
  for (let j = start; j < start + k; j++) if (eligible[j] !== eligible[j - k]) return false;
  return true;
}

function shareRow(
  scores: Float64Array,
  at: number,
  odds: Matrix,
  requests: Requests,
  i: number,
  epsilon: number,
): void {
  const k = odds.columns;
  const out = odds.data;
  const start = i * k;
  const { eligible } = requests;
  let best = -Infinity;
  let ties = 0;
  let count = 0;
  for (let j = 0; j < k; j++) {
    if (eligible[start + j] === 0) continue;
    const score = scores[at + j];
    count++;
    if (score > best) {
      best = score;
      ties = 1;
    } else if (score === best) ties++;
    else if (Number.isNaN(score)) {
      out.fill(NaN, start, start + k);
      return;
    }
  }
  const explored = epsilon / count;
  const favoured = explored + (1 - epsilon) / ties;
  for (let j = 0; j < k; j++) {
    out[start + j] = eligible[start + j] === 0 ? 0 : scores[at + j] === best ? favoured : explored;
  }
}

/** Votes of so many models as odds. */
export function shareOut(votes: Matrix, models: number): void {
  for (let cell = 0; cell < votes.data.length; cell++) votes.data[cell] /= models;
}

/** Adds a vote for each row's best eligible action; ties share it. A score that is no number makes its row none. */
export function addVotes(scores: Float64Array, { eligible, size }: Requests, out: Matrix): void {
  const k = out.columns;
  for (let i = 0; i < size; i++) {
    const start = i * k;
    let best = -Infinity;
    let ties = 0;
    for (let at = start; at < start + k; at++) {
      if (eligible[at] === 0) continue;
      if (Number.isNaN(scores[at])) best = Number.NaN;
      if (scores[at] > best) [best, ties] = [scores[at], 1];
      else if (scores[at] === best) ties++;
    }
    for (let at = start; at < start + k; at++) {
      if (Number.isNaN(best)) out.data[at] = Number.NaN;
      else if (eligible[at] === 1 && scores[at] === best) out.data[at] += 1 / ties;
    }
  }
}

/** odds ← (1 − ε)·odds + ε / (eligible actions). */
export function spread(odds: Matrix, { eligible, size }: Requests, epsilon: number): void {
  const k = odds.columns;
  for (let start = 0; start < size * k; start += k) {
    let count = 0;
    for (let at = start; at < start + k; at++) count += eligible[at];
    for (let at = start; at < start + k; at++) {
      if (eligible[at] === 1) odds.data[at] = (1 - epsilon) * odds.data[at] + epsilon / count;
    }
  }
}
