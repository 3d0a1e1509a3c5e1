/** What models of conversions make of a log that some conversions are missing from, over seeds: part of `results.json`. */
import type { PairedDifference } from '../core/paired.ts';
import { pairedDifference } from '../core/paired.ts';
import type { Summary } from '../core/statistics.ts';
import { summarise } from '../core/statistics.ts';
import type { Warning } from '../core/warnings.ts';
import type { ConversionScores, ConversionStudy } from './conversion-study.ts';

export interface ConversionsResult {
  /** Clicks in a seed's log. */
  clicks: Summary;
  /** Share of the conversions to be expected of a log's clicks that had come by its end. */
  seen: Summary;
  /** True mean of P(conversion | click), over all requests and ads. */
  rate: Summary;
  /** In the order of the experiment. */
  models: readonly ConversionModelResult[];
}

export interface ConversionModelResult {
  name: string;
  /** Null where no seed's log taught it anything; `untaught` then says why, or why some seeds' did not. */
  scores: {
    /** Mean of what it says of P(conversion | click), over the true mean, less 1. */
    bias: Summary;
    /** Root mean square error of P(conversion | click), and of P(conversion | shown). */
    error: Summary;
    shownError: Summary;
    /** |bias| less that of the first model, seed by seed; null of the first, and for fewer than two seeds. */
    biasAgainstFirst: PairedDifference | null;
  } | null;
  /** Seeds whose log taught it. */
  seeds: number;
  untaught?: string;
}

/** Fewer conversions than this leave little to learn from. */
const FEW = 50;

export function aggregateConversions(studies: readonly ConversionStudy[]): ConversionsResult {
  const names = studies[0].models.map(({ name }) => name);
  const scoresOf = (m: number): (ConversionScores | undefined)[] =>
    studies.map(({ models }) => {
      const one = models[m];
      return 'scores' in one ? one.scores : undefined;
    });
  const first = scoresOf(0);
  return {
    clicks: summarise(studies.map(({ clicks }) => clicks)),
    seen: summarise(studies.map(({ seen, expected }) => seen / expected)),
    rate: summarise(studies.map(({ rate }) => rate)),
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
                biasAgainstFirst: m === 0 ? null : lessBias(scores, first),
              },
        ...(reasons.length > 0 && { untaught: reasons[0] }),
      };
    }),
  };
}

function lessBias(
  scores: readonly (ConversionScores | undefined)[],
  first: readonly (ConversionScores | undefined)[],
): PairedDifference | null {
  const pairs = scores.flatMap((one, s) => {
    const other = first[s];
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
  const untaught = studies.flatMap(({ models }) =>
    models.flatMap((one) => ('untaught' in one ? [{ name: one.name, why: one.untaught }] : [])),
  );
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
    ...untaught.map(({ name, why }) => ({
      kind: 'untaught',
      message: `the conversion model ${name} could not learn: ${why}`,
      advice: 'it is left out of those seeds',
    })),
  ];
}
