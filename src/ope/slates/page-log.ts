/**
 * Slate evidence from a log of pages and a policy that fills pages from the top, as adsim's do: the policy is asked for the
 * odds of what was shown, slot by slot, the ads above being no longer eligible.
 */
import type { ImpressionLog, Policy, Requests } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { slice } from '../../core/log.ts';
import { matrix } from '../../core/matrix.ts';
import type { SlateEvidence, SlateOdds } from './evidence.ts';

/** Rows that are asked about together. */
const BLOCK = 1024;
/** Pages that may stand above a slot; more are too many to go through one by one. */
const MOST_PAGES = 20_000;

export interface SlateEvidenceOptions {
  evaluation: SlateOdds;
  /** Odds of the behaviour policy beside `given`, which the log has. */
  behaviour?: SlateOdds;
  /** (m×L) what each ad brought; clicks where it is left out. */
  reward?: Float64Array;
}

/** Evidence from a log's pages: m rows of L slots. */
export function slateEvidence(
  log: ImpressionLog,
  { evaluation, behaviour, reward }: SlateEvidenceOptions,
): SlateEvidence {
  const cells = log.size * log.spec.slots;
  return {
    size: log.size,
    slots: log.spec.slots,
    reward: reward ?? Float64Array.from(log.outcomes.click.subarray(0, cells)),
    behaviour: { given: log.decisions.propensity.subarray(0, cells), ...behaviour },
    evaluation,
  };
}

/** (m×L) π(a_l | x, a_<l) of what was shown, and (m×L×k) the whole distribution of each slot; empty slots have odds 1 and a row of 0. */
export function pageOdds(log: ImpressionLog, policy: Policy): { given: Float64Array; distribution: Float64Array } {
  const L = log.spec.slots;
  const k = log.spec.actions.length;
  const given = new Float64Array(log.size * L).fill(1);
  const distribution = new Float64Array(log.size * L * k);
  for (let from = 0; from < log.size; from += BLOCK) {
    const part = slice(log, from, Math.min(from + BLOCK, log.size));
    const odds = matrix(part.size, k);
    const left = { ...part.requests, eligible: part.requests.eligible.slice() };
    const { action } = part.decisions;
    for (let l = 0; l < L; l++) {
      policy.distribution(left, odds, l > 0 ? { slot: l, slots: L, action } : undefined);
      for (let i = 0; i < part.size; i++) {
        const a = action[i * L + l];
        if (a < 0) continue;
        const cell = (from + i) * L + l;
        given[cell] = odds.data[i * k + a];
        distribution.set(odds.data.subarray(i * k, i * k + k), cell * k);
        left.eligible[i * k + a] = 0;
      }
    }
  }
  return { given, distribution };
}

/**
 * Exact marginals of a policy that fills pages: `marginal` (m×L) and `positions` (m×L×L) of what was shown, by going through
 * every page that may stand above a slot (k^(L−1) questions for each block of rows). Throws `InputError` where there are
 * more than 20,000.
 */
export function pageMarginals(log: ImpressionLog, policy: Policy): Required<Pick<SlateOdds, 'marginal' | 'positions'>> {
  const L = log.spec.slots;
  const k = log.spec.actions.length;
  let pages = 1;
  for (let l = 1; l < L; l++) pages *= k;
  if (!(pages <= MOST_PAGES)) {
    throw new InputError(
      `pageMarginals: ${k} actions in ${L} slots make ${pages} pages above the last; ${MOST_PAGES} is the most.`,
    );
  }
  const positions = new Float64Array(log.size * L * L);
  const marginal = new Float64Array(log.size * L).fill(1);
  for (let from = 0; from < log.size; from += BLOCK) {
    const part = slice(log, from, Math.min(from + BLOCK, log.size));
    const shown = part.decisions.action;
    const above = new Int32Array(part.size * L).fill(-1);
    const left = { ...part.requests, eligible: part.requests.eligible.slice() };
    visit(left, 0, new Float64Array(part.size).fill(1));

    /** `mass` (n): the odds of the page above slot j, which is the same for every row. */
    function visit(requests: Requests, j: number, mass: Float64Array): void {
      const odds = matrix(part.size, k);
      policy.distribution(requests, odds, j > 0 ? { slot: j, slots: L, action: above } : undefined);
      for (let i = 0; i < part.size; i++) {
        for (let l = 0; l < L; l++) {
          const a = shown[i * L + l];
          if (a >= 0) positions[((from + i) * L + l) * L + j] += mass[i] * odds.data[i * k + a];
        }
      }
      if (j + 1 === L) return;
      for (let a = 0; a < k; a++) {
        const next = mass.map((p, i) => p * odds.data[i * k + a]);
        if (next.every((p) => p === 0)) continue;
        const kept = Array.from({ length: part.size }, (_, i) => requests.eligible[i * k + a]);
        for (let i = 0; i < part.size; i++) {
          above[i * L + j] = a;
          requests.eligible[i * k + a] = 0;
        }
        visit(requests, j + 1, next);
        for (let i = 0; i < part.size; i++) requests.eligible[i * k + a] = kept[i];
      }
    }
  }
  for (let cell = 0; cell < marginal.length; cell++) {
    if (log.decisions.action[cell] >= 0) marginal[cell] = positions[cell * L + (cell % L)];
  }
  return { marginal, positions };
}
