/**
 * Evidence of m slates of L slots as columns: what was shown, what each slot brought, and the odds of it under both
 * policies. An m×L column keeps slate i's slots at [i·L, i·L + L); L = 1 is the usual bandit log.
 */
import { InputError } from '../../core/errors.ts';
import { SUM_TOLERANCE } from '../evidence.ts';

/** The odds of what was shown under one policy. */
export interface SlateOdds {
  /** (m×L) in [0, 1]: of each slot's action given the actions of the slots above; 1 where a slot stays empty. */
  given?: Float64Array;
  /** (m×L) in [0, 1]: of the same action in the same slot, whatever stands in the others. */
  marginal?: Float64Array;
  /** (m×L×L) in [0, 1]: of the action of slot l in slot j, at (i·L + l)·L + j. */
  positions?: Float64Array;
}

export interface SlateEvidence {
  /** m */
  size: number;
  /** L */
  slots: number;
  /** (m×L) what each slot brought; the value of a policy is the expected sum over the slate. */
  reward: Float64Array;
  behaviour: SlateOdds;
  evaluation: SlateOdds;
  /** Q̂ and the odds to average it with; for Cascade-DR. */
  model?: SlateModel;
  /** (m) the weight q_πᵀ Γ† 1_s of each slate, see `pseudoInverseWeights`; where absent, logging is taken to be factorised. */
  pseudoInverse?: Float64Array;
}

/** What a model expects of this slot and those below it, for every action of every slot. */
export interface SlateModel {
  /** k */
  actions: number;
  /** (m×L) the action shown; −1 where a slot stays empty. */
  action: Int32Array;
  /** (m×L×k) Q̂_l(x, a_<l, a): the expected sum of rewards from slot l on, given the slots above as shown. */
  predicted: Float64Array;
  /** (m×L×k) π_e(a | x, a_<l), given the slots above as shown; a row of zeros where a slot stays empty. */
  distribution: Float64Array;
}

/** What a slate estimator may need. */
export type SlateNeed = 'given' | 'marginal' | 'positions' | 'model' | 'marginal or pseudoInverse';

const ADVICE: Readonly<Record<SlateNeed, string>> = {
  given: 'the odds of each slot given the slots above (`given`)',
  marginal: 'the odds of each action in its slot, whatever stands in the others (`marginal`)',
  positions: 'the odds of each action in every slot (`positions`)',
  model: 'a model of the slots (`model`)',
  'marginal or pseudoInverse': 'the odds `marginal` of both policies, or weights `pseudoInverse`',
};

/** Throws `InputError` where evidence is missing, misshapen or impossible; it names the slate and the slot. */
export function checkSlates(
  evidence: SlateEvidence,
  estimators: readonly { name: string; needs: readonly SlateNeed[] }[],
): void {
  const { size: m, slots: L, behaviour, evaluation, reward, model, pseudoInverse } = evidence;
  if (!(m > 0)) throw new InputError('There are no slates: there is nothing to evaluate a policy on.');
  for (const { name, needs } of estimators) {
    for (const need of needs) {
      const there =
        need === 'model'
          ? model !== undefined
          : need === 'marginal or pseudoInverse'
            ? pseudoInverse !== undefined || (behaviour.marginal !== undefined && evaluation.marginal !== undefined)
            : behaviour[need] !== undefined && evaluation[need] !== undefined;
      if (!there)
        throw new InputError(`${name} needs ${ADVICE[need]} of both policies: give them, or leave ${name} out.`);
    }
  }
  checkNumbers('reward', reward, m, L, (r) => Number.isFinite(r), 'is not a finite number');
  for (const [policy, odds] of [
    ['behaviour', behaviour],
    ['evaluation', evaluation],
  ] as const) {
    const logged = policy === 'behaviour';
    for (const key of ['given', 'marginal'] as const) {
      const fine = (p: number): boolean => (logged ? p > 0 : p >= 0) && p <= 1;
      if (odds[key]) checkNumbers(`${policy}.${key}`, odds[key], m, L, fine, `is not in ${logged ? '(0' : '[0'}, 1]`);
    }
    if (odds.positions) {
      checkNumbers(`${policy}.positions`, odds.positions, m, L * L, (p) => p >= 0 && p <= 1, 'is not in [0, 1]');
    }
  }
  if (pseudoInverse)
    checkNumbers('pseudoInverse', pseudoInverse, m, 1, (w) => Number.isFinite(w), 'is not a finite number');
  if (model) checkModel(model, m, L);
}

