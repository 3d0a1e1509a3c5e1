/** What a rule file may say: the policies that can be written down, nested as one likes. */
import { z } from 'zod';
import { agentSchema } from '../../agents/registry.ts';

const name = z.string().min(1).optional().describe('Name in tables; default: the name of the file');
const nested = z.lazy(() => ruleSchema) as unknown as z.ZodType<Rule>;
const actionName = z.string().min(1);

/** One action's score: a number, or weights of columns and context features beside an `intercept`. */
const scoreFields = {
  scores: z
    .record(actionName, z.union([z.number(), z.record(z.string().min(1), z.number())]))
    .optional()
    .describe(
      'Score of every action: a number, or a linear score as a map of weights by column, `intercept` being a constant',
    ),
  scoreColumns: z
    .string()
    .min(1)
    .optional()
    .describe('Instead of scores: prefix of the columns that hold them, one for each action, such as `q:`'),
};

const uniform = z.strictObject({
  kind: z.literal('uniform').describe('Every eligible action alike'),
  name,
  over: z
    .array(actionName)
    .min(1)
    .optional()
    .describe('Only these actions; default: all. Where none of them is eligible, all that are'),
});

const fixed = z
  .strictObject({
    kind: z.literal('fixed').describe('The same odds in every row'),
    name,
    action: actionName.optional().describe('The one action; where it is not eligible, the others alike'),
    odds: z
      .record(actionName, z.number().min(0).max(1))
      .optional()
      .describe('Odds by action, summing to 1; actions left out have 0. Rescaled over the eligible actions of a row'),
  })
  .refine((rule) => (rule.action === undefined) !== (rule.odds === undefined), 'give either action or odds');

const bySegment = z.strictObject({
  kind: z.literal('by-segment').describe('Another rule for each value of a column'),
  name,
  column: z.string().min(1).describe('Column of the log, or context feature, that says the segment'),
  values: z.record(z.string(), nested).describe('The rule of each value'),
  otherwise: nested.optional().describe('The rule of other values; without one, they are refused'),
});

const byPosition = z.strictObject({
  kind: z.literal('by-position').describe('Another rule for each position of a page'),
  name,
  column: z.string().min(1).default('position').describe('Column with the position, 1 at the top; default position'),
  rules: z.array(nested).min(1).describe('The rule of each position, from the top'),
});

const softmax = z
  .strictObject({
    kind: z.literal('softmax').describe('Odds that grow with the exponential of a score'),
    name,
    temperature: z
      .number()
      .positive()
      .default(1)
      .describe('Scores are divided by it; small ones are greedy; default 1'),
    ...scoreFields,
  })
  .refine(scored, 'give either scores or scoreColumns');

const greedy = z
  .strictObject({
    kind: z.literal('greedy').describe('The eligible action of the highest score; ties share'),
    name,
    ...scoreFields,
  })
  .refine(scored, 'give either scores or scoreColumns');

const epsilonGreedy = z
  .strictObject({
    kind: z.literal('epsilon-greedy').describe('The highest score, and any eligible action with probability epsilon'),
    name,
    epsilon: z.number().min(0).max(1).default(0.1).describe('Share of requests that explore, in [0, 1]; default 0.1'),
    ...scoreFields,
  })
  .refine(scored, 'give either scores or scoreColumns');

const parameters = z.union([z.record(actionName, z.number().positive()), z.array(z.number().positive()).min(1)]);
const bernoulliThompson = z
  .strictObject({
    kind: z.literal('bernoulli-thompson').describe('The odds of Beta–Bernoulli Thompson sampling, exactly'),
    name,
    alpha: parameters.optional().describe('Successes of each action’s Beta: by action, or a list in their order'),
    beta: parameters.optional().describe('Failures of each action’s Beta: by action, or a list in their order'),
    prior: z.string().min(1).optional().describe('Instead: a file like prior_bts.yaml of the Open Bandit Dataset'),
    campaign: z.string().min(1).optional().describe('Which part of the prior file: all, men or women'),
    position: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Column with the position on the page, 1 at the top; default `position` where the log has it, else all 1',
      ),
  })
  .refine(
    (rule) => (rule.prior === undefined) !== (rule.alpha === undefined || rule.beta === undefined),
    'give either alpha and beta, or prior and campaign',
  );

