/**
 * What an estimator's rows are in terms of weights, rewards and a model, for those who want their sums and not the rows.
 * It is kept by the function that fills them, so that an estimator which borrows the rest of another is not taken for it.
 */
import type { Estimator } from '../../core/contracts.ts';
import type { Shrinkage } from './shrunk.ts';

export interface Form {
  rows: 'ips' | 'dr' | 'dm' | 'snips' | 'sndr';
  /** What is made of the weights of IPS and DR; absent where they are left alone. */
  shrinkage?: Shrinkage;
}

const FORMS = new WeakMap<object, Form>();

/** The same estimator; `formOf` knows it from now on. */
export function withForm(estimator: Estimator, form: Form): Estimator {
  FORMS.set(filler(estimator), form);
  return estimator;
}

/** The form of the estimator's rows; undefined where nobody told. */
export function formOf(estimator: Estimator): Form | undefined {
  return FORMS.get(filler(estimator));
}

function filler({ contributions }: { contributions: object }): object {
  return contributions;
}
