/** What the small Open Bandit Dataset says of itself, and the uniform policy valued on it: numbers to check a reader by. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { matrix } from '../../core/matrix.ts';
import { ips } from '../../ope/estimators/ips.ts';
import { snips } from '../../ope/estimators/snips.ts';
import { evaluate } from '../../ope/evaluate.ts';
import { openLog, wholeLog } from '../logs/open-log.ts';
import type { OpenBanditStudy } from './paper.ts';
import { judged } from './verdict.ts';
import type { PaperRow } from './verdict.ts';

/** A row for each check of each log; rows whose log is not at hand say so. */
export async function openBanditRows(paper: string, study: OpenBanditStudy, dataFolder: string): Promise<PaperRow[]> {
  const each = study.logs.map(async ({ file, checks }) => {
    const path = join(dataFolder, file);
    const found = existsSync(path) ? await numbersOf(path) : undefined;
    return checks.map((check): PaperRow => {
      const place = { paper, study: file, what: check.what.replaceAll('-', ' '), runs: 1 };
      if (found) return { ...place, ...judged(check, found[check.what], null) };
      const none = { sourceError: null, ours: null, error: null, interval: null, rule: '' };
      return { ...place, ...none, source: check.expect ?? null, verdict: 'needs data', note: `${file} is not at hand` };
    });
  });
  return (await Promise.all(each)).flat();
}

type Numbers = Record<OpenBanditStudy['logs'][number]['checks'][number]['what'], number>;

async function numbersOf(path: string): Promise<Numbers> {
  const { log } = await wholeLog(await openLog(path, { carry: [] }));
  const { size, decisions, outcomes } = log;
  const actions = log.spec.actions.length;
  const { action, propensity } = decisions;
  const uniform = matrix(size, actions);
  uniform.data.fill(1 / actions);
  const [byIps, bySnips] = evaluate({ log, evaluation: uniform }, [ips(), snips()]);
  return {
    rows: size,
    clicks: outcomes.reward.reduce((sum, click) => sum + click, 0),
    items: new Set(action).size,
    'smallest-propensity': propensity.reduce((least, p) => Math.min(least, p)),
    'uniform-by-ips': byIps.value,
    'uniform-by-snips': bySnips.value,
    'effective-sample-size': byIps.effectiveSampleSize,
    'largest-weight': 1 / actions / propensity.reduce((least, p) => Math.min(least, p)),
  };
}
