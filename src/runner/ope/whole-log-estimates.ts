/** Estimates that need the whole log at once, each with the coverage of its own interval. */
import type { Estimate, Random } from '../../core/contracts.ts';
import { chooseRule } from '../../ope/twin/choose-rule.ts';
import { measureWhole } from '../../ope/twin/measure-whole.ts';
import { twinOf } from '../../ope/twin/twin.ts';
import { WHOLE_LOG_ESTIMATORS } from '../../ope/whole-log/registry.ts';
import { evaluateWhole } from '../../ope/whole-log/whole-log.ts';
import type { EvidenceBlock } from './evidence-blocks.ts';
import type { Gathered } from './gather.ts';
import { EFFORT } from './measured.ts';
import type { CoverageEffort } from './measured.ts';
import { tooNarrow } from './interval-doubts.ts';

export interface WholeLogSetup {
  level: number;
  coverage: CoverageEffort;
  rewardRange: readonly [number, number] | undefined;
  /** Largest weight possible, where it is known. */
  largestWeight: number | undefined;
  random: Random;
}

/** True for the name of a whole-log estimator. */
export function isWholeLog(name: unknown): name is string {
  return WHOLE_LOG_ESTIMATORS.some((one) => one.name === name);
}

export function wholeLogEstimates(
  names: readonly string[],
  { evidence }: EvidenceBlock,
  found: Gathered,
  { level, coverage: effort, rewardRange, largestWeight = Infinity, random }: WholeLogSetup,
): Estimate[] {
  const estimators = names.flatMap((name) => WHOLE_LOG_ESTIMATORS.filter((one) => one.name === name));
  const weightRange = [0, Math.max(largestWeight, 1)] as const;
  const estimates = evaluateWhole(evidence, estimators, { level, weightRange, ...(rewardRange && { rewardRange }) });
  if (effort === 'off' || !rewardRange || estimators.length === 0 || found.tally.diagnostics.weightSum === 0) {
    return estimates;
  }
  const { worlds, rows: most } = EFFORT[effort];
  const rows = Math.min(evidence.log.size, most);
  const shares = measureWhole(twinOf(found.sample), estimators, {
    level,
    rows,
    worlds,
    random,
    rewardRange,
    weightRange,
  });
  return estimates.map((estimate, e) => {
    const { holds } = chooseRule([shares[e]], level, estimate.rule);
    const { coverage, interval } = shares[e];
    return {
      ...estimate,
      coverage,
      measured: { interval, worlds, rows },
      warnings: holds ? estimate.warnings : [...estimate.warnings, tooNarrow(shares[e], level, worlds)],
    };
  });
}
