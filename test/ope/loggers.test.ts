/** Several loggers: balanced weights are unbiased and calmer, weighted estimates go by precision. */
import { describe, expect, test } from 'vitest';
import { matrixFrom } from '../../src/core/matrix.ts';
import type { Matrix } from '../../src/core/matrix.ts';
import type { Evidence } from '../../src/core/contracts.ts';
import { banditLog } from '../../src/ope/bandit-log.ts';
import { evaluate } from '../../src/ope/evaluate.ts';
import { balancedEvidence, weightedLoggers } from '../../src/ope/loggers.ts';
import { createEstimators } from '../../src/ope/registry.ts';
import { lcg } from './lcg.ts';

const [IPS] = createEstimators(['ips']);
const EVALUATION = [0.1, 0.2, 0.7];
const RATES = [0.2, 0.5, 0.6];
const TRUTH = EVALUATION.reduce((sum, p, a) => sum + p * RATES[a], 0);
/** The second hardly shows what the evaluation policy likes. */
const POLICIES = [
  [0.2, 0.3, 0.5],
  [0.5, 0.48, 0.02],
];

function logOf(u: () => number, rows: readonly number[]): { evidence: Evidence; logger: number[]; policies: Matrix[] } {
  const logger = rows.flatMap((count, j) => Array.from({ length: count }, () => j));
  const action = logger.map((j) => {
    const draw = u();
    return draw < POLICIES[j][0] ? 0 : draw < POLICIES[j][0] + POLICIES[j][1] ? 1 : 2;
  });
  const log = banditLog({
    actions: 3,
    action,
    propensity: action.map((a, i) => POLICIES[logger[i]][a]),
    reward: action.map((a) => (u() < RATES[a] ? 1 : 0)),
  });
  return {
    evidence: { log, evaluation: matrixFrom(logger.map(() => EVALUATION)) },
    logger,
    policies: POLICIES.map((odds) => matrixFrom(logger.map(() => odds))),
  };
}

test('300 logs of 100 + 300 rows: unbiased, and each way calmer than plain IPS', () => {
  // α = 10⁻⁴: the mean error lies within 3.9 standard errors of 0. Weighting by precision is biased by what it estimates.
  const u = lcg(11);
  const errors: number[][] = [[], [], []];
  for (let run = 0; run < 300; run++) {
    const { evidence, logger, policies } = logOf(u, [100, 300]);
    const values = [
      evaluate(evidence, [IPS])[0].value,
      evaluate(balancedEvidence(evidence, logger, policies), [IPS])[0].value,
      weightedLoggers(evidence, logger, 2, IPS).value,
    ];
    values.forEach((value, j) => errors[j].push(value - TRUTH));
  }
  const mean = (x: number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
  const [plain, balanced, weighted] = errors.map((x) => mean(x.map((e) => e * e)));
  console.info(`MSE: plain ${plain.toFixed(4)}, balanced ${balanced.toFixed(4)}, weighted ${weighted.toFixed(4)}`);
  const bias = mean(errors[1]);
  expect(Math.abs(bias) / Math.sqrt((balanced - bias * bias) / 299)).toBeLessThan(3.9);
  expect(balanced).toBeLessThan(plain / 2);
  expect(weighted).toBeLessThan(plain);
});

test('one logger: balanced is plain, and weighted too', () => {
  const { evidence, policies } = logOf(lcg(3), [200]);
  const logger = Array.from({ length: 200 }, () => 0);
  const [plain] = evaluate(evidence, [IPS]);
  expect(evaluate(balancedEvidence(evidence, logger, [policies[0]]), [IPS])[0].value).toBeCloseTo(plain.value, 12);
  const { value, interval, loggers } = weightedLoggers(evidence, logger, 1, IPS);
  expect(value).toBeCloseTo(plain.value, 12);
  interval.forEach((end, i) => expect(end).toBeCloseTo(plain.interval[i], 12));
  expect(loggers[0]).toMatchObject({ rows: 200, share: 1 });
});

describe('refusals', () => {
  const { evidence, logger, policies } = logOf(lcg(3), [5, 5]);
  test('a logger that there is not, one without rows, and columns that do not fit', () => {
    expect(() => balancedEvidence(evidence, logger.with(3, 2), policies)).toThrow(
      /^Row 4 .*logger 2 is none of 0 to 1/,
    );
    expect(() => balancedEvidence(evidence, logger.with(3, NaN), policies)).toThrow(/^Row 4 .*logger NaN/);
    expect(() =>
      balancedEvidence(
        evidence,
        logger.map(() => 0),
        policies,
      ),
    ).toThrow(/Logger 1 has no row/);
    expect(() => weightedLoggers(evidence, logger.slice(1), 2, IPS)).toThrow(/logger has 9 rows, the log 10/);
    expect(() => balancedEvidence(evidence, logger, [policies[0], matrixFrom([[1, 0, 0]])])).toThrow(
      /Logger 1 has odds/,
    );
  });
});
