/** `adsim fit LOG`: a population file from a behaviour log. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { randomFrom } from '../../core/random.ts';
import { populationSchema } from '../../env/population.ts';
import { fitPopulation } from '../../models/audience/population.ts';
import type { FittedPopulation } from '../../models/audience/population.ts';
import { sha256 } from '../digest.ts';
import { yamlText } from '../yaml/write.ts';
import { readBehaviourLog } from './behaviour-log.ts';
import type { BehaviourColumns, BehaviourLog } from './behaviour-log.ts';

export interface PopulationResult {
  log: BehaviourLog;
  fitted: FittedPopulation;
  yaml: string;
}

/** Reads and fits. Same log, same bytes. Throws `InputError` for a log that cannot be used. */
export async function populationOf(file: string, columns?: BehaviourColumns): Promise<PopulationResult> {
  const log = await readBehaviourLog(file, columns);
  const fitted = fitPopulation(log, randomFrom('population'));
  const document = populationSchema.parse({
    schemaVersion: 1,
    source: path.basename(file),
    sha256: sha256(readFileSync(file)),
    rows: log.read,
    dropped: log.dropped,
    period: [...log.period],
    users: log.users,
    visits: fitted.visits,
    categories: [...log.categories],
    segments: fitted.segments,
    activityShape: fitted.activityShape,
    visitsPerUserPerDay: fitted.visitsPerUserPerDay,
    dailyProfile: fitted.dailyProfile,
    weeklyProfile: fitted.weeklyProfile,
  });
  return { log, fitted, yaml: yamlText(document) };
}
