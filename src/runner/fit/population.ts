/** `adsim fit LOG`: a population file from a behaviour log, and how well a market made of one resembles the log. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { randomFrom } from '../../core/random.ts';
import type { Warning } from '../../core/warnings.ts';
import { populationSchema } from '../../env/population.ts';
import { REST } from '../../models/audience/behaviour-rows.ts';
import { fitPopulation } from '../../models/audience/population.ts';
import type { FittedPopulation } from '../../models/audience/population.ts';
import { sha256 } from '../digest.ts';
import type { ProgressListener } from '../progress.ts';
import { yamlText } from '../yaml/write.ts';
import { readBehaviourLog } from './behaviour-log.ts';
import type { BehaviourColumns, BehaviourLog } from './behaviour-log.ts';
import { checkPopulation } from './population-check.ts';
import type { PopulationCheck } from './population-check.ts';
import { populationFrom } from './simulated.ts';

export interface PopulationResult {
  /** Name of the log, and its digest. */
  source: string;
  sha256: string;
  log: BehaviourLog;
  fitted: FittedPopulation;
  /** Null where the log is too short to hold a part of it back. */
  check: PopulationCheck | null;
  warnings: readonly Warning[];
  yaml: string;
}

/** Reads, fits and checks. Same log, same bytes. Throws `InputError` for a log that cannot be used. */
export async function populationOf(
  file: string,
  columns?: BehaviourColumns,
  onProgress?: ProgressListener,
): Promise<PopulationResult> {
  const log = await readBehaviourLog(file, columns, onProgress);
  const fitted = fitPopulation(log, randomFrom('population'));
  const origin = { source: path.basename(file), sha256: sha256(readFileSync(file)) };
  const document = populationSchema.parse({
    ...populationFrom(log, fitted),
    ...origin,
    rows: log.read,
    dropped: log.dropped,
    period: [...log.period],
    visits: fitted.visits,
  });
  const check = checkPopulation(log, onProgress);
  const warnings = [...warningsOf(log, fitted), ...(check?.warnings ?? [TOO_SHORT])];
  return { ...origin, log, fitted, check, warnings, yaml: yamlText(document) };
}

const TOO_SHORT: Warning = {
  kind: 'not-held-out',
  message: 'The log is too short to hold a quarter of it back, so nothing says how well a market resembles it.',
  advice: 'Fit a log of at least four weeks.',
};

/** Fewer users than this make segments a matter of chance. */
const FEW_USERS = 100;

function warningsOf(log: BehaviourLog, fitted: FittedPopulation): Warning[] {
  const warnings: Warning[] = [];
  if (log.users < FEW_USERS) {
    warnings.push({
      kind: 'few-users',
      message: `The log holds ${log.users} users: segments of so few are a matter of chance.`,
      advice: `Fit a log of at least ${FEW_USERS} users.`,
    });
  }
  if (fitted.activityShapeInterval === null) {
    warnings.push({
      kind: 'activity-not-told',
      message: `Visits do not tell how unequal users are: the shape of activity is ${fitted.activityShape.toPrecision(2)}, the end of what is tried.`,
      advice: 'Set world.population.activityShape by hand, or fit a longer log.',
    });
  }
  const rest = log.categories.length - 1;
  const inRest = log.category.reduce((sum, c) => sum + (c === rest ? 1 : 0), 0) / log.size;
  if (log.categories[rest] === REST && inRest > 0.5) {
    warnings.push({
      kind: 'mostly-other',
      message: `${Math.round(100 * inRest)} % of the rows are of no category but "${REST}": tastes are known of the others alone.`,
      advice: 'Map a category column with --columns if the log has one.',
    });
  }
  return warnings;
}
