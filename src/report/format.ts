/**
 * Numbers as a reader meets them: with their unit and their doubt. Nothing here asks the machine's locale, so the same
 * results give the same bytes everywhere.
 */
import type { Summary } from '../core/statistics.ts';

/** What stands for a number that does not exist (no impressions, division by no cost). */
export const MISSING = '–';
const MINUS = '\u2212';
const NARROW_SPACE = '\u202f';

/** How a quantity is written: `scale` turns the stored number into the one shown. */
export interface Unit {
  scale: number;
  prefix: string;
  /** Follows the mean, with its space. */
  suffix: string;
}

export const PLAIN: Unit = { scale: 1, prefix: '', suffix: '' };
export const PERCENT: Unit = { scale: 100, prefix: '', suffix: `${NARROW_SPACE}%` };
export const DOLLARS: Unit = { scale: 1, prefix: '$', suffix: '' };

/** The unit of a reward (`WorldResult.rewardUnit`): dollars get their sign in front, anything else its name behind. */
export function rewardUnit(name: string): Unit {
  return name === 'USD' ? DOLLARS : { scale: 1, prefix: '', suffix: name === '' ? '' : ` ${rewardName(name)}` };
}

/** What rewards are counted in: `clicks`, `USD`. */
export function rewardName(name: string): string {
  return name === 'click' ? 'clicks' : name;
}

/** True for a number that can be shown; results read back from JSON hold null where a ratio had no denominator. */
export function isShown(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Fixed decimals, comma groups, a true minus sign; never `-0`. */
export function decimal(value: number | null | undefined, decimals = 0): string {
  if (!isShown(value)) return MISSING;
  const digits = Math.abs(value).toFixed(decimals);
  if (digits.includes('e')) return `${value < 0 ? MINUS : ''}${digits}`;
  const [whole, fraction] = digits.split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const text = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  return value < 0 && /[1-9]/.test(text) ? MINUS + text : text;
}

/** Decimals at which a number shows `digits` significant digits; 0 for large ones, 12 at most. */
export function significantDecimals(value: number, digits: number): number {
  if (!isShown(value) || value === 0) return 0;
  const exponent = Number(
    Math.abs(value)
      .toExponential(digits - 1)
      .split('e')[1],
  );
  return Math.min(Math.max(digits - 1 - exponent, 0), 12);
}

/**
 * Decimals at which a doubt is worth showing: the Particle Data Group's rule (Review of Particle Physics, Introduction
 * §5.3): two digits where the first three are 100–354 or 950–999, one in between.
 */
export function doubtDecimals(half: number): number {
  if (!isShown(half) || half === 0) return 0;
  const [digits, exponent] = Math.abs(half).toExponential(2).split('e');
  const three = Math.round(Number(digits) * 100);
  // From 950 the doubt rounds up to 1000 and keeps two digits of that, which is one decimal fewer than its own two.
  const kept = three <= 354 ? 2 : 1;
  return Math.min(Math.max(kept - 1 - Number(exponent), 0), 12);
}

/** True for numbers that fixed decimals would show as a row of noughts or of digits that mean nothing. */
function beyondDecimals(value: number): boolean {
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-9 || size >= 1e15);
}

/** `1.23e−300` */
function exponential(value: number): string {
  return value.toExponential(2).replaceAll('-', MINUS).replace('e+', 'e');
}

/** True where bounds differ by no more than rounding makes them. */
export function isPoint([low, high]: readonly [number, number]): boolean {
  return Math.abs(high - low) <= 1e-9 * Math.max(Math.abs(low), Math.abs(high));
}

/** A number in its unit with about three significant digits: `2.14 %`, `$1,204`, `0.0312 clicks`. */
export function quantity(value: number | null | undefined, unit: Unit = PLAIN, decimals?: number): string {
  if (!isShown(value)) return MISSING;
  const scaled = value * unit.scale;
  const shown = beyondDecimals(scaled)
    ? exponential(scaled)
    : decimal(scaled, decimals ?? significantDecimals(scaled, 3));
  const negative = shown.startsWith(MINUS);
  return `${negative ? MINUS : ''}${unit.prefix}${negative ? shown.slice(1) : shown}${unit.suffix}`;
}

/**
 * A mean and its half-width, apart, so that a table can set them in two tones. `doubt` is '' where unknown; a summary of
 * no repetitions (a rate that had no denominator in any seed) is no number.
 */
