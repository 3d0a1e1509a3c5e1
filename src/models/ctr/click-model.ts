/** The click models' own contract: a trainable model that may be given the log to validate on. */
import type { FitReport, ImpressionLog, Random, Requests, TrainableModel } from '../../core/contracts.ts';
import { impressionsOf, refuseOneClass } from './labels.ts';
import type { Impressions, ModelSetup } from './labels.ts';
import { selectRows } from '../../core/log.ts';
import type { SavedModel } from '../supervised/classifier.ts';
import type { Examples } from '../supervised/examples.ts';
import { splitRows } from './split.ts';

/** Predicts P(click in slot 0 | shown), whatever the log's reward is. */
export interface ClickModel extends TrainableModel {
  /** Chooses on `validation` where it is given, else on a fifth of the log's sessions. Throws `InputError`. */
  fit(log: ImpressionLog, random: Random, validation?: ImpressionLog): Promise<FitReport>;
  /** The supervised model that it is made of, and the rows that this one reads, action `action` at every request. */
  inside?: { save(): SavedModel; rowsOf(requests: Requests, action: number): Examples };
}

/** A log and its impressions. */
export interface ClickData {
  log: ImpressionLog;
  shown: Impressions;
}

/**
 * Training and validation data, checked; without a validation log a fifth of the sessions is held out of the `whole`.
 * Validation is undefined where it would have one class only. Throws `InputError` where the log itself has.
 */
export function clickData(
  log: ImpressionLog,
  setup: ModelSetup,
  random: Random,
  validation?: ImpressionLog,
): { whole: ClickData; train: ClickData; validation: ClickData | undefined } {
  const all = impressionsOf(log, setup);
  refuseOneClass(all.clicks, all.rows.length, 'training log');
  const whole = { log, shown: all };
  if (validation) {
    const shown = impressionsOf(validation, setup);
    return { whole, train: whole, validation: twoClasses(shown) ? { log: validation, shown } : undefined };
  }
  if (new Set(log.requests.session.subarray(0, log.size)).size < 2)
    return { whole, train: whole, validation: undefined };
  const parts = splitRows(log.requests.session, log.size, [0.8, 0.2], random).map((rows) => selectRows(log, rows));
  const [train, held] = parts.map((part) => ({ log: part, shown: tryImpressions(part, setup) }));
  if (!train.shown || !held.shown || !twoClasses(train.shown) || !twoClasses(held.shown)) {
    return { whole, train: whole, validation: undefined };
  }
  return { whole, train: train as ClickData, validation: held as ClickData };
}

function twoClasses({ clicks, rows }: Impressions): boolean {
  return clicks > 0 && clicks < rows.length;
}

/** The part of a checked log may hold no impression; that is no fault of the log. */
function tryImpressions(log: ImpressionLog, setup: ModelSetup): Impressions | undefined {
  const { won } = log.outcomes;
  const { action } = log.decisions;
  for (let i = 0; i < log.size; i++)
    if (won[i] === 1 && action[i * log.spec.slots] >= 0) return impressionsOf(log, setup);
  return undefined;
}
