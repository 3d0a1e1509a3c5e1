/** Doubts beside an interval that was tried on made-up logs like this one and held. */
import type { Warning } from '../core/warnings.ts';

/** Doubts whose advice is about the usual interval. */
const FEW: ReadonlySet<string> = new Set(['few-rewards', 'low-effective-sample-size']);

/** The same doubts; that rows or rewards are few is no reason any more to call the interval too narrow. */
export function besideHeld(
  warnings: readonly Warning[],
  { rule, coverage, worlds }: { rule: string; coverage: number; worlds: number },
): Warning[] {
  const advice = `intervals by the normal approximation are too narrow on so few; this one (${rule}) held the truth in ${(100 * coverage).toFixed(0)} % of ${worlds} made-up logs like this: collect more rows to make it narrower`;
  return warnings.map((one) => (FEW.has(one.kind) ? { ...one, advice } : one));
}
