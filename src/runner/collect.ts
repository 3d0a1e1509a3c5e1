/** The parts of a finished experiment, put together. */
import { distinctWarnings } from '../core/warnings.ts';
import type { Warning } from '../core/warnings.ts';
import { VERSION } from '../version.ts';
import {
  aggregateAgent,
  aggregateCreatives,
  aggregateDoubts,
  aggregateEncoder,
  aggregateModel,
  aggregateOffPolicy,
} from './aggregate.ts';
import type { ResolvedExperiment } from './config.ts';
import { aggregateConversions, conversionDoubts } from './conversion-results.ts';
import { withoutPlace } from './creatives.ts';
import type { ReadyCreatives } from './creatives.ts';
import { digestOf } from './digest.ts';
import { aggregateElements } from './element-result.ts';
import { aggregateGuidance } from './guidance-result.ts';
import { aggregateVariety } from './variety-result.ts';
import { RESULTS_SCHEMA_VERSION } from './results.ts';
import type { CoverageResult, Results, TuningResult } from './results.ts';
import type { SeedResult } from './seed.ts';

/** What `results.json` will hold. */
export function collect(
  experiment: ResolvedExperiment,
  creatives: ReadyCreatives,
  seeds: readonly SeedResult[],
  tuning: readonly TuningResult[],
  coverage: readonly CoverageResult[],
): Results {
  const { world, offPolicy } = experiment;
  const { perCategory, newPerCategory, encoder } = experiment.creatives;
  const [first] = seeds;
  const studies = seeds.flatMap(({ conversions }) => conversions ?? []);
  return {
    schemaVersion: RESULTS_SCHEMA_VERSION,
    name: experiment.name,
    question: experiment.question,
    signature: signatureOf(withoutPlace(experiment, creatives)),
    seeds: experiment.seeds,
    world: {
      name: first.world.name,
      users: world.users,
      lanes: world.lanes,
      requests: first.agents[0].episode.requests,
      rewardUnit: first.world.rewardUnit,
      sequential: first.world.sequential,
      contextNames: first.world.contextNames,
      slots: experiment.headlineTests ? 1 : world.page.slots,
      auction: first.world.auction,
      players: experiment.rivals.length + 1,
      limited: first.world.limited,
      conversionWindowHours: first.world.conversionWindowHours,
    },
    agents: experiment.agents.map((_, index) => aggregateAgent(experiment, index, seeds)),
    creatives: creatives.described && aggregateCreatives(creatives.described, seeds),
    ...(creatives.pool && experiment.creatives.guidance && { guidance: aggregateGuidance(creatives.pool, seeds) }),
    ...(creatives.creatives.elements && { elements: aggregateElements(experiment, creatives.creatives, seeds) }),
    ...(creatives.pool?.groups && {
      variety: aggregateVariety(creatives.pool, seeds, experiment.creatives.earlySteps),
    }),
    ...(newPerCategory && { newCreatives: (creatives.creatives.size * newPerCategory) / perCategory }),
    ...(encoder && { encoder: aggregateEncoder(encoder, seeds) }),
    ...(studies.length > 0 && { conversions: aggregateConversions(studies) }),
    models: experiment.models.map((_, index) => aggregateModel(index, seeds)),
    tuning,
    offPolicy: {
      behaviour: experiment.behaviour.name ?? experiment.behaviour.kind,
      rows: first.valuedRows,
      level: offPolicy.level,
      policies: experiment.agents.map((_, index) => aggregateOffPolicy(index, seeds)),
      coverage,
    },
    warnings: distinctWarnings([
      ...creatives.warnings,
      ...coverage.filter((result) => result.fallsShort).map(shortfall),
      ...(first.world.sequential ? [oneDecisionAtATime(experiment, seeds)] : []),
      ...seeds.flatMap((seed) => seed.warnings),
      ...conversionDoubts(studies),
      ...aggregateDoubts(seeds),
    ]),
  };
}

function percent(rate: number): string {
  return `${(100 * rate).toFixed(1)} %`;
}

function signatureOf(experiment: ResolvedExperiment): string {
  const config = digestOf(experiment).slice(0, 8);
  const { world, agents, seeds } = experiment;
  return `world:${world.preset}|agents:${agents.length}|seeds:${seeds.length}|v:${VERSION}|cfg:${config}`;
}

function shortfall({ setting, nominal, actual, estimator, worlds, rows }: CoverageResult): Warning {
  return {
    kind: 'coverage-falls-short',
    message:
      `at ${setting}, nominal ${percent(nominal)} intervals of ${estimator} held the truth ` +
      `in ${percent(actual)} of ${worlds} small worlds of ${rows} rows`,
    advice: 'read such intervals as too narrow; collect more rows or explore more evenly before you rely on them',
  };
}

/**
 * Off-policy values are of one decision on each request as the behaviour policy left it. Where actions change what comes
 * later, a policy that decides all along meets other requests and earns something else; says how much, where most.
 */
function oneDecisionAtATime(experiment: ResolvedExperiment, seeds: readonly SeedResult[]): Warning {
  const mean = (of: (seed: SeedResult) => number): number => seeds.reduce((sum, s) => sum + of(s), 0) / seeds.length;
  const gaps = experiment.agents.map(({ name }, index) => {
    const logged = mean(({ offPolicy }) => offPolicy[index].truth);
    const played = mean(({ agents }) => agents[index].episode.reward / agents[index].episode.requests);
    return { name, logged, played, gap: Math.abs(logged - played) };
  });
  const { name, logged, played } = gaps.reduce((most, one) => (one.gap > most.gap ? one : most));
  return {
    kind: 'off-policy-one-decision',
    message:
      'in this world actions change which requests come later, and off-policy values (the true ones, too) are of one ' +
      `decision on each request as ${experiment.behaviour.name ?? experiment.behaviour.kind} left it: ${name} is worth ` +
      `${logged.toPrecision(3)} per request on the log and earned ${played.toPrecision(3)} when it played`,
    advice:
      'compare policies by what they earn when they play; a log of single requests cannot tell it in such a world',
  };
}
