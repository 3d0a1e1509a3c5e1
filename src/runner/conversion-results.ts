/** What models of conversions make of a log that some conversions are missing from, over seeds: part of `results.json`. */
import type { PairedDifference } from '../core/paired.ts';
import { pairedDifference } from '../core/paired.ts';
import type { Summary } from '../core/statistics.ts';
import { summarise } from '../core/statistics.ts';
import type { Warning } from '../core/warnings.ts';
import type { ConversionScores, ConversionStudy } from './conversion-study.ts';

/** The models, and how much their logs had seen. */
export interface ConversionsResult {
  /** Clicks in a seed's log. */
  clicks: Summary;
  /** Share of the conversions to be expected of a log's clicks that had come by its end. */
  seen: Summary;
  /** True mean of P(conversion | click), over all requests and ads. */
  rate: Summary;
  /** Name of the model that the others are held against: the first that learned something; null where none did. */
  reference: string | null;
  /** In the order of the experiment. */
  models: readonly ConversionModelResult[];
}

/** One model, over the seeds whose log taught it. */
export interface ConversionModelResult {
  name: string;
  /** Null where no seed's log taught it anything; `untaught` then says why, or why some seeds' did not. */
  scores: {
    /** Mean of what it says of P(conversion | click), over the true mean, less 1. */
    bias: Summary;
    /** Root mean square error of P(conversion | click), and of P(conversion | shown). */
    error: Summary;
    shownError: Summary;
    /** |bias| less that of the reference, seed by seed; null of the reference itself, and for fewer than two seeds. */
    lessBias: PairedDifference | null;
  } | null;
  /** Seeds whose log taught it. */
  seeds: number;
  untaught?: string;
}

/** Fewer conversions than this leave little to learn from. */
const FEW = 50;

/** Throws RangeError without a seed. */
export function aggregateConversions(studies: readonly ConversionStudy[]): ConversionsResult {
  if (studies.length === 0) throw new RangeError('aggregateConversions: no seeds');
  const names = studies[0].models.map(({ name }) => name);
  const scoresOf = (m: number): (ConversionScores | undefined)[] =>
    studies.map(({ models }) => {
      const one = models[m];
      return 'scores' in one ? one.scores : undefined;
    });
  const reference = names.findIndex((_, m) => scoresOf(m).some((one) => one !== undefined));
  return {
    clicks: summarise(studies.map(({ clicks }) => clicks)),
    seen: summarise(studies.map(({ seen, expected }) => seen / expected)),
    rate: summarise(studies.map(({ rate }) => rate)),
    reference: reference < 0 ? null : names[reference],
    models: names.map((name, m): ConversionModelResult => {
      const scores = scoresOf(m);
      const taught = scores.flatMap((one) => one ?? []);
      const reasons = studies.flatMap(({ models }) => ('untaught' in models[m] ? [models[m].untaught] : []));
      const over = (of: (one: ConversionScores) => number): Summary => summarise(taught.map(of));
      return {
        name,
        seeds: taught.length,
        scores:
          taught.length === 0
            ? null
            : {
                bias: over(({ bias }) => bias),
                error: over(({ error }) => error),
                shownError: over(({ shownError }) => shownError),
                lessBias: m === reference ? null : lessBias(scores, scoresOf(reference)),
              },
        ...(reasons.length > 0 && { untaught: reasons[0] }),
      };
    }),
  };
}

function lessBias(
  scores: readonly (ConversionScores | undefined)[],
  reference: readonly (ConversionScores | undefined)[],
): PairedDifference | null {
  const pairs = scores.flatMap((one, s) => {
    const other = reference[s];
    return one && other ? [[Math.abs(one.bias), Math.abs(other.bias)]] : [];
  });
  return pairedDifference(
    pairs.map(([mine]) => mine),
    pairs.map(([, theirs]) => theirs),
  );
}

/** Models that some logs taught nothing, and logs of too few conversions. */
export function conversionDoubts(studies: readonly ConversionStudy[]): Warning[] {
  const few = studies.filter(({ seen }) => seen < FEW);
  const untaught = new Map<string, { why: string; seeds: number }>();
  for (const one of studies.flatMap(({ models }) => models)) {
    if (!('untaught' in one)) continue;
    const { why = one.untaught, seeds = 0 } = untaught.get(one.name) ?? {};
    untaught.set(one.name, { why, seeds: seeds + 1 });
  }
  return [
    ...(few.length > 0
      ? [
          {
            kind: 'few-conversions',
            message: `the logs of ${few.length} of ${studies.length} seeds hold fewer than ${FEW} conversions, the least ${Math.min(...few.map(({ seen }) => seen))}`,
            advice: 'raise logRequests before comparing models of conversions',
          },
        ]
      : []),
    ...Array.from(untaught, ([name, { why, seeds }]) => ({
      kind: 'untaught',
      message: `the conversion model ${name} could not learn in ${seeds} of ${studies.length} seeds: ${why}`,
      advice: 'it is left out of those seeds',
    })),
  ];
}
