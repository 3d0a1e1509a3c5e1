/** What an experiment may say. The schema is the one source of truth: validation, defaults, editor help, documentation. */
import { z } from 'zod';
import { OBSERVABLE_MODEL } from '../agents/contextual/greedy.ts';
import { agentKind, agentSchema, seesHidden, withInner } from '../agents/registry.ts';
import type { AgentConfig } from '../agents/registry.ts';
import type { Factor } from '../core/elements.ts';
import { InputError } from '../core/errors.ts';
import { checkElements } from '../env/element-appeal.ts';
import { resolveWorld, worldSchema } from '../env/config.ts';
import type { WorldConfig } from '../env/config.ts';
import { modelSchema } from '../models/ctr/registry.ts';
import { conversionName, conversionSchema } from '../models/cvr/models.ts';
import { creativeFactors, creativesSchema } from '../models/gan/config.ts';
import { opeSchema } from '../ope/registry.ts';
import { suggestion } from './did-you-mean.ts';
import { sweepSchema } from './sweep.ts';
import { checkSweep } from './tuning.ts';

const seedName = z.union([z.string().min(1), z.int()]).transform(String);

export const experimentSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'use lower-case letters, digits and hyphens')
    .describe('Short name; names the results folder'),
  question: z.string().default('').describe('The question the experiment answers, in a sentence; opens the report'),
  seeds: z
    .union([z.int().min(1).max(10_000), z.array(seedName).min(1)])
    .default(5)
    .describe('How many seeds, or their names; each is a world of its own'),
  world: worldSchema.prefault({}).describe('The market'),
  headlineTests: z
    .strictObject({
      file: z.string().min(1).describe('The Upworthy Research Archive as CSV or CSV.gz; relative to this config'),
      arms: z
        .int()
        .min(2)
        .max(20)
        .default(4)
        .describe('Arms of a test: tests with at least so many are played, with their first'),
      minImpressions: z.int().min(1).default(1000).describe('Least impressions that each arm must have had'),
      truth: z
        .enum(['observed', 'shrunk'])
        .default('observed')
        .describe(
          'Click rates as observed, noise included, or pulled towards the test’s mean by the share that is noise',
        ),
    })
    .optional()
    .describe(
      'Real headline tests instead of the market: each seed plays one of them, its click rates being the truth',
    ),
  creatives: creativesSchema.prefault({}).describe('The images on show and the generator that makes them'),
  requests: z.int().min(1).default(20_000).describe('Requests per agent and seed (rounded up to whole ticks)'),
  behaviour: agentSchema
    .prefault({ kind: 'uniform' })
    .describe('The agent that collects the log: models are trained and policies are valued on it'),
  logRequests: z.int().min(1).optional().describe('Requests in each log; default: as many as `requests`'),
  holdOut: z
    .number()
    .min(0.1)
    .max(0.9)
    .default(0.5)
    .describe('Share of the log, its last rows, that no model learns from: policies are valued on it'),
  logTruth: z.boolean().default(false).describe('Write the true expected reward of every action into the Parquet log'),
  referenceRequests: z
    .int()
    .min(100)
    .default(30_000)
    .describe('Requests of the uniform sample, with truth, that the best observable policy is worked out on'),
  agents: z.array(agentSchema).min(1).describe('The agents to compare'),
  sweep: sweepSchema
    .optional()
    .describe('Choose parameters of agents on tuning seeds first; the reported seeds play no part in it'),
  rivals: z
    .array(agentSchema)
    .max(20)
    .default([])
    .describe('Agents that bid and learn in the same market, each with purses of its own; needs world.auction'),
  models: z.array(modelSchema).default([]).describe('CTR models to train on the log; agents refer to them by name'),
  conversionModels: z
    .array(conversionSchema)
    .min(1)
    .optional()
    .describe(
      'Models of clicks and of what comes of them to train on the log as it stands at its end, held against the truth',
    ),
  offPolicy: opeSchema.prefault({}).describe('Off-policy evaluation of every agent on the log'),
});

/** An experiment as written, defaults filled in. */
export type Experiment = z.infer<typeof experimentSchema>;

/** An experiment with its world resolved, seeds named and agents' names made unique. */
export interface ResolvedExperiment extends Omit<Experiment, 'seeds' | 'world' | 'agents' | 'logRequests'> {
  seeds: readonly string[];
  world: WorldConfig;
  agents: readonly NamedAgent[];
  logRequests: number;
}

export type NamedAgent = AgentConfig & { name: string };

