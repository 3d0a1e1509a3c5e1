/** Confidence sequences as rules: the log's contributions, brought to [0, 1] by their known bounds, in the log's order. */
import type { Matrix } from '../../core/contracts.ts';
import { bettingInterval } from './betting.ts';
import { bernsteinSequence, hoeffdingSequence } from './confidence-sequence.ts';
import type { ConfidenceSequence } from './confidence-sequence.ts';
import { notBounded } from './mean.ts';
import type { IntervalRule } from './rule.ts';

const REFERENCE = 'Waudby-Smith & Ramdas 2024';

function rule(
  name: string,
  summary: string,
  reference: string,
  interval: (values: Float64Array, alpha: number) => readonly [number, number],
): IntervalRule {
  return {
    name,
    summary,
    reference,
    unsuited: (sample) =>
      sample.rows === undefined ? 'the log is too long to keep its rows in order' : notBounded(sample),
    interval({ rows, range }, level) {
      const [low, high] = range as readonly [number, number];
      const { data, rows: m } = rows as Matrix;
      const [from, to] = interval(
        data.slice(0, m).map((x) => (x - low) / (high - low)),
        1 - level,
      );
      return [low + Math.max(0, from) * (high - low), low + Math.min(1, to) * (high - low)];
    },
  };
}

function after(sequence: ConfidenceSequence, values: Float64Array): readonly [number, number] {
  for (let i = 0; i < values.length; i++) sequence.add(values[i]);
  return sequence.interval();
}

export const sequenceRules: readonly IntervalRule[] = [
  rule(
    'hoeffding-sequence',
    'May be looked at every day: holds at all lengths of the log at once, whatever the distribution between the bounds.',
    `${REFERENCE}, Theorem 1`,
    (values, alpha) => after(hoeffdingSequence(alpha), values),
  ),
  rule(
    'bernstein-sequence',
    'May be looked at every day; narrower where the rows vary little.',
    `${REFERENCE}, Theorem 2`,
    (values, alpha) => after(bernsteinSequence(alpha), values),
  ),
  rule(
    'bernstein-plugin',
    'The same, narrowest at the length of this log: for one look at the end.',
    `${REFERENCE}, eq. 17`,
    (values, alpha) => after(bernsteinSequence(alpha, values.length), values),
  ),
  rule(
    'betting',
    'May be looked at every day; the narrowest of those that hold whatever the distribution.',
    `${REFERENCE}, Theorem 3 (hedged capital)`,
    bettingInterval,
  ),
];
