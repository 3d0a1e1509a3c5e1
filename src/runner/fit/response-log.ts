/** Reads a user's ad log for `adsim fit --response`: a CSV whose columns are mapped, or adsim's own Parquet. */
import { readFileSync } from 'node:fs';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { z } from 'zod';
import { HEADLINE_NAMES } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import type { ResponseRows } from '../../models/response/click-response.ts';
import { headlineFeatures } from '../../models/text/headline.ts';
import { csvRecords } from '../upworthy-file.ts';

/** Which column of the log holds what; a log must at least say what was shown and whether it was clicked. */
export const responseColumns = z.strictObject({
  action: z.string().describe('What was shown: an item, an ad or a creative'),
  click: z.string().describe('1 where it was clicked, else 0'),
  time: z.string().optional().describe('When: an ISO date or hours since a midnight'),
  position: z.string().optional().describe('Place on the page, 1 at the top'),
  user: z.string().optional().describe('Who saw it'),
  category: z.string().optional().describe('Category of what was shown; effects are fitted by category then'),
  headline: z.string().optional().describe('Its text'),
  propensity: z.string().optional().describe('Probability with which it was chosen; not used by the fit'),
});
export type ResponseColumns = z.infer<typeof responseColumns>;

/** The Open Bandit Dataset's columns, which are recognised without a map. */
const OPEN_BANDIT: ResponseColumns = {
  action: 'item_id',
  click: 'click',
  time: 'timestamp',
  position: 'position',
  propensity: 'propensity_score',
};

const MS_PER_HOUR = 3_600_000;

/**
 * The log in time order. Without `columns` a CSV must have the Open Bandit Dataset's. Throws `InputError` for a file or
 * a cell that cannot be read.
 */
export async function readResponseLog(file: string, columns?: ResponseColumns): Promise<ResponseRows> {
  if (file.endsWith('.parquet')) return parquetRows(file);
  const map = columns ?? OPEN_BANDIT;
  const records = csvRecords(
    file,
    Object.values(map).filter((name) => name !== undefined),
  );
  return rowsOf(file, records, map);
}

type Cells = Record<string, unknown>;

function rowsOf(file: string, unsorted: readonly Cells[], map: ResponseColumns): ResponseRows {
  const { time } = map;
  const times = time === undefined ? undefined : unsorted.map((one, i) => hoursOf(file, one[time], i, time));
  const order = Array.from(unsorted.keys());
  if (times) order.sort((a, b) => times[a] - times[b] || a - b);
  const records = order.map((i) => unsorted[i]);
  const items = new Map<string, number>();
  const users = new Map<string, number>();
  const itemColumn = map.category ?? map.action;
  const rows: ResponseRows = {
    size: records.length,
    click: Uint8Array.from(records, (one, i) => bitOf(file, one[map.click], order[i], map.click)),
    item: Int32Array.from(records, (one) => numbered(items, String(one[itemColumn]))),
    items: [],
  };
  const { position, user, headline } = map;
  if (position !== undefined) {
    rows.position = Int32Array.from(records, (one, i) => placeOf(file, one[position], order[i], position));
  }
  if (times) {
    const first = Math.floor(times[order[0]] / 24) * 24;
    rows.hour = Float64Array.from(order, (i) => times[i] - first);
  }
  if (user !== undefined) rows.user = Int32Array.from(records, (one) => numbered(users, String(one[user])));
  if (headline !== undefined) {
    const d = HEADLINE_NAMES.length;
    rows.headline = new Float64Array(records.length * d);
    const known = new Map<string, Float64Array>();
    for (const [i, one] of records.entries()) {
      const text = String(one[headline]);
      const features = known.get(text) ?? headlineFeatures(text, 0);
      known.set(text, features);
      rows.headline.set(features.subarray(0, d - 1), i * d); // no product's topic is known: the last stays 0
    }
  }
  return { ...rows, items: [...items.keys()] };
}

/** An adsim log; slots become rows of their own, in page order. */
async function parquetRows(file: string): Promise<ResponseRows> {
  let records: Cells[];
  let names: readonly string[];
  try {
    const bytes = readFileSync(file);
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const meta = parquetMetadata(buffer).key_value_metadata?.find(({ key }) => key === 'adsim')?.value;
    if (meta === undefined) throw new Error('it carries no adsim metadata');
    names = (JSON.parse(meta) as { actions: string[] }).actions;
    records = await parquetReadObjects({ file: buffer });
  } catch (cause) {
    throw new InputError(`${file} cannot be read as an adsim log (${(cause as Error).message}); check the file`);
  }
  const slots = Object.keys(records[0] ?? {}).flatMap((name) => {
    if (name === 'action') return [{ suffix: '', place: 1 }];
    const found = /^action:(\d+)$/u.exec(name);
    return found ? [{ suffix: `:${found[1]}`, place: Number(found[1]) + 1 }] : [];
  });
  const cells = records.flatMap((one) =>
    slots.flatMap(({ suffix, place }) => {
      const action = Number(one[`action${suffix}`]);
      if (action < 0 || Number(one['won']) === 0) return [];
      return [{ item: names[action], click: one[`click${suffix}`], hour: one['hour'], user: one['user'], place }];
    }),
  );
  if (cells.length === 0) throw new InputError(`${file} shows no ads; give a log with impressions`);
  return rowsOf(file, cells, { action: 'item', click: 'click', time: 'hour', user: 'user', position: 'place' });
}

function numbered(known: Map<string, number>, key: string): number {
  const found = known.get(key);
  if (found !== undefined) return found;
  known.set(key, known.size);
  return known.size - 1;
}

function bitOf(file: string, cell: unknown, i: number, column: string): number {
  if (String(cell) === '0' || String(cell) === '1') return Number(cell);
  throw new InputError(`${file}: row ${i + 1} has ${column} '${String(cell)}'; it must be 0 or 1`);
}

function placeOf(file: string, cell: unknown, i: number, column: string): number {
  const place = Number(cell);
  if (Number.isInteger(place) && place >= 1 && place <= 50) return place;
  throw new InputError(`${file}: row ${i + 1} has ${column} '${String(cell)}'; positions count from 1 to 50`);
}

/** [h]: a number as it is, a date in UTC. */
function hoursOf(file: string, cell: unknown, i: number, column: string): number {
  const text = String(cell);
  if (text !== '' && Number.isFinite(Number(text))) return Number(text);
  // A date without a zone is read as UTC: the fit must not depend on where it runs.
  const iso = text
    .trim()
    .replace(' ', 'T')
    .replace(/(\.\d{3})\d+/u, '$1');
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/u.test(iso) || !iso.includes('T') ? iso : `${iso}Z`;
  const at = Date.parse(zoned);
  if (Number.isFinite(at)) return at / MS_PER_HOUR;
  throw new InputError(`${file}: row ${i + 1} has ${column} '${text}'; give an ISO date or a number of hours`);
}