/** Writes every default out and checks what one key alone cannot tell. Throws `InputError` with the key's path. */
export function resolveExperiment(experiment: Experiment): ResolvedExperiment {
  const seeds =
    typeof experiment.seeds === 'number'
      ? Array.from({ length: experiment.seeds }, (_, i) => String(i + 1))
      : experiment.seeds;
  refuseRepeats(seeds, 'seeds', 'name each seed once');
  const agents = experiment.agents.map((agent) => ({ ...agent, name: agent.name ?? agent.kind }));
  refuseRepeats(
    agents.map((agent) => agent.name),
    'agents',
    'give each its own `name`',
  );
  const models = experiment.models.map((model) => ({ ...model, name: model.name ?? model.kind }));
  const names = models.map((model) => model.name);
  refuseRepeats(names, 'models', 'give each its own `name`');
  const reserved = names.indexOf(OBSERVABLE_MODEL);
  if (reserved >= 0) {
    const why = 'is what the reference that knows the truth is trained as';
    throw new InputError(`models.${reserved}.name: "${OBSERVABLE_MODEL}" ${why}; choose another name`);
  }
  const { conversionModels } = experiment;
  if (conversionModels) {
    refuseRepeats(conversionModels.map(conversionName), 'conversionModels', 'give each its own `name`');
    if (experiment.headlineTests) {
      throw new InputError(
        'conversionModels: nothing is known of conversions in headline tests; leave one of them out',
      );
    }
  }
  if (needsLog(experiment.behaviour)) {
    const key = experiment.behaviour.warmStart ? 'warmStart: it' : `kind: ${experiment.behaviour.kind}`;
    throw new InputError(
      `behaviour.${key} needs the log that the behaviour policy is to collect, or a model trained on it; use another kind`,
    );
  }
  agents.forEach((agent, i) => {
    if (agent.kind === 'greedy' && !names.includes(agent.model)) {
      const known = names.length > 0 ? `the models are: ${names.join(', ')}` : 'add it under `models`';
      throw new InputError(`agents.${i}.model: there is no model named "${agent.model}"; ${known}`);
    }
  });
  if (experiment.sweep) checkSweep(experiment.sweep, agents, seeds, needsLogHere);
  const { world: written, ...rest } = experiment;
  const world = resolveWorld(written);
  for (const key of ['guidance', 'variety', 'encoder'] as const) {
    if (experiment.creatives[key] === undefined) continue;
    if (experiment.headlineTests || experiment.creatives.generator !== 'gan') {
      const what = key === 'encoder' ? 'images to read' : 'images to choose from';
      throw new InputError(`creatives.${key}: needs ${what}; use creatives.generator: gan and no headlineTests`);
    }
  }
  checkNewcomers(experiment, [...names, ...agents.map(({ name }) => name)]);
  checkElements(world, elementsOf(experiment));
  const { earlySteps, variety, steps } = experiment.creatives;
  if (earlySteps !== undefined && (variety === undefined || earlySteps >= steps)) {
    throw new InputError(
      `creatives.earlySteps: ${earlySteps} stops the generator of creatives.variety early; set variety, and fewer steps than the ${steps} of creatives.steps`,
    );
  }
  if (experiment.rivals.length > 0 && !world.auction) {
    throw new InputError('rivals: agents compete where impressions are auctioned; set world.auction or leave them out');
  }
  if (experiment.rivals.length > 0 && experiment.headlineTests) {
    throw new InputError(
      'rivals: there is nothing to compete for in headline tests; leave rivals or headlineTests out',
    );
  }
  experiment.rivals.forEach((rival, i) => {
    const { kind, bidUsd, bidding } = rival;
    if (needsLog(rival) || seesHidden(kind)) {
      throw new InputError(
        `rivals.${i}.kind: ${kind} needs a model, the log or the truth, which rivals are not given; use another kind`,
      );
    }
    if (bidding === undefined && bidUsd === 0) {
      throw new InputError(`rivals.${i}.bidUsd: a rival with no bids never takes part; give it a bid or leave it out`);
    }
  });
  [experiment.behaviour, ...agents].forEach((agent, i) => {
    if (agent.kind === 'thompson' && world.reward !== 'click') {
      const key = i === 0 ? 'behaviour' : `agents.${i - 1}`;
      throw new InputError(`${key}.kind: thompson learns from rewards of 0 and 1; use it with world.reward: click`);
    }
  });
  return {
    ...rest,
    seeds,
    world,
    agents,
    models,
    logRequests: experiment.logRequests ?? experiment.requests,
  };

  /** The encoder's vectors are learned from the log. */
  function needsLogHere(agent: NamedAgent): boolean {
    const { encoder } = experiment.creatives;
    return needsLog(agent) || (encoder !== undefined && !encoder.without.includes(agent.name));
  }
}

/** Creatives that the log never showed, and who is told their vectors; `names` are those of models and agents. */
function checkNewcomers({ creatives, headlineTests }: Experiment, names: readonly string[]): void {
  const { perCategory, newPerCategory = 0, encoder } = creatives;
  if (newPerCategory > 0 && headlineTests) {
    throw new InputError('creatives.newPerCategory: headline tests have creatives of their own; leave one of them out');
  }
  if (newPerCategory >= perCategory) {
    throw new InputError(
      `creatives.newPerCategory: ${newPerCategory} of ${perCategory} leave the log nothing to show; use fewer, or raise creatives.perCategory`,
    );
  }
  encoder?.without.forEach((name, i) => {
    if (names.includes(name)) return;
    throw new InputError(
      `creatives.encoder.without.${i}: no model and no agent is called "${name}"${suggestion(name, names)}`,
    );
  });
}

/** What the creatives are put together from. Throws `InputError` where that goes with nothing else that is asked. */
function elementsOf({ creatives, headlineTests }: Experiment): Factor[] {
  const factors = creativeFactors(creatives);
  const key = creatives.styles ? 'styles' : 'composite';
  if (factors.length > 0 && (headlineTests || creatives.guidance || creatives.variety)) {
    throw new InputError(
      `creatives.${key}: goes with none of headlineTests, creatives.guidance and creatives.variety; leave one out`,
    );
  }
  if (creatives.styles && creatives.generator === 'synthetic') {
    throw new InputError('creatives.styles: synthetic creatives have no pixels to restyle; use generator: gan');
  }
  return factors;
}

/** True for agents that are made from the log, or from a model trained on it. */
function needsLog(config: AgentConfig): boolean {
  return withInner(config).some(({ kind, warmStart }) => warmStart || (agentKind(kind)?.needs ?? []).length > 0);
}

function refuseRepeats(names: readonly string[], key: string, advice: string): void {
  names.forEach((name, i) => {
    if (names.indexOf(name) !== i) throw new InputError(`${key}.${i}: "${name}" stands twice; ${advice}`);
  });
}
