/** What the small Open Bandit Dataset says of itself, and the uniform policy valued on it: numbers to check a reader by. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { matrix } from '../../core/matrix.ts';
import { banditLog } from '../../ope/bandit-log.ts';
import { ips } from '../../ope/estimators/ips.ts';
import { snips } from '../../ope/estimators/snips.ts';
import { evaluate } from '../../ope/evaluate.ts';
import type { OpenBanditStudy } from './paper.ts';
import { judged } from './verdict.ts';
import type { PaperRow } from './verdict.ts';

/** A row for each check of each log; rows whose log is not at hand say so. */
export function openBanditRows(paper: string, study: OpenBanditStudy, dataFolder: string): PaperRow[] {
  return study.logs.flatMap(({ file, actions, checks }) => {
    const path = join(dataFolder, file);
    const found = existsSync(path) ? numbersOf(path, actions) : undefined;
    return checks.map((check): PaperRow => {
      const place = { paper, study: file, what: check.what.replaceAll('-', ' '), runs: 1 };
      if (found) return { ...place, ...judged(check, found[check.what], null) };
      const none = { sourceError: null, ours: null, error: null, interval: null, rule: '' };
      return { ...place, ...none, source: check.expect ?? null, verdict: 'needs data', note: `${file} is not at hand` };
    });
  });
}

type Numbers = Record<OpenBanditStudy['logs'][number]['checks'][number]['what'], number>;

function numbersOf(path: string, actions: number): Numbers {
  const rows = parse(gunzipSync(readFileSync(path)), { columns: true }) as Record<string, string>[];
  const column = (name: string): Float64Array => Float64Array.from(rows, (row) => Number(row[name]));
  const [action, propensity, reward] = ['item_id', 'propensity_score', 'click'].map(column);
  const log = banditLog({ actions, action, propensity, reward });
  const uniform = matrix(rows.length, actions);
  uniform.data.fill(1 / actions);
  const [byIps, bySnips] = evaluate({ log, evaluation: uniform }, [ips(), snips()]);
  return {
    rows: rows.length,
    clicks: reward.reduce((sum, click) => sum + click, 0),
    items: new Set(action).size,
    'smallest-propensity': propensity.reduce((least, p) => Math.min(least, p)),
    'uniform-by-ips': byIps.value,
    'uniform-by-snips': bySnips.value,
    'effective-sample-size': byIps.effectiveSampleSize,
    'largest-weight': 1 / actions / propensity.reduce((least, p) => Math.min(least, p)),
  };
}