const mixture = z.strictObject({
  kind: z.literal('mixture').describe('One of several rules, drawn anew for each request'),
  name,
  of: z
    .array(
      z.strictObject({
        weight: z.number().positive().describe('How often this rule is drawn, beside the others’ weights'),
        rule: nested.describe('The rule'),
      }),
    )
    .min(1)
    .describe('The rules with their weights'),
});

const withFloor = z.strictObject({
  kind: z.literal('with-floor').describe('A rule that explores uniformly with probability epsilon'),
  name,
  epsilon: z.number().min(0).max(1).describe('Share of requests that show any eligible action alike, in [0, 1]'),
  rule: nested.describe('What the others show'),
});

const column = z.strictObject({
  kind: z.literal('column').describe('A column with the odds of the logged action'),
  name,
  column: z.string().min(1).describe('The column'),
});

const columns = z.strictObject({
  kind: z.literal('columns').describe('Columns with the odds of every action'),
  name,
  prefix: z.string().min(1).describe('What stands before the action in their names, such as `pi:`'),
});

const predictions = z.strictObject({
  kind: z.literal('vw-predictions').describe('A predictions file of Vowpal Wabbit, a row for each row of the log'),
  name,
  file: z.string().min(1).describe('The file; relative to this one'),
  take: z
    .enum(['odds', 'first'])
    .default('odds')
    .describe('odds: lists hold probabilities; first: lists are ranked, and the first action is shown; default odds'),
});

const command = z.strictObject({
  kind: z.literal('command').describe('A program that reads rows and writes odds, as JSON lines'),
  name,
  command: z.array(z.string()).min(1).describe('The program and its arguments; it runs in the folder of this file'),
  timeoutSeconds: z.number().positive().max(86_400).default(60).describe('[s] to wait for the next answer; default 60'),
  batch: z
    .int()
    .min(1)
    .max(100_000)
    .default(256)
    .describe('Rows that are sent before answers are awaited; default 256'),
});

const agent = z.strictObject({
  kind: z.literal('agent').describe('An adsim agent, trained on another log and then frozen'),
  name,
  agent: agentSchema.describe('The agent, as in an experiment'),
  trainedOn: z.string().min(1).describe('The log it learns from, row by row, each a request of its own'),
  tickRows: z.int().min(1).default(256).describe('Rows that it learns from at once; default 256'),
});

export type NestedRule =
  | {
      kind: 'by-segment';
      name?: string | undefined;
      column: string;
      values: Record<string, Rule>;
      otherwise?: Rule | undefined;
    }
  | { kind: 'by-position'; name?: string | undefined; column: string; rules: Rule[] }
  | { kind: 'mixture'; name?: string | undefined; of: { weight: number; rule: Rule }[] }
  | { kind: 'with-floor'; name?: string | undefined; epsilon: number; rule: Rule };

const FLAT = [
  uniform,
  fixed,
  softmax,
  greedy,
  epsilonGreedy,
  bernoulliThompson,
  column,
  columns,
  predictions,
  command,
  agent,
] as const;

/** A rule, defaults filled in. */
export type Rule = z.infer<(typeof FLAT)[number]> | NestedRule;

/** The rule of one kind. */
export type RuleOf<Kind extends Rule['kind']> = Extract<Rule, { kind: Kind }>;

/** A rule file: `kind` says which rule, the other keys are its own. */
export const ruleSchema: z.ZodType<Rule> = z.discriminatedUnion('kind', [
  ...FLAT,
  bySegment,
  byPosition,
  mixture,
  withFloor,
]) as unknown as z.ZodType<Rule>;

/** Every kind of policy that can be brought, for lists and guides. */
export const POLICIES: readonly { name: string; summary: string }[] = [
  { name: 'logged', summary: 'the policy that collected the log (needs no file)' },
  ...[...FLAT, bySegment, byPosition, mixture, withFloor].map(({ shape: { kind } }) => ({
    name: kind.value as string,
    summary: kind.description ?? '',
  })),
];

function scored(rule: { scores?: unknown; scoreColumns?: unknown }): boolean {
  return (rule.scores === undefined) !== (rule.scoreColumns === undefined);
}
