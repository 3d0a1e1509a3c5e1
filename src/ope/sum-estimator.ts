/** A smooth function of column sums: all that an interval needs to know of an estimator, whatever its rows are. */
import type { Estimator } from '../core/contracts.ts';

/** Rows may be single actions (`Estimator`), slates or episodes (`RowEstimator`). */
export type SumEstimator = Pick<Estimator, 'name' | 'columns' | 'value'>;