function checkModel({ actions: k, action, predicted, distribution }: SlateModel, m: number, L: number): void {
  checkNumbers('model.action', action, m, L, (a) => a >= -1 && a < k, `is not one of the ${k} actions, nor −1`);
  checkNumbers('model.predicted', predicted, m, L * k, (q) => Number.isFinite(q), 'is not a finite number');
  checkNumbers('model.distribution', distribution, m, L * k, (p) => p >= 0, 'is not a probability');
  for (let cell = 0; cell < m * L; cell++) {
    let sum = 0;
    for (let at = cell * k; at < cell * k + k; at++) sum += distribution[at];
    const whole = action[cell] < 0 ? 0 : 1;
    if (!(Math.abs(sum - whole) <= SUM_TOLERANCE)) {
      refuse(cell, L, `model.distribution sums to ${sum}, not to ${whole}`);
    }
  }
}

function checkNumbers(
  name: string,
  column: ArrayLike<number>,
  m: number,
  width: number,
  fine: (x: number) => boolean,
  why: string,
): void {
  if (column.length !== m * width) {
    throw new InputError(`The column ${name} has ${column.length} numbers, ${m} slates need ${m * width}.`);
  }
  for (let at = 0; at < column.length; at++) {
    if (!fine(column[at])) refuse(at, width, `${name} ${column[at]} ${why}`);
  }
}

function refuse(at: number, width: number, what: string): never {
  const place = width === 1 ? '' : `, place ${(at % width) + 1} of ${width}`;
  throw new InputError(`Slate ${Math.floor(at / width) + 1}${place}: ${what}. Correct or remove the slate.`);
}

/** What estimators share of each slate. */
export interface SlateTerms {
  /** (m×L) w_{1:l}: the weight of the slate down to slot l. */
  cascade: Float64Array;
  /** (m×L) w(l): the weight of slot l alone. */
  marginal: Float64Array;
}

const TERMS = new WeakMap<SlateEvidence, Partial<SlateTerms>>();

/** (m×L) w_{1:l} = Π_{j ≤ l} π_e/π_b, worked out once for the evidence. */
export function cascadeWeights(evidence: SlateEvidence): Float64Array {
  return kept(evidence, 'cascade', ({ size, slots, behaviour, evaluation }) => {
    const w = new Float64Array(size * slots);
    for (let i = 0, at = 0; i < size; i++) {
      let product = 1;
      for (let l = 0; l < slots; l++, at++)
        w[at] = product *= (evaluation.given?.[at] ?? NaN) / (behaviour.given?.[at] ?? NaN);
    }
    return w;
  });
}

/** (m×L) w(l), the ratio of marginal odds, worked out once for the evidence. */
export function marginalWeights(evidence: SlateEvidence): Float64Array {
  return kept(evidence, 'marginal', ({ behaviour, evaluation }) => {
    const pb = behaviour.marginal ?? new Float64Array(0);
    return Float64Array.from(evaluation.marginal ?? [], (p, at) => p / pb[at]);
  });
}

function kept(
  evidence: SlateEvidence,
  key: keyof SlateTerms,
  compute: (evidence: SlateEvidence) => Float64Array,
): Float64Array {
  const terms = TERMS.get(evidence) ?? {};
  TERMS.set(evidence, terms);
  return (terms[key] ??= compute(evidence));
}

/**
 * (m×L) the odds of each slot given the slots above, from those of the slate down to each slot (OBP's `pscore_cascade`): the
 * ratio of neighbours. Only for columns that never are 0.
 */
export function givenFromCascade(cascade: ArrayLike<number>, slots: number): Float64Array {
  return Float64Array.from(cascade, (p, at) => (at % slots === 0 ? p : p / cascade[at - 1]));
}
