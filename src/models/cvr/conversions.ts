/** What a log says of conversions so far: which came, which may still come, and how long each was or has been waited for. */
import type { ImpressionLog } from '../../core/contracts.ts';
import { CENSORED, CONVERTED } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { impressionsOf } from '../ctr/labels.ts';
import type { ModelSetup } from '../ctr/labels.ts';

/** One line for each impression of a log. */
export interface Conversions {
  size: number;
  /** (size) rows of the log, and the actions shown. */
  rows: Int32Array;
  action: Int32Array;
  /** (size) 0 or 1. */
  click: Uint8Array;
  /** (size) 1 where a conversion has been seen. */
  converted: Uint8Array;
  /** (size) 1 where a click has none yet, and the window is still open. */
  open: Uint8Array;
  /** (size)[h] from the click to the conversion seen; 0 without one. */
  delay: Float64Array;
  /** (size)[h] from the click to the end of the log. */
  age: Float64Array;
  /** [h] in which a conversion counts; 0 where they come at once. */
  windowHours: number;
}

/** Throws `InputError` on a bad log, and on one without a click or a conversion. */
export function conversionsOf(log: ImpressionLog, setup: ModelSetup): Conversions {
  const { rows, action, click, clicks } = impressionsOf(log, setup);
  const L = log.spec.slots;
  const { conversion, delayHours } = log.outcomes;
  const windowHours = log.spec.conversionWindowHours ?? 0;
  if (windowHours > 0 && !delayHours) {
    throw new InputError(
      'log: conversions come late in it, but how late is not said; close the log, or bring delayHours',
    );
  }
  const size = rows.length;
  const end = log.requests.hour[log.size - 1];
  const states = Uint8Array.from(rows, (i) => conversion[i * L]);
  const converted = states.map((state) => (state === CONVERTED ? 1 : 0));
  const seen = converted.reduce((sum, one) => sum + one, 0);
  if (clicks === 0 || seen === 0) {
    throw new InputError(
      `log: ${clicks} clicks and ${seen} conversions in ${size} impressions teach nothing of conversions; log more requests`,
    );
  }
  return {
    size,
    rows,
    action,
    click,
    converted,
    open: states.map((state, i) => (windowHours > 0 && click[i] === 1 && state !== CENSORED && !converted[i] ? 1 : 0)),
    delay: Float64Array.from(rows, (i) => delayHours?.[i * L] ?? 0),
    age: Float64Array.from(rows, (i) => end - log.requests.hour[i]),
    windowHours,
  };
}

/** The lines at `lines`, in that order. */
export function selectConversions(all: Conversions, lines: ArrayLike<number>): Conversions {
  const taken = <A extends Int32Array | Uint8Array | Float64Array>(from: A): A =>
    (from.constructor as unknown as { from(source: ArrayLike<number>, map: (line: number) => number): A }).from(
      lines,
      (line) => from[line],
    );
  return {
    ...all,
    size: lines.length,
    rows: taken(all.rows),
    action: taken(all.action),
    click: taken(all.click),
    converted: taken(all.converted),
    open: taken(all.open),
    delay: taken(all.delay),
    age: taken(all.age),
  };
}