export function meanAndDoubt(summary: Summary, unit: Unit = PLAIN): { mean: string; doubt: string } {
  if (summary.count === 0 || !isShown(summary.mean)) return { mean: MISSING, doubt: '' };
  const interval = summary.interval;
  if (interval === null || !isShown(interval[0]) || !isShown(interval[1])) {
    return { mean: quantity(summary.mean, unit), doubt: '' };
  }
  const half = (Math.abs(interval[1] - interval[0]) / 2) * unit.scale;
  if (half === 0) return { mean: quantity(summary.mean, unit), doubt: '± 0' };
  const decimals = doubtDecimals(half);
  return { mean: quantity(summary.mean, unit, decimals), doubt: `± ${decimal(half, decimals)}` };
}

/** A mean with its doubt: `2.14 % ± 0.08`, `$1,204 ± 12`; without the doubt where there is one repetition. */
export function plusMinus(summary: Summary, unit: Unit = PLAIN): string {
  const { mean, doubt } = meanAndDoubt(summary, unit);
  return doubt === '' ? mean : `${mean} ${doubt}`;
}

/** A level of confidence: `95 %`, `99.2 %`, `99.999 %`; never 100 % of one below 1. */
export function confidence(level: number): string {
  const decimals = level < 1 ? Math.max(1, Math.ceil(-Math.log10(100 * (1 - level)) - 1e-9)) : 1;
  return `${decimal(level * 100, Math.min(decimals, 12)).replace(/\.0$/, '')}${PERCENT.suffix}`;
}

/** A share as a percentage: `2.14 %`. */
export function percent(rate: number | null | undefined, decimals?: number): string {
  return quantity(rate, PERCENT, decimals);
}

/** A difference with its sign: `+3.2 %`, `−0.004`. */
export function signed(value: number | null | undefined, unit: Unit = PLAIN, decimals?: number): string {
  const text = quantity(value, unit, decimals);
  return isShown(value) && value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** A mean difference with its sign and doubt: `+3.2 % ± 0.4`. */
export function signedPlusMinus(summary: Summary, unit: Unit = PLAIN): string {
  const text = plusMinus(summary, unit);
  return isShown(summary.mean) && summary.mean > 0 && /^[^±]*[1-9]/.test(text) ? `+${text}` : text;
}

/** An interval that need not be symmetric: `[2.06, 2.23]`, in the unit's scale and without its name. */
export function interval(bounds: readonly [number, number] | null, unit: Unit = PLAIN): string {
  if (bounds === null || !isShown(bounds[0]) || !isShown(bounds[1])) return '';
  const [low, high] = [bounds[0] * unit.scale, bounds[1] * unit.scale];
  if ([low, high].some(beyondDecimals))
    return `[${[low, high].map((x) => (x === 0 ? '0' : exponential(x))).join(', ')}]`;
  const decimals = isPoint([low, high]) ? significantDecimals(high, 3) : doubtDecimals((high - low) / 2);
  return `[${decimal(low, decimals)}, ${decimal(high, decimals)}]`;
}

/** A rate with an interval that need not be symmetric: `2.14 % [2.06, 2.23]`. */
export function rateWithInterval(rate: number, bounds: readonly [number, number] | null, unit: Unit = PERCENT): string {
  if (!isShown(rate)) return MISSING;
  if (bounds === null || !isShown(bounds[0]) || !isShown(bounds[1])) return quantity(rate, unit);
  const width = (Math.abs(bounds[1] - bounds[0]) / 2) * unit.scale;
  const decimals = isPoint(bounds) ? significantDecimals(rate * unit.scale, 3) : doubtDecimals(width);
  return `${quantity(rate, unit, decimals)} ${interval(bounds, unit)}`;
}

/** A duration in words: `48 s`, `3 min 20 s`. */
export function duration(seconds: number): string {
  if (!isShown(seconds)) return MISSING;
  if (seconds < 10) return `${decimal(seconds, 1)} s`;
  const whole = Math.round(seconds);
  return whole < 120 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Estimators by the name the field knows: `ips` → `IPS`. */
export function estimatorName(name: string): string {
  return /^[a-z]{2,5}$/.test(name) ? name.toUpperCase() : name;
}

/** `one seed`, `8 seeds`: a count with its noun; `plural` where it isn't noun + s. */
export function counted(count: number, noun: string, plural: string = `${noun}s`): string {
  return `${count === 1 ? 'one' : decimal(count)} ${count === 1 ? noun : plural}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}
