/** An estimator whose parameter SLOPE++ picks from a grid of one's own, as published comparisons state theirs. */
import type { Estimator, Evidence } from '../../core/contracts.ts';
import { ESTIMATORS, chooseEstimators } from '../../ope/registry.ts';
import type { EstimatorInput } from '../../ope/registry.ts';
import { slopeCandidates, slopePick } from '../../ope/slope.ts';

/** What Open Bandit Pipeline's examples choose from. */
const OBP_GRID: readonly number[] = [10, 50, 100, 500, 1000, 5000, 10_000, Infinity];

/** The estimators asked for; those named in `tuned` with what SLOPE++ picks from the grid of OBP's examples. */
export function withObpGrid(
  wanted: readonly EstimatorInput[],
  tuned: ReadonlySet<string>,
  evidence: Evidence,
): Estimator[] {
  return wanted.map((one) => {
    const entry = ESTIMATORS.find(({ name }) => name === one);
    if (!entry || !tuned.has(entry.name)) return chooseEstimators([one], evidence)[0];
    const candidates = OBP_GRID.map((value) => entry.make(value));
    return { ...candidates[slopePick(slopeCandidates(candidates, evidence))], name: entry.name };
  });
}
