/**
 * Open Bandit Pipeline's synthetic design (0.5.5): clicks with log-odds bilinear in context and action, standardised; a log
 * collected by a softmax of the true click rates; and as candidate the softmax of a classifier that was taught, by
 * weighted clicks of another log, which action to take.
 */
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { additiveLogistic } from '../../models/response/additive-logistic.ts';
import { classOdds, softmaxInto, softmaxRegression } from '../../models/softmax-regression.ts';
import { banditLog } from '../../ope/bandit-log.ts';
import { drawActions, propensitiesOf, valueOf } from './judged-log.ts';
import type { Candidate, JudgedLog } from './judged-log.ts';

export interface ObpSyntheticConfig {
  actions: number;
  /** Columns of the context. */
  context: number;
  /** Rows of the log, and of the one that the candidate learns from. */
  rows: number;
  /** Inverse temperature of the behaviour policy: negative ones prefer what is clicked least. */
  beta: number;
  /** A candidate for each: how sharply it prefers what the classifier says; default 1, as in OBP. */
  sharpness?: readonly number[];
}

/** scikit-learn's C = 100, for the candidate and for the reward model. */
const L2 = 0.01;

/** One log of the design. */
export function obpSynthetic(
  { actions, context, rows, beta, sharpness = [1] }: ObpSyntheticConfig,
  random: Random,
): JudgedLog {
  const bilinear = coefficientsOf(actions, context, random.stream('coefficients'));
  const taught = batch(random.stream('taught'));
  const judged = batch(random.stream('judged'));
  const policy = softmaxRegression(taught.x, taught.action, {
    classes: actions,
    l2: L2,
    rowWeights: taught.reward.map((reward, i) => reward / taught.propensity[i]),
  });
  // OBP takes the classifier's probabilities for scores and a softmax of them: a policy not far from uniform.
  const scores = matrix(rows, actions);
  classOdds(policy, judged.x, scores);
  const candidate = (name: string, pi: Matrix): Candidate => ({ name, odds: pi, truth: valueOf(pi, judged.expected) });
  return {
    log: banditLog({ ...judged, actions, context: judged.x }),
    behaviour: judged.behaviour,
    behaviourTruth: valueOf(judged.behaviour, judged.expected),
    candidates: sharpness.map((times) => candidate(`taught × ${times}`, softmaxOf(scores, times))),
    makeModel: () => additiveLogistic(L2),
  };

  function batch(source: Random) {
    const draw = source.stream('context').sequence();
    const x: Matrix = {
      rows,
      columns: context,
      data: Float64Array.from({ length: rows * context }, () => draw.normal()),
    };
    const expected = clickRates(x, bilinear, actions);
    const behaviour = softmaxOf(expected, beta);
    const action = drawActions(behaviour, source.stream('actions').sequence());
    const luck = source.stream('clicks').sequence();
    const reward = Float64Array.from(action, (a, i) => (luck.uniform() < expected.data[i * actions + a] ? 1 : 0));
    return { x, expected, behaviour, action, propensity: propensitiesOf(behaviour, action), reward };
  }
}

/** (n×k) exp(temperature · score) over its sum in each row. */
export function softmaxOf({ rows, columns: k, data }: Matrix, temperature: number): Matrix {
  const out = matrix(rows, k);
  for (let i = 0; i < rows; i++) softmaxInto(data.subarray(i * k, (i + 1) * k), temperature, out.data, i * k);
  return out;
}

/** (1+d)×(1+k): row 0 and column 0 belong to the constant 1 in front of context and action. */
function coefficientsOf(k: number, d: number, random: Random): Matrix {
  const draw = random.sequence();
  const between = (): number => 2 * draw.uniform() - 1;
  const own = Array.from({ length: d + 1 }, between);
  const actions = Array.from({ length: k + 1 }, between);
  const all = matrix(d + 1, k + 1);
  // θ_x·x̃ goes with the action's constant, θ_a·ã with the context's.
  own.forEach((theta, j) => (all.data[j * (k + 1)] += theta));
  actions.forEach((theta, a) => (all.data[a] += theta));
  for (let at = 0; at < all.data.length; at++) all.data[at] += between();
  return all;
}

/** (n×k) the logistic of the log-odds, standardised over all rows and actions. */
function clickRates(x: Matrix, { data: coefficients }: Matrix, k: number): Matrix {
  const { rows, columns: d } = x;
  const out = matrix(rows, k);
  for (let i = 0; i < rows; i++) {
    for (let a = 0; a < k; a++) {
      let z = coefficients[0] + coefficients[a + 1];
      for (let j = 0; j < d; j++) {
        const from = (j + 1) * (k + 1);
        z += x.data[i * d + j] * (coefficients[from] + coefficients[from + a + 1]);
      }
      out.data[i * k + a] = z;
    }
  }
  const mean = out.data.reduce((sum, z) => sum + z, 0) / out.data.length;
  const spread = Math.sqrt(out.data.reduce((sum, z) => sum + (z - mean) * (z - mean), 0) / out.data.length);
  for (let at = 0; at < out.data.length; at++) out.data[at] = 1 / (1 + Math.exp(-(out.data[at] - mean) / spread));
  return out;
}
