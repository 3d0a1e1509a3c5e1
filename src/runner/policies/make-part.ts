/** From a rule as written to a policy over a log. */
import { InputError } from '../../core/errors.ts';
import { columnPolicy, columnsPolicy } from './column.ts';
import { fixedPolicy, uniformPolicy } from './constant.ts';
import type { Part, PartSetup } from './part.ts';
import type { Rule } from './schema.ts';

/** The policy of a rule. Throws `InputError` where the rule and the log do not go together. */
export async function makePart(rule: Rule, setup: PartSetup): Promise<Part> {
  const { source } = setup;
  switch (rule.kind) {
    case 'uniform':
      return uniformPolicy(rule, source);
    case 'fixed':
      return fixedPolicy(rule, source);
    case 'column':
      return columnPolicy(rule.column, source);
    case 'columns':
      return columnsPolicy(rule.prefix, source);
    default:
      throw new InputError(`kind: ${rule.kind} is not made yet`);
  }
}
