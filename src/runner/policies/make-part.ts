/** From a rule as written to a policy over a log. */
import { agentPolicy } from './agent.ts';
import { bernoulliThompson } from './bernoulli-thompson.ts';
import { columnPolicy, columnsPolicy } from './column.ts';
import { commandPolicy } from './command.ts';
import { byPosition, bySegment, mixture, withExploration } from './composed.ts';
import { fixedPolicy, uniformPolicy } from './constant.ts';
import type { Part, PartSetup } from './part.ts';
import type { Rule } from './schema.ts';
import { greedyPolicy, softmaxPolicy } from './scored.ts';
import { under } from './under.ts';
import { vwPredictions } from './vw-predictions.ts';

/** The policy of a rule. Throws `InputError` where the rule and the log do not go together, its key path first. */
export async function makePart(rule: Rule, setup: PartSetup): Promise<Part> {
  const { source } = setup;
  switch (rule.kind) {
    case 'uniform':
      return under('over', () => uniformPolicy(rule, source));
    case 'fixed':
      return under(rule.odds ? 'odds' : 'action', () => fixedPolicy(rule, source));
    case 'by-segment':
      return bySegment(rule, setup, makePart);
    case 'by-position':
      return byPosition(rule, setup, makePart);
    case 'mixture':
      return mixture(rule, setup, makePart);
    case 'with-floor':
      return withExploration(rule, setup, makePart);
    case 'softmax':
      return softmaxPolicy(rule, source);
    case 'greedy':
      return greedyPolicy(rule, source, 0);
    case 'epsilon-greedy':
      return greedyPolicy(rule, source, rule.epsilon);
    case 'bernoulli-thompson':
      return bernoulliThompson(rule, setup);
    case 'column':
      return under('column', () => columnPolicy(rule.column, source));
    case 'columns':
      return under('prefix', () => columnsPolicy(rule.prefix, source));
    case 'vw-predictions':
      return vwPredictions(rule, setup);
    case 'command':
      return commandPolicy(rule, setup);
  }
  return agentPolicy(rule, setup);
}
