/** The rules for intervals by name. */
import { InputError } from '../../core/errors.ts';
import { bootstrapBca, bootstrapPercentile } from './bootstrap.ts';
import { empiricalBernstein, hoeffding } from './bounded.ts';
import { deltaInterval } from './delta.ts';
import type { DeltaRule } from './delta.ts';
import { bootstrapGroups } from './groups.ts';
import { jackknife } from './jackknife.ts';
import { offPolicySequence } from './off-policy-sequence.ts';
import { clopperPearson, wilson } from './proportion.ts';
import type { IntervalRule } from './rule.ts';
import { sequenceRules } from './sequences.ts';
import { bootstrapStudentised } from './studentised.ts';
import { truncated } from './truncated.ts';

function delta(name: DeltaRule, summary: string): IntervalRule {
  return {
    name,
    summary,
    reference: 'ope.md §5.5: se² = ∇gᵀ Cov(x) ∇g / m',
    unsuited: ({ moments }) => (moments.count < 2 ? 'one row tells nothing of the spread' : undefined),
    interval: ({ estimator, moments }, level) => deltaInterval(estimator, moments, level, name),
  };
}

export const INTERVAL_RULES: readonly IntervalRule[] = [
  delta('delta-normal', 'The estimate ± a normal quantile of its standard error, by the delta method.'),
  delta('delta-t', "The same with Student's t, wider where rows are few."),
  jackknife,
  bootstrapPercentile,
  bootstrapStudentised,
  bootstrapBca,
  bootstrapGroups,
  hoeffding,
  empiricalBernstein,
  truncated,
  clopperPearson,
  wilson,
  ...sequenceRules,
  offPolicySequence,
];

/** The rule of that name. Throws `InputError` where there is none. */
export function intervalRule(name: string): IntervalRule {
  const rule = INTERVAL_RULES.find((one) => one.name === name);
  if (rule) return rule;
  const names = INTERVAL_RULES.map((one) => one.name).join(', ');
  throw new InputError(`There is no interval rule "${name}"; the rules are: ${names}.`);
}
