/** `adsim fit LOG --response`: the click response of a log, checked on its last quarter. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { wilson } from '../../core/intervals.ts';
import type { Warning } from '../../core/warnings.ts';
import { fitClickResponse } from '../../models/response/click-response.ts';
import type { ResponseFit, ResponseOptions, ResponseRows } from '../../models/response/click-response.ts';
import type { Estimated } from '../../models/response/headline-weights.ts';
import { sha256 } from '../digest.ts';
import { yamlText } from '../yaml/write.ts';
import { readResponseLog } from './response-log.ts';
import type { ResponseColumns } from './response-log.ts';

/** Held-out rows of one kind: expected against observed clicks. */
export interface HeldOutBin {
  name: string;
  rows: number;
  /** Mean predicted click rate. */
  predicted: number;
  observed: number;
  /** Wilson's, of what was observed. */
  interval: readonly [number, number];
}

export interface ResponseResult {
  /** File name without its folder. */
  source: string;
  sha256: string;
  rows: number;
  clicks: number;
  /** Fitted on the first `trainRows` rows in time order. */
  trainRows: number;
  fit: ResponseFit;
  heldOut: {
    rows: number;
    clicks: number;
    expected: number;
    /** Observed over expected clicks, with its interval (Wilson's of the observed rate). */
    calibration: { ratio: number; interval: readonly [number, number] };
    byDecile: readonly HeldOutBin[];
    byPosition: readonly HeldOutBin[];
    /** Six hours each. */
    byHour: readonly HeldOutBin[];
  };
  warnings: readonly Warning[];
}

const TRAIN_SHARE = 0.75;
/** Fewer clicks in the fit than this leave most effects unknown. */
const FEW_CLICKS = 200;

/** Reads, fits and checks a log. Deterministic. Throws `InputError` for a log that cannot be read or has too few clicks. */
export async function fitResponse(
  file: string,
  options: ResponseOptions & { columns?: ResponseColumns } = {},
): Promise<ResponseResult> {
  const { columns, ...rest } = options;
  const rows = await readResponseLog(file, columns);
  return { source: path.basename(file), sha256: sha256(readFileSync(file)), ...checkedFit(rows, rest) };
}

/** Fits the first three quarters of a log in time order and holds the rest against it. */
export function checkedFit(rows: ResponseRows, options: ResponseOptions): Omit<ResponseResult, 'source' | 'sha256'> {
  const level = options.level ?? 0.95;
  const trainRows = Math.floor(TRAIN_SHARE * rows.size);
  const fit = fitClickResponse(part(rows, 0, trainRows), options);
  // Predicted with the whole log, so that exposures before the split count.
  const predicted = fit.predict(rows);
  const held = Array.from({ length: rows.size - trainRows }, (_, i) => trainRows + i);
  const bin = (name: string, of: readonly number[]): HeldOutBin => {
    const clicks = of.reduce((sum, i) => sum + rows.click[i], 0);
    const expected = of.reduce((sum, i) => sum + predicted[i], 0);
    const n = of.length;
    return { name, rows: n, predicted: expected / n, observed: clicks / n, interval: wilson(clicks, n, level) };
  };
  const bins = (kinds: readonly string[], kind: (i: number) => string): HeldOutBin[] =>
    kinds.flatMap((name) => {
      const of = held.filter((i) => kind(i) === name);
      return of.length === 0 ? [] : [bin(name, of)];
    });
  const ranked = held.toSorted((a, b) => predicted[a] - predicted[b] || a - b);
  const cut = (t: number): number => Math.floor((t * ranked.length) / 10);
  const all = bin('all', held);
  const { position, hour } = rows;
  const places = position ? [...new Set(position)].toSorted((a, b) => a - b).map(String) : [];
  const quarters = ['0–6 h', '6–12 h', '12–18 h', '18–24 h'];
  return {
    rows: rows.size,
    clicks: rows.click.reduce((sum, one) => sum + one, 0),
    trainRows,
    fit,
    heldOut: {
      rows: held.length,
      clicks: Math.round(all.observed * all.rows),
      expected: all.predicted * all.rows,
      calibration: {
        ratio: all.observed / all.predicted,
        interval: [all.interval[0] / all.predicted, all.interval[1] / all.predicted],
      },
      byDecile: Array.from({ length: 10 }, (_, t) => t).flatMap((t) =>
        cut(t) < cut(t + 1) ? [bin(`${t + 1}`, ranked.slice(cut(t), cut(t + 1)))] : [],
      ),
      byPosition: position ? bins(places, (i) => String(position[i])) : [],
      byHour: hour ? bins(quarters, (i) => quarters[Math.floor((hour[i] % 24) / 6)]) : [],
    },
    warnings: warningsOf(fit, all, rows),
  };
}

