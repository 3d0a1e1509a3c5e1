/** The features of a preparation in a line each, for cards and reports. */
import type { Preparation, PreparedField, PreparedNumber } from '../../models/supervised/preparation/preparation.ts';
import type { FeatureFacts } from './training-results.ts';

/** Numbers, then categories, then texts. */
export function featureFacts({ rows, numbers, fields, texts, encoder }: Preparation): FeatureFacts[] {
  return [
    ...numbers.map((one): FeatureFacts => ({
      name: one.name,
      kind: 'number',
      missing: one.missing / rows,
      summary: numberSummary(one),
    })),
    ...fields.map((one): FeatureFacts => ({
      name: one.name,
      kind: one.bits === undefined && !one.open ? 'category' : 'hashed',
      missing: one.rows[0] / rows,
      summary: fieldSummary(one),
    })),
    ...texts.map(({ name, words, open, empty, dimensions }): FeatureFacts => ({
      name,
      kind: 'text',
      missing: empty / rows,
      summary: `${open ? 'words as they come, hashed by the model' : `${words.length - 1} words`}${encoder ? `, and ${dimensions} numbers of the encoder ${encoder.folder} (sha256 ${encoder.sha256.slice(0, 12)})` : ''}`,
    })),
  ];
}

const short = (value: number): string => String(Number(value.toPrecision(4)));

function numberSummary({ mean, deviation, least, largest }: PreparedNumber): string {
  return `mean ${short(mean)}, deviation ${short(deviation)}, from ${short(least)} to ${short(largest)}`;
}

function fieldSummary({ levels, rare, bits, open, codes, rows }: PreparedField): string {
  if (open) return 'as they come, hashed by the model';
  if (bits !== undefined) {
    const used = rows.slice(1).filter((count) => count > 0).length;
    return `2^${bits} buckets, ${used} of ${codes - 1} used`;
  }
  const own = levels.length - 1 - (rare.length > 0 ? 1 : 0);
  return `${own} levels${rare.length > 0 ? `, and ${rare.length} rare ones as "other"` : ''}`;
}
