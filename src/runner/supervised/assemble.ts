/** What a training found, put together for `metrics.json`, the card and the report. */
import type { Warning } from '../../core/warnings.ts';
import { calibrationBins, rocCurve } from '../../models/ctr/metrics.ts';
import { classAgainstRest } from '../../models/metrics/scores.ts';
import type { Scored } from '../../models/metrics/scores.ts';
import type { Preparation } from '../../models/supervised/preparation/preparation.ts';
import type { CrossValidated } from '../../models/supervised/validation/cross-validate.ts';
import { VERSION } from '../../version.ts';
import type { Kept } from './candidates.ts';
import { featureFacts } from './features.ts';
import type { DataFacts } from './open-rows.ts';
import type { Curves, TrainingResults } from './training-results.ts';

/** Level of all intervals. */
export const LEVEL = 0.95;

export interface Found {
  data: DataFacts;
  preparation: Preparation;
  /** (classes) rows learned from. */
  counts: ArrayLike<number>;
  unlabelled: number;
  groups: number | null;
  validation: CrossValidated;
  kept: Kept;
  curves: readonly Curves[];
  notices: readonly Warning[];
  seed: string;
}

/** All but the doubts, which are of the whole. */
export function resultsOf({ preparation, counts, kept, notices, ...found }: Found): TrainingResults {
  const { name, classes } = preparation.label;
  const shares = Array.from(counts, (count) => count / found.data.rows);
  return {
    schemaVersion: 1,
    adsim: VERSION,
    ...found,
    label: { name, classes, shares },
    features: featureFacts(preparation),
    level: LEVEL,
    kept: { name: kept.model.name, kind: kept.model.kind, why: kept.why },
    warnings: [...notices, ...kept.model.warnings],
  };
}

/** Of two classes a curve for each model, of more one for each class, by the model called `kept`. */
export function curvesOf(
  names: readonly string[],
  kept: string,
  {
    predicted,
    classNames,
    ...rows
  }: Omit<Scored, 'predicted'> & {
    /** (m×outputs) by model. */
    predicted: readonly Float64Array[];
    classNames: readonly string[];
  },
): Curves[] {
  const scored = (c: number): Scored => ({ ...rows, predicted: predicted[c] });
  if (rows.classes === 2) return names.map((name, c) => curves(name, scored(c)));
  const whole = scored(names.indexOf(kept));
  return classNames.map((name, c) => curves(name, classAgainstRest(whole, c)));
}

function curves(name: string, { predicted, label, weight }: Scored): Curves {
  return {
    name,
    roc: rocCurve(predicted, label, { points: 100, weight }),
    calibration: calibrationBins(predicted, label, weight),
  };
}
