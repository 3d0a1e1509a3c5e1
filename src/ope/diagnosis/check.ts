/** What a check of a log is: it sees the rows block by block and ends with figures and, where they call for it, warnings. */
import type { Evidence } from '../../core/contracts.ts';
import type { Warning } from '../../core/warnings.ts';

/** One number with its name. */
export interface Figure {
  /** Stable kebab-case name, for programs. */
  name: string;
  /** The same in words, for people. */
  label: string;
  /** Null where the log cannot tell; `note` then says why. */
  value: number | null;
  /** `%`: the value is in percent. `p`: a p-value; small ones speak against the log. Empty: a number without a unit. */
  unit: '' | 'rows' | '%' | 'p' | 'reward';
  interval?: readonly [number, number];
  note?: string;
}

/** What a check leaves. */
export interface Findings {
  figures: readonly Figure[];
  warnings: readonly Warning[];
}

/** Some rows of a log, in its order. */
export interface DiagnosisBlock {
  /** One slot a row; `behaviour` where π_b is known whole. */
  evidence: Evidence;
  /** (n) w = π_e(action) / π_b(action), where the caller has it already. */
  weight?: Float64Array;
  /** (n) columns to look into, by name: a segment is what the rows of one cell text (or number) are. */
  segments?: ReadonlyMap<string, readonly string[] | Float64Array>;
}

/** A block with its place in the log. */
export interface DiagnosedRows extends DiagnosisBlock {
  /** How many rows came before. */
  first: number;
  weight: Float64Array;
}

/** Rows are added in the log's order, in blocks of any size; the findings do not depend on how they were cut. */
export interface Check {
  add(rows: DiagnosedRows): void;
  report(): Findings;
}

/** Chance that a test of a clean log raises its warning. Low, because a log gets a dozen of them. */
export const ALPHA = 1e-3;

/** `3.14 %` of a share. */
export function percent(share: number): string {
  return `${(100 * share).toPrecision(3)} %`;
}

/** `p 0.00031`, or that it is below all that matters. */
export function pText(p: number): string {
  return p < 1e-6 ? 'p below 0.000001' : `p ${p.toPrecision(2)}`;
}
