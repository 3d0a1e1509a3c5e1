/** How good stated probabilities are: log loss, Brier score, accuracy, normalised entropy, calibration error. */
import type { Influence } from './influence.ts';
import { meanInfluence, relativeWeights } from './influence.ts';

/** Predictions of m rows and what happened. */
export interface Scored {
  /** (m×outputs) P(class 1) alone of two classes, else one column per class. */
  predicted: Float64Array;
  /** (m) in [0, classes). */
  label: Int32Array;
  classes: number;
  /** (m) ≥ 0: how much each row counts; default: all alike. */
  weight?: Float64Array | undefined;
}

/** Odds of 0 and 1 are taken as this near to them, as scikit-learn does. */
const LEAST = Number.EPSILON;

/** P(class c) of row i. */
export function probabilityOf({ predicted, classes }: Scored, i: number, c: number): number {
  if (classes > 2) return predicted[i * classes + c];
  return c === 1 ? predicted[i] : 1 - predicted[i];
}

/** Class c against all others, as two classes. */
export function classAgainstRest(scored: Scored, c: number): Scored {
  const { label, weight } = scored;
  return {
    predicted: Float64Array.from(label, (_, i) => probabilityOf(scored, i, c)),
    label: label.map((observed) => (observed === c ? 1 : 0)),
    classes: 2,
    weight,
  };
}

/** Mean −log of the probability given to what happened [nats]. */
export function logLossInfluence(scored: Scored): Influence {
  const { label } = scored;
  return meanInfluence(
    Float64Array.from(label, (c, i) => -Math.log(Math.min(Math.max(probabilityOf(scored, i, c), LEAST), 1 - LEAST))),
    scored.weight,
  );
}

/** Mean squared error of the probabilities: of class 1 alone of two classes, else summed over classes. */
export function brierInfluence(scored: Scored): Influence {
  const { label, classes } = scored;
  return meanInfluence(
    Float64Array.from(label, (observed, i) => {
      if (classes === 2) return (scored.predicted[i] - observed) ** 2;
      let sum = 0;
      for (let c = 0; c < classes; c++) sum += (probabilityOf(scored, i, c) - (c === observed ? 1 : 0)) ** 2;
      return sum;
    }),
    scored.weight,
  );
}

/** Share of rows whose most probable class is the right one; the first of equals counts. */
export function accuracyInfluence(scored: Scored): Influence {
  const right = Float64Array.from(scored.label, (observed, i) => (likeliest(scored, i) === observed ? 1 : 0));
  return meanInfluence(right, scored.weight);
}

/** The most probable class of row i. Of two classes, the second at one half and more. */
export function likeliest(scored: Scored, i: number): number {
  if (scored.classes === 2) return scored.predicted[i] >= 0.5 ? 1 : 0;
  let best = 0;
  for (let c = 1; c < scored.classes; c++) if (probabilityOf(scored, i, c) > probabilityOf(scored, i, best)) best = c;
  return best;
}

/**
 * Log loss over that of always predicting these rows' own class shares: below 1 the features help, at 0 they tell all (He et al.
 * 2014, Practical lessons from predicting clicks on ads at Facebook, eq. 1). The interval counts the doubt of the shares.
 */
export function normalisedEntropyInfluence(scored: Scored): Influence {
  const { label, classes, weight } = scored;
  const loss = logLossInfluence(scored);
  const by = relativeWeights(label.length, weight);
  const shares = new Float64Array(classes);
  for (let i = 0; i < label.length; i++) shares[label[i]] += by[i] / label.length;
  let entropy = 0;
  for (const share of shares) if (share > 0) entropy -= share * Math.log(share);
  const value = loss.value / entropy;
  // ∂H/∂share_c = −log share_c − 1; shares sum to 1, so that H moves by −log share of the row's class, less H.
  const influence = loss.influence.map(
    (psi, i) => (psi - value * by[i] * (-Math.log(shares[label[i]]) - entropy)) / entropy,
  );
  return { value, influence };
}

export interface CalibrationError extends Influence {
  /** What a model that means what it says would show on such rows, by chance alone: below about this, there is no error to see. */
  chance: number;
}

/**
 * Expected calibration error over ten bins of equal weight (Naeini et al. 2015): of P(class 1), or of the most probable class where
 * there are more than two. It is above 0 even of a perfect model: see `chance`. The bins count as given.
 */
export function calibrationInfluence(scored: Scored, bins = 10): CalibrationError {
  const { label, classes, weight } = scored;
  const m = label.length;
  const by = relativeWeights(m, weight);
  const sure = Float64Array.from(label, (_, i) =>
    classes === 2 ? scored.predicted[i] : probabilityOf(scored, i, likeliest(scored, i)),
  );
  const right = Uint8Array.from(label, (c, i) => (classes === 2 ? c : likeliest(scored, i) === c ? 1 : 0));
  const order = Uint32Array.from({ length: m }, (_, i) => i).sort((a, b) => sure[a] - sure[b] || a - b);
  const influence = new Float64Array(m);
  let [value, chance, at] = [0, 0, 0];
  for (const to of binEnds(order, sure, by, bins)) {
    let [miss, variance] = [0, 0];
    for (let j = at; j < to; j++) {
      const i = order[j];
      miss += by[i] * (right[i] - sure[i]);
      variance += by[i] * by[i] * sure[i] * (1 - sure[i]);
    }
    for (let j = at; j < to; j++) influence[order[j]] = Math.sign(miss) * (right[order[j]] - sure[order[j]]);
    value += Math.abs(miss) / m;
    chance += Math.sqrt((2 / Math.PI) * variance) / m;
    at = to;
  }
  for (let i = 0; i < m; i++) influence[i] = by[i] * (influence[i] - value);
  return { value, influence, chance };
}

/** Where bins of equal weight end in `order`, which goes by `sure`: rows of one value lie in one bin, as `calibrationBins` has it. */
function binEnds(order: Uint32Array, sure: Float64Array, by: Float64Array, bins: number): number[] {
  const m = order.length;
  // Weights that sum to a share but for rounding reach it.
  const shareAt = (weight: number): number => Math.floor((weight * bins) / m + 1e-9);
  const ends: number[] = [];
  let [seen, before] = [0, 0];
  for (let j = 0; j < m; j++) {
    seen += by[order[j]];
    if (j + 1 < m && sure[order[j + 1]] === sure[order[j]]) continue;
    if (j + 1 < m && shareAt(seen) === shareAt(before)) continue;
    ends.push(j + 1);
    before = seen;
  }
  return ends;
}
