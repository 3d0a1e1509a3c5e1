/** Rules that follow a score of each action: softmax, greedy and epsilon-greedy. */
import { shareAmongBest } from '../../agents/odds.ts';
import { exponential } from '../../core/exponential.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { LogBlock, LogSource } from '../logs/source.ts';
import { actionColumns } from './column.ts';
import { numbersOf, perAction, requireColumn } from './names.ts';
import type { Part } from './part.ts';
import type { RuleOf } from './schema.ts';
import { under } from './under.ts';

type Scored = Pick<RuleOf<'softmax'>, 'scores' | 'scoreColumns'>;

/** π(a) ∝ exp(score/temperature) over the eligible actions. Throws `InputError` as `scoresOf`. */
export async function softmaxPolicy(rule: RuleOf<'softmax'>, source: LogSource): Promise<Part> {
  const scores = await scoresOf(rule, source);
  return overScores(scores, (odds, { log: { size, requests } }) => {
    const { columns: k, data } = odds;
    const { eligible } = requests;
    for (let start = 0; start < size * k; start += k) {
      let best = -Infinity;
      for (let at = start; at < start + k; at++) if (eligible[at] === 1 && data[at] > best) best = data[at];
      let sum = 0;
      for (let at = start; at < start + k; at++) {
        data[at] = eligible[at] === 1 ? exponential((data[at] - best) / rule.temperature) : 0;
        sum += data[at];
      }
      for (let at = start; at < start + k; at++) data[at] /= sum;
    }
  });
}

/** The eligible action of the highest score, ties alike; any eligible action with probability `epsilon`. */
export async function greedyPolicy(rule: Scored, source: LogSource, epsilon: number): Promise<Part> {
  const scores = await scoresOf(rule, source);
  return overScores(scores, (odds, { log }) => shareAmongBest(odds, log.requests, epsilon));
}

function overScores(scores: (block: LogBlock) => Matrix, share: (odds: Matrix, block: LogBlock) => void): Part {
  return {
    whole: true,
    async odds(block) {
      const odds = scores(block);
      share(odds, block);
      return odds;
    },
    async close() {},
  };
}

/**
 * How to score (n×k) the actions in every row of a block. Throws `InputError` where an action has no score, or a score
 * names a column that the log has not.
 */
async function scoresOf({ scores, scoreColumns }: Scored, source: LogSource): Promise<(block: LogBlock) => Matrix> {
  if (scoreColumns !== undefined) {
    const names = await under('scoreColumns', () => actionColumns(scoreColumns, source));
    return (block) => filled(block, (a) => numbersOf(block, names[a]));
  }
  const written = await under('scores', () => perAction(source, scores ?? {}, 'score'));
  const linear = written.map((score) => (typeof score === 'number' ? { intercept: score } : score));
  for (const name of new Set(linear.flatMap((weights) => Object.keys(weights)))) {
    // oxlint-disable-next-line no-await-in-loop
    if (name !== 'intercept') await under('scores', () => requireColumn(source, name));
  }
  return (block) =>
    filled(block, (a) => {
      const { intercept = 0, ...weights } = linear[a];
      const terms = Object.entries(weights).map(([name, weight]) => ({ weight, value: numbersOf(block, name) }));
      return (i) => terms.reduce((sum, { weight, value }) => sum + weight * value(i), intercept);
    });
}

function filled(block: LogBlock, ofAction: (a: number) => (i: number) => number): Matrix {
  const k = block.log.spec.actions.length;
  const out = matrix(block.log.size, k);
  for (let a = 0; a < k; a++) {
    const value = ofAction(a);
    for (let i = 0; i < out.rows; i++) out.data[i * k + a] = value(i);
  }
  return out;
}
