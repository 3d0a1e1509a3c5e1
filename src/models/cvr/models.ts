/** Models of clicks and conversions: one over the entire space of impressions, and two separate ones. */
import { z } from 'zod';
import type { Matrix, Requests } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { actionExamples, answersAt } from '../ctr/action-examples.ts';
import { refuseOneClass } from '../ctr/labels.ts';
import type { ModelSetup } from '../ctr/labels.ts';
import { NETWORK_KINDS } from '../supervised/networks/architectures.ts';
import { networkFields } from '../supervised/networks/entries.ts';
import { inputsOf } from '../supervised/networks/inputs.ts';
import type { Towers } from '../supervised/networks/towers.ts';
import type { ConversionModel } from './conversion-model.ts';
import { conversionsOf, selectConversions } from './conversions.ts';
import type { Conversions } from './conversions.ts';
import { delayDistribution } from './delay-distribution.ts';
import { delayedLoss, entireSpaceLoss, labelLoss } from './losses.ts';
import type { ConversionLoss } from './losses.ts';
import { towersOfLog } from './towers-of-log.ts';

/** Share of conversions that must have come by a click's age for its own to count in full: weights stay below 20. */
const LEAST_SHARE = 0.05;

const FEEDBACK = ['seen', 'closed', 'weighted', 'exponential'] as const;

const network = z.enum(NETWORK_KINDS).default('mlp').describe('The network of each tower');

const esmmSchema = z.strictObject({
  kind: z.literal('esmm').describe('Clicks, and conversions as clicks times what comes of them, over all impressions'),
  ...networkFields,
  network,
});

const separateSchema = z.strictObject({
  kind: z.literal('separate').describe('A model of clicks, and one of conversions learned from clicks alone'),
  ...networkFields,
  network,
  feedback: z
    .enum(FEEDBACK)
    .default('seen')
    .describe(
      'What a click without a conversion says: seen: that there is none; closed: nothing, until its window has closed; ' +
        'weighted: none, and conversions of young clicks count for those not yet seen; exponential: the delayed feedback model',
    ),
});

export const conversionSchema = z.discriminatedUnion('kind', [esmmSchema, separateSchema]);
export type ConversionConfig = z.infer<typeof conversionSchema>;
export type ConversionInput = z.input<typeof conversionSchema>;

/** What reports call a model: its name, or its kind with what it makes of clicks without a conversion. */
export function conversionName(config: ConversionConfig): string {
  if (config.name !== undefined) return config.name;
  return config.kind === 'separate' ? `separate, ${config.feedback}` : config.kind;
}

/** A model of clicks and conversions, untrained. Throws ZodError on a configuration outside the schema. */
export function createConversionModel(config: ConversionInput, setup: ModelSetup): ConversionModel {
  const parsed = conversionSchema.parse(config);
  const name = conversionName(parsed);
  const table = actionExamples(setup);
  let parts: { click: Towers; conversion: Towers; tower: number } | undefined;
  return {
    name,
    async fit(log, random) {
      const all = conversionsOf(log, setup);
      refuseOneClass(sum(all.click), all.size, 'log');
      const learn = (
        lines: Conversions,
        lossOf: (lines: Conversions) => ConversionLoss,
        biases: number[],
        of: string,
      ) =>
        towersOfLog(
          { name, network: parsed.network, settings: parsed, biases, lossOf },
          log.requests,
          lines,
          table,
          setup,
          random.stream(of),
        );
      const clickBias = logOdds(sum(all.click) / all.size);
      const conversionBias = logOdds(sum(all.converted) / sum(all.click));
      if (parsed.kind === 'esmm') {
        const { towers, report, rows } = await learn(all, entireSpaceLoss, [clickBias, conversionBias], 'both');
        parts = { click: towers, conversion: towers, tower: 1 };
        return { model: name, rows, ...report, warnings: [] };
      }
      const clicks = await learn(all, ({ click }) => labelLoss(click), [clickBias], 'click');
      const clicked = clickedLines(all, parsed.feedback);
      const { lossOf, biases } = feedbackLoss(parsed.feedback, clicked, conversionBias);
      const conversions = await learn(clicked, lossOf, biases, 'conversion');
      parts = { click: clicks.towers, conversion: conversions.towers, tower: 0 };
      return { model: name, rows: clicks.rows, ...conversions.report, warnings: [] };
    },
    predict(requests, click, conversion) {
      if (!parts) throw new Error(`${name}: predict before fit`);
      fill(parts.click, 0, requests, click);
      fill(parts.conversion, parts.tower, requests, conversion);
    },
  };

  function fill({ design, forward }: Towers, tower: number, requests: Requests, out: Matrix): void {
    table.each(requests, (rows, from) => {
      const inputs = inputsOf(design, rows);
      const { data } = answersAt(out, from, rows.size);
      for (let i = 0; i < rows.size; i++) data[i] = 1 / (1 + Math.exp(-forward[tower](inputs, i)[0]));
    });
  }
}

/** Clicked lines; of these, where only closed windows count, those old enough, whatever came of them. */
function clickedLines(all: Conversions, feedback: (typeof FEEDBACK)[number]): Conversions {
  const lines = Array.from({ length: all.size }, (_, i) => i).filter(
    (i) => all.click[i] === 1 && (feedback !== 'closed' || all.age[i] >= all.windowHours),
  );
  const clicked = selectConversions(all, lines);
  const seen = sum(clicked.converted);
  if (seen > 0 && seen < clicked.size) return clicked;
  throw new InputError(
    `log: ${seen} conversions in ${clicked.size} clicks whose feedback is in leave nothing to tell apart; log for longer`,
  );
}

function feedbackLoss(
  feedback: (typeof FEEDBACK)[number],
  clicked: Conversions,
  bias: number,
): { lossOf: (lines: Conversions) => ConversionLoss; biases: number[] } {
  if (feedback === 'exponential') {
    const unitHours = Math.max(1e-6, sum(clicked.delay) / sum(clicked.converted));
    return { lossOf: (lines) => delayedLoss(lines, unitHours), biases: [bias, 0] };
  }
  if (feedback !== 'weighted') return { lossOf: ({ converted }) => labelLoss(converted), biases: [bias] };
  const seen = Array.from({ length: clicked.size }, (_, i) => i).filter((i) => clicked.converted[i] === 1);
  const { delay, age } = selectConversions(clicked, seen);
  const within = delayDistribution(delay, age);
  // A conversion seen of a click this old stands for all such clicks' conversions: labels that are right on average.
  const lossOf = ({ converted, age: old }: Conversions): ConversionLoss =>
    labelLoss(Float64Array.from(converted, (y, i) => (y === 1 ? 1 / Math.max(LEAST_SHARE, within.at(old[i])) : 0)));
  return { lossOf, biases: [bias] };
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i];
  return total;
}

function logOdds(p: number): number {
  return Math.log(p / (1 - p));
}
