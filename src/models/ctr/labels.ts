/** What a click model may learn from in a log, and the refusal of logs that teach nothing. */
import type { ActionTable, ImpressionLog } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';

/** What a model knows before it sees a log. */
export interface ModelSetup {
  actions: ActionTable;
  /** (d) names of the context's columns. */
  contextNames: readonly string[];
  /** Numeric back ends to try, in this order, where a network is trained; the gate's own order where absent. */
  backends?: readonly string[] | undefined;
}

/** The impressions of a log: rows won with an ad in slot 0. */
export interface Impressions {
  /** (impressions) row numbers in the log, ascending. */
  rows: Int32Array;
  /** (impressions) the action shown in slot 0. */
  action: Int32Array;
  /** (impressions) 1 where slot 0 was clicked. */
  click: Uint8Array;
  clicks: number;
}

/**
 * The impressions of a log, checked. Throws `InputError` where the log is empty, its widths do not match the setup, a
 * context value is not finite, an action or a click is out of range.
 */
export function impressionsOf(log: ImpressionLog, setup: ModelSetup): Impressions {
  checkLog(log, setup);
  const L = log.spec.slots;
  const { won, click } = log.outcomes;
  const { action } = log.decisions;
  const rows = new Int32Array(log.size);
  let count = 0;
  let clicks = 0;
  for (let i = 0; i < log.size; i++) {
    if (won[i] === 0 || action[i * L] < 0) continue;
    if (action[i * L] >= setup.actions.size) {
      throw new InputError(`log row ${i}: action ${action[i * L]} does not exist; there are ${setup.actions.size}`);
    }
    if (click[i * L] > 1) throw new InputError(`log row ${i}: click is ${click[i * L]}; it must be 0 or 1`);
    clicks += click[i * L];
    rows[count++] = i;
  }
  if (count === 0) {
    throw new InputError(`log: none of the ${log.size} requests was won, so nothing was shown to learn clicks from`);
  }
  return {
    rows: rows.slice(0, count),
    action: Int32Array.from({ length: count }, (_, i) => action[rows[i] * L]),
    click: Uint8Array.from({ length: count }, (_, i) => click[rows[i] * L]),
    clicks,
  };
}

/** Throws `InputError` where all impressions were clicked or none was. */
export function refuseOneClass(clicks: number, impressions: number, part: string): void {
  if (clicks > 0 && clicks < impressions) return;
  const found = clicks === 0 ? 'no click' : 'only clicks';
  throw new InputError(`${part}: ${found} in ${impressions} impressions, nothing to tell apart; log more requests`);
}

/** Throws `InputError` where the log is empty, its widths do not match the setup, or a context value is not finite. */
export function checkLog(log: ImpressionLog, setup: ModelSetup): void {
  if (log.size === 0) throw new InputError('log: it has no rows; log some requests first');
  const { context } = log.requests;
  const d = setup.contextNames.length;
  if (context.columns !== d) {
    throw new InputError(`log: ${context.columns} context columns, but the model was set up for ${d}`);
  }
  if (log.spec.actions.length !== setup.actions.size) {
    throw new InputError(`log: ${log.spec.actions.length} actions, but the model was set up for ${setup.actions.size}`);
  }
  for (let c = 0; c < log.size * d; c++) {
    if (Number.isFinite(context.data[c])) continue;
    const name = setup.contextNames[c % d];
    throw new InputError(`log row ${Math.floor(c / d)}: context "${name}" is ${context.data[c]}; it must be a number`);
  }
}
