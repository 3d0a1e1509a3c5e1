/** The parts of a finished experiment, put together. */
import { distinctWarnings } from '../core/warnings.ts';
import type { Warning } from '../core/warnings.ts';
import { VERSION } from '../version.ts';
import {
  aggregateAgent,
  aggregateCreatives,
  aggregateDoubts,
  aggregateModel,
  aggregateOffPolicy,
} from './aggregate.ts';
import type { ResolvedExperiment } from './config.ts';
import { withoutPlace } from './creatives.ts';
import type { ReadyCreatives } from './creatives.ts';
import { digestOf } from './digest.ts';
import { RESULTS_SCHEMA_VERSION } from './results.ts';
import type { CoverageResult, Results } from './results.ts';
import type { SeedResult } from './seed.ts';

/** What `results.json` will hold. */
export function collect(
  experiment: ResolvedExperiment,
  creatives: ReadyCreatives,
  seeds: readonly SeedResult[],
  coverage: readonly CoverageResult[],
): Results {
  const { world, offPolicy } = experiment;
  const [first] = seeds;
  return {
    schemaVersion: RESULTS_SCHEMA_VERSION,
    name: experiment.name,
    question: experiment.question,
    signature: signatureOf(withoutPlace(experiment, creatives)),
    seeds: experiment.seeds,
    world: {
      name: world.preset,
      users: world.users,
      lanes: world.lanes,
      requests: first.agents[0].episode.requests,
      rewardUnit: first.world.rewardUnit,
      sequential: first.world.sequential,
      contextNames: first.world.contextNames,
    },
    agents: experiment.agents.map((_, index) => aggregateAgent(experiment, index, seeds)),
    creatives: creatives.described && aggregateCreatives(creatives.described, seeds),
    models: experiment.models.map((_, index) => aggregateModel(index, seeds)),
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
      ...seeds.flatMap((seed) => seed.warnings),
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
