/** Grouped rows as the evidence that estimators of episodes and of slates read, and which estimators that allows. */
import { createEpisodeEstimators } from '../../../ope/sequential/evaluate.ts';
import {
  checkEpisodes,
  effectiveSizes as episodesLeft,
  finalRatios,
  longest,
} from '../../../ope/sequential/episodes.ts';
import type { Episodes } from '../../../ope/sequential/episodes.ts';
import { createSlateEstimators } from '../../../ope/slates/evaluate.ts';
import { cascadeWeights, checkSlates } from '../../../ope/slates/evidence.ts';
import type { SlateEvidence, SlateModel } from '../../../ope/slates/evidence.ts';
import { effectiveSizes } from '../../../ope/weight-doubts.ts';
import type { RowEstimator, Rows } from '../../../ope/row-estimator.ts';
import type { GroupedRows } from './read-groups.ts';

/** An estimator with its evidence, for who need not know whether rows are episodes or slates. */
export interface GroupEstimator {
  estimator: RowEstimator<Rows>;
  /** False where the error is the bias of a model, which no made-up log knows. */
  measurable: boolean;
}

export interface GroupEvidence {
  evidence: Rows;
  estimators: readonly GroupEstimator[];
  /** Rows of the longest group. */
  longest: number;
  /** (n) π_e/π_b of all that was done in a group. */
  weight: Float64Array;
  /** Effective groups at each place, the first to the last. */
  effective: Float64Array;
}

const EPISODE = { plain: ['tis', 'pdis', 'wis', 'wpdis'], model: ['dm', 'dr', 'wdr'] } as const;
const SLATE = {
  plain: ['sips', 'rips', 'snsips', 'snrips'],
  marginal: ['iips', 'sniips', 'pi', 'wpi'],
  model: ['cascade-dr'],
} as const;

/** `names`: default those that the log allows. Throws `InputError` for others. */
export function episodeEvidence(
  rows: GroupedRows,
  discount: number,
  names: readonly string[] | undefined,
): GroupEvidence {
  const { size, offset, propensity, evaluation, reward, model } = rows;
  const episodes: Episodes = { size, offset, propensity, evaluation, reward, discount };
  if (model) {
    episodes.predicted = ofAction(rows, model);
    episodes.expected = averaged(model);
  }
  const horizon = longest(episodes);
  const wanted = names ?? [...EPISODE.plain, ...(model ? EPISODE.model : [])];
  const estimators = createEpisodeEstimators(wanted, horizon);
  checkEpisodes(episodes, estimators);
  return {
    evidence: episodes,
    estimators: estimators.map((estimator) => untyped(estimator, estimator.name !== 'dm')),
    longest: horizon,
    weight: finalRatios(episodes),
    effective: episodesLeft(episodes),
  };
}

/** Slates of fewer places than the longest are filled up with empty ones, of odds 1. */
export function slateEvidence(rows: GroupedRows, names: readonly string[] | undefined): GroupEvidence {
  const { size: n, offset, marginal, model } = rows;
  let slots = 0;
  for (let i = 0; i < n; i++) slots = Math.max(slots, offset[i + 1] - offset[i]);
  const padded = (values: Float64Array, empty: number): Float64Array => {
    const out = new Float64Array(n * slots).fill(empty);
    for (let i = 0; i < n; i++) out.set(values.subarray(offset[i], offset[i + 1]), i * slots);
    return out;
  };
  const slates: SlateEvidence = {
    size: n,
    slots,
    reward: padded(rows.reward, 0),
    behaviour: {
      given: padded(rows.propensity, 1),
      ...(marginal && { marginal: padded(marginal.behaviour, 1) }),
    },
    evaluation: {
      given: padded(rows.evaluation, 1),
      ...(marginal && { marginal: padded(marginal.evaluation, 1) }),
    },
    ...(model && { model: slateModel(rows, model, slots) }),
  };
  const wanted = names ?? [...SLATE.plain, ...(marginal ? SLATE.marginal : []), ...(model ? SLATE.model : [])];
  const estimators = createSlateEstimators(wanted, slots);
  checkSlates(slates, estimators);
  const cascade = cascadeWeights(slates);
  return {
    evidence: slates,
    estimators: estimators.map((estimator) => untyped(estimator, true)),
    longest: slots,
    weight: Float64Array.from({ length: n }, (_, i) => cascade[(i + 1) * slots - 1]),
    effective: effectiveSizes(cascade, n),
  };
}

/** An estimator that is only ever shown the evidence it was made for. */
function untyped<E extends Rows>(estimator: RowEstimator<E>, measurable: boolean): GroupEstimator {
  return { estimator: estimator as unknown as RowEstimator<Rows>, measurable };
}

type Model = NonNullable<GroupedRows['model']>;

function ofAction({ action }: GroupedRows, { predicted: { columns: k, data } }: Model): Float64Array {
  return Float64Array.from(action, (a, i) => data[i * k + a]);
}

function averaged({ predicted: { rows, columns: k, data }, distribution }: Model): Float64Array {
  const out = new Float64Array(rows);
  for (let at = 0; at < data.length; at++) out[Math.floor(at / k)] += distribution.data[at] * data[at];
  return out;
}

function slateModel({ size: n, offset, action }: GroupedRows, model: Model, slots: number): SlateModel {
  const k = model.predicted.columns;
  const out: SlateModel = {
    actions: k,
    action: new Int32Array(n * slots).fill(-1),
    predicted: new Float64Array(n * slots * k),
    distribution: new Float64Array(n * slots * k),
  };
  for (let i = 0; i < n; i++) {
    const [from, to] = [offset[i], offset[i + 1]];
    out.action.set(action.subarray(from, to), i * slots);
    for (const key of ['predicted', 'distribution'] as const) {
      out[key].set(model[key].data.subarray(from * k, to * k), i * slots * k);
    }
  }
  return out;
}
