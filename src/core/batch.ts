/** Buffers for a tick or a log, allocated once and filled again and again. */
import type { Decisions, LogSpec, Outcomes, Requests, TrueRequests } from './contracts.ts';
import { matrix } from './matrix.ts';

/** The sizes that shape every column. */
export interface Shape {
  /** n */ rows: number;
  /** d */ context: number;
  /** k */ actions: number;
  /** L */ slots: number;
  /** Of the events that the world shows, where it does. */
  history?: LogSpec['history'] | undefined;
}

/** Empty requests with room for `shape.rows`. */
export function requestsOf(shape: Shape): Requests {
  const { rows, history } = shape;
  return {
    size: 0,
    impression: new Float64Array(shape.rows),
    session: new Int32Array(shape.rows),
    user: new Int32Array(shape.rows),
    hour: new Float64Array(shape.rows),
    context: matrix(shape.rows, shape.context),
    eligible: new Uint8Array(shape.rows * shape.actions),
    ...(history && {
      history: { ...history, codes: new Int32Array(rows * history.steps), length: new Int32Array(rows) },
    }),
  };
}

/** Empty requests with `hidden` columns of latent state. */
export function trueRequestsOf(shape: Shape, hidden: number): TrueRequests {
  return { ...requestsOf(shape), hidden: matrix(shape.rows, hidden) };
}

/** Empty decisions; `distribution` (n×k) is kept only where `whole` is true. */
export function decisionsOf(shape: Shape, whole = false): Decisions {
  const decisions: Decisions = {
    action: new Int32Array(shape.rows * shape.slots).fill(-1),
    propensity: new Float64Array(shape.rows * shape.slots),
    bid: new Float64Array(shape.rows),
    estimate: new Float64Array(shape.rows).fill(Number.NaN),
  };
  if (whole) decisions.distribution = matrix(shape.rows, shape.actions);
  return decisions;
}

/** Empty outcomes. */
export function outcomesOf(shape: Shape): Outcomes {
  const cells = shape.rows * shape.slots;
  const reward = new Float64Array(shape.rows);
  return {
    won: new Uint8Array(shape.rows),
    slot: new Int8Array(cells).fill(-1),
    cost: new Float64Array(cells),
    click: new Uint8Array(cells),
    conversion: new Uint8Array(cells),
    revenue: new Float64Array(cells),
    reward,
    adReward: shape.slots === 1 ? reward : new Float64Array(cells),
    ended: new Uint8Array(shape.rows),
    finalContext: matrix(shape.rows, shape.context),
    late: [],
  };
}
