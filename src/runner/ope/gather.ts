/** One pass over a log, block by block: all that its estimates, intervals and twin rest on. */
import type { Estimator, Evidence, Random } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import { diagnostics, mergeDiagnostics } from '../../ope/diagnostics.ts';
import { tally } from '../../ope/evaluate.ts';
import type { Tally } from '../../ope/evaluate.ts';
import { addToGroups, rowGroups } from '../../ope/intervals/groups.ts';
import type { Groups } from '../../ope/intervals/groups.ts';
import type { IntervalSample } from '../../ope/intervals/rule.ts';
import { addRows, merge, moments } from '../../ope/moments.ts';
import type { Moments } from '../../ope/moments.ts';
import type { EvidenceBlock, EvidenceBlocks } from './evidence-blocks.ts';
import { rowSample } from './row-sample.ts';

/** Rows up to which contributions are kept, for rules that resample rows. */
const ROWS_KEPT = 1_000_000;

/** What the pass leaves. Lists go by estimator. */
export interface Gathered {
  tally: Tally;
  /** Of the logged reward itself. */
  reward: Moments;
  /** True where every reward is 0 or 1. */
  binary: boolean;
  groups: readonly Groups[];
  /** (m×columns) each; undefined where the log is too long. */
  rows: readonly IntervalSample['rows'][];
  /** Some rows, evenly taken. */
  sample: Evidence;
}

/** `onBlock` is shown each block, and how many rows came before it. */
export async function gather(
  evidence: EvidenceBlocks,
  estimators: readonly Estimator[],
  setup: { rows: number; actions: number; random: Random; onBlock: (block: EvidenceBlock, first: number) => void },
): Promise<Gathered> {
  const { rows: m, random, onBlock } = setup;
  const found: Omit<Gathered, 'sample'> = {
    tally: { moments: estimators.map((e) => moments(e.columns)), diagnostics: diagnostics(setup.actions) },
    reward: moments(1),
    binary: true,
    groups: estimators.map((e) => rowGroups(e.columns)),
    rows: estimators.map((e) => (m <= ROWS_KEPT ? matrix(m, e.columns) : undefined)),
  };
  const sample = rowSample(m);
  let first = 0;
  for await (const part of evidence.blocks()) {
    onBlock(part, first);
    add(part.evidence, first);
    sample.add(part.evidence, first);
    first += part.evidence.log.size;
  }
  return { ...found, sample: sample.evidence() };

  function add(part: Evidence, before: number): void {
    const shown = tally(part, estimators, undefined, (e, { columns: c, data }, n, from) => {
      addToGroups(found.groups[e], { rows: n, columns: c, data }, before + from, random, n);
      found.rows[e]?.data.set(data.subarray(0, n * c), (before + from) * c);
    });
    shown.moments.forEach((one, e) => merge(found.tally.moments[e], one));
    mergeDiagnostics(found.tally.diagnostics, shown.diagnostics);
    const n = part.log.size;
    const { reward } = part.log.outcomes;
    addRows(found.reward, matrix(n, 1, reward));
    for (let i = 0; i < n; i++) if (reward[i] !== 0 && reward[i] !== 1) found.binary = false;
  }
}