/** `response.yaml`: every value with its interval, and the config key it stands for. Same result, same bytes. */
export function responseYaml(result: ResponseResult): string {
  const { fit, source, rows, clicks, trainRows, heldOut } = result;
  const shown = ({ value, interval: [low, high] }: Estimated): { value: number; interval: [number, number] } => ({
    value: rounded(value),
    interval: [rounded(low), rounded(high)],
  });
  const table = (of: Readonly<Record<string, Estimated>>): Record<string, unknown> =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name, shown(value)]));
  const document = {
    schemaVersion: 1,
    source,
    sha256: result.sha256,
    rows,
    clicks,
    fittedOn: { rows: trainRows, clicks: fit.clicks, l2: fit.l2, level: fit.level },
    heldOut: {
      rows: heldOut.rows,
      clicks: heldOut.clicks,
      observedOverExpected: rounded(heldOut.calibration.ratio),
      interval: heldOut.calibration.interval.map(rounded),
    },
    baseCtr: shown(fit.baseCtr),
    ...(fit.hour && { hourAmplitude: shown(fit.hour.amplitude), hourPeak: rounded(fit.hour.peak) }),
    ...(fit.headlineWeights && { headlineWeights: table(fit.headlineWeights) }),
    ...(fit.positionFactors && { positionFactors: fit.positionFactors.map(shown) }),
    ...(fit.fatigue && {
      fatigue: { weight: shown(fit.fatigue.weight), halfLifeHours: fit.fatigue.halfLifeHours },
    }),
    categoryEffects: table(fit.items),
  };
  return yamlText(document);
}

/** Six significant digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

/** Rows [from, to). */
function part(rows: ResponseRows, from: number, to: number): ResponseRows {
  const { click, item, items, position, hour, user, headline, size } = rows;
  const out: ResponseRows = { size: to - from, click: click.subarray(from, to), item: item.subarray(from, to), items };
  if (position) out.position = position.subarray(from, to);
  if (hour) out.hour = hour.subarray(from, to);
  if (user) out.user = user.subarray(from, to);
  if (headline) {
    const d = headline.length / size;
    out.headline = headline.subarray(from * d, to * d);
  }
  return out;
}

function warningsOf(fit: ResponseFit, all: HeldOutBin, rows: ResponseRows): Warning[] {
  const warnings: Warning[] = [];
  if (fit.clicks < FEW_CLICKS) {
    warnings.push({
      kind: 'few-clicks',
      message: `The fit rests on ${fit.clicks} clicks: most intervals are wide.`,
      advice: `Rely on the intervals, not on the values; a log with at least ${FEW_CLICKS} clicks tells more.`,
    });
  }
  if (all.predicted < all.interval[0] || all.predicted > all.interval[1]) {
    warnings.push({
      kind: 'not-calibrated',
      message: 'The last quarter of the log was clicked at another rate than the fit expected.',
      advice: 'The market has changed or the fit is wrong: fit a later log, or one with more of its columns mapped.',
    });
  }
  const absent = [
    ...(rows.position ? [] : ['position']),
    ...(rows.hour ? [] : ['time']),
    ...(rows.user ? [] : ['user (no fatigue)']),
    ...(rows.headline ? [] : ['headline']),
  ];
  if (absent.length > 0) {
    warnings.push({
      kind: 'not-in-the-log',
      message: `Not fitted, because the log does not hold it: ${absent.join(', ')}.`,
      advice: 'Map the columns with --columns if the log has them; else keep the world’s defaults.',
    });
  }
  return warnings;
}
