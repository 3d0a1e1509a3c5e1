/**
 * The evidence of a log that somebody brought, block by block: whole in memory where it fits, so that a reward model can be
 * cross-fitted; else as it streams from the file, with the predictions that the file has.
 */
import type { Evidence, Matrix, Random } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import type { Warning } from '../../core/warnings.ts';
import { estimatePropensities } from '../../ope/propensities/estimate-propensities.ts';
import { sliceEvidence } from '../../ope/evidence.ts';
import { blockRange } from '../logs/block-rows.ts';
import type { LogBlock, LogSource } from '../logs/source.ts';
import { wholeLog } from '../logs/whole-log.ts';
import type { BroughtPolicy } from '../policies/policy.ts';
import { checkedBehaviour } from './checked-behaviour.ts';
import { crossFittedModel } from './reward-model.ts';
import type { RewardModelKind } from './reward-model.ts';

/** Cells (rows × actions) up to which a log is held in memory: 320 MB a matrix. */
const MOST_CELLS = 4e7;
/** Rows of a block: a multiple of the estimators' own. */
const BLOCK = 65_536;

export interface EvidenceBlock {
  evidence: Evidence;
  /** Columns beside the log's own, and where its rows stand. */
  block: LogBlock;
}

export interface EvidenceBlocks {
  /** Absent where the log is too long to hold. */
  whole?: EvidenceBlock;
  /** What predicts rewards, in words; null where nothing does. */
  model: string | null;
  /** Doubts about propensities that the log did not have and that were estimated; none where it had them. */
  warnings: readonly Warning[];
  estimatedPropensities: boolean;
  blocks(): AsyncIterable<EvidenceBlock>;
}

export interface EvidenceOptions {
  /** Whether an estimator asks for a reward model. */
  wantsModel: boolean;
  model: RewardModelKind;
  folds: number;
  random: Random;
  /** Cells (rows × actions) up to which a log is held in memory; default 4e7. */
  mostCells?: number | undefined;
}

/** True where a log is too long to hold. */
export function streams({ rows, spec }: LogSource, mostCells = MOST_CELLS): boolean {
  return rows * spec.actions.length > mostCells;
}

/** Throws `InputError` where a model is wanted and the log is too long to fit one, and of whatever reads the log. */
export async function evidenceBlocks(
  source: LogSource,
  policy: BroughtPolicy,
  options: EvidenceOptions,
): Promise<EvidenceBlocks> {
  if (streams(source, options.mostCells)) return streamed(source, policy, options);
  const block = await wholeLog(source);
  const evidence = await evidenceOf(block, policy, undefined);
  const warnings = source.propensities ? [] : withPropensities(evidence, options.random);
  let model = block.predicted ? 'the predictions in the log' : null;
  if (options.wantsModel && !block.predicted) {
    const { model: kind, folds, random } = options;
    if (source.rows < folds) {
      throw new InputError(
        `${source.path} has ${source.rows === 1 ? 'one row' : `${source.rows} rows`}, and a reward model is fitted over ${folds} folds, of a row at least; give a longer log, or only estimators without a model (--estimators ips,snips)`,
      );
    }
    const fitted = await crossFittedModel(block, { kind, folds, random });
    evidence.predicted = fitted.predicted;
    model = `${fitted.model}, cross-fitted over ${folds} folds`;
  }
  const whole = { evidence, block };
  return {
    whole,
    model,
    warnings,
    estimatedPropensities: !source.propensities,
    async *blocks() {
      for (let from = 0; from < block.log.size; from += BLOCK) {
        const to = Math.min(from + BLOCK, block.log.size);
        yield { evidence: sliceEvidence(evidence, from, to), block: blockRange(block, from, to) };
      }
    },
  };
}

/** Columns to look at the results by. */
export type SegmentColumns = ReadonlyMap<string, Float64Array | readonly string[]>;

/** Those of a block that have these names. */
export function segmentColumns({ columns }: LogBlock, names: readonly string[]): SegmentColumns {
  return new Map([...columns].filter(([name]) => names.includes(name)));
}

/** Writes estimated propensities into the evidence. Throws `InputError` where overlap is too small to trust any. */
function withPropensities(evidence: Evidence, random: Random): readonly Warning[] {
  const { log, evaluation } = evidence;
  const { behaviour, propensity, warnings } = estimatePropensities(log, {
    random: random.stream('propensities'),
    evaluation,
  });
  evidence.behaviour = behaviour;
  log.decisions.propensity.set(propensity);
  return warnings;
}

function streamed(source: LogSource, policy: BroughtPolicy, { wantsModel }: EvidenceOptions): EvidenceBlocks {
  if (!source.propensities) {
    throw new InputError(
      `${source.path}: it has no propensities, and ${source.rows} rows are too many to estimate them; give their column (propensity: in the map of columns), or a random part of the log`,
    );
  }
  return {
    model: wantsModel ? 'the predictions in the log' : null,
    warnings: [],
    estimatedPropensities: false,
    async *blocks() {
      for await (const block of source.blocks(BLOCK)) {
        if (wantsModel && !block.predicted) {
          throw new InputError(
            `${source.path}: ${source.rows} rows are too many to fit a reward model to; give its predictions as columns (predicted: in the map of columns), or only estimators without one (ips, snips)`,
          );
        }
        yield { evidence: await evidenceOf(block, policy, block.predicted), block };
      }
    },
  };
}

async function evidenceOf(block: LogBlock, policy: BroughtPolicy, predicted: Matrix | undefined): Promise<Evidence> {
  const evidence: Evidence = { log: block.log, evaluation: await policy.odds(block) };
  if (block.behaviour) evidence.behaviour = checkedBehaviour(block.behaviour, block);
  const model = predicted ?? block.predicted;
  if (model) evidence.predicted = model;
  return evidence;
}
