/** Reads a behaviour log for `adsim fit`: who did something with which item, and when. Rows that say nothing are counted. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { z } from 'zod';
import { InputError } from '../../core/errors.ts';
import { REST } from '../../models/audience/behaviour-rows.ts';
import type { BehaviourRows } from '../../models/audience/behaviour-rows.ts';
import type { ProgressListener } from '../progress.ts';

/** Which column is which. */
export const behaviourColumns = z.strictObject({
  user: z.string().min(1).describe('Who'),
  time: z.string().min(1).describe('When: an ISO date and time'),
  text: z.string().min(1).optional().describe('What, in words: categories are made of its most frequent nouns'),
  category: z.string().min(1).optional().describe('What kind of thing; instead of text'),
  quantity: z.string().min(1).optional().describe('Rows with 0 or less are left out'),
  price: z.string().min(1).optional().describe('What one costs, in the log’s currency'),
  order: z.string().min(1).optional().describe('Rows whose value begins with C (cancellations) are left out'),
});
export type BehaviourColumns = z.infer<typeof behaviourColumns>;

/** UCI Online Retail. */
const ONLINE_RETAIL: BehaviourColumns = {
  user: 'CustomerID',
  time: 'InvoiceDate',
  text: 'Description',
  quantity: 'Quantity',
  order: 'InvoiceNo',
};

export interface BehaviourLog extends BehaviourRows {
  /** (U) users as the log names them. */
  ids: readonly string[];
  /** Different texts, and (m) which of them each row has. */
  items: readonly string[];
  item: Int32Array;
  /** Rows read, and rows left out, by reason. */
  read: number;
  dropped: { noUser: number; cancelled: number; noQuantity: number; noText: number };
  /** First and last moment, as written. */
  period: readonly [string, string];
}

/** Categories that are made of words: the most frequent, and the rest. */
const WORDS = 9;
/** [ms] a Monday's midnight, UTC. */
const MONDAY = Date.UTC(2001, 0, 1);

/** Reads the log. Throws `InputError` where it cannot be read, lacks a column, or a time is none (with its line). */
export async function readBehaviourLog(
  file: string,
  given?: BehaviourColumns,
  onProgress?: ProgressListener,
): Promise<BehaviourLog> {
  if (!existsSync(file)) throw new InputError(`${file} does not exist; give the path of a CSV file`);
  const dropped = { noUser: 0, cancelled: 0, noQuantity: 0, noText: 0 };
  const users = new Map<string, number>();
  const items = new Map<string, number>();
  const kept: { user: number; hour: number; text: string; item: number; price: number }[] = [];
  let columns = given;
  let read = 0;
  let [first, last] = ['', ''];
  const bytes = statSync(file).size;
  const input = createReadStream(file);
  const records = parse({ columns: true, info: true, relax_column_count: false });
  // `pipeline` hands on what breaks anywhere on the way (a damaged .gz, a folder), so that the loop below throws it.
  if (file.endsWith('.gz')) pipeline(input, createGunzip(), records, () => {});
  else pipeline(input, records, () => {});
  try {
    for await (const { record, info } of records as AsyncIterable<{
      record: Record<string, string>;
      info: { lines: number };
    }>) {
      columns ??= recognised(file, record);
      for (const name of Object.values(columns).filter((one) => one !== undefined)) {
        if (record[name] === undefined)
          throw new InputError(`${file} has no column ${name}; it has ${Object.keys(record).join(', ')}`);
      }
      read++;
      if (read % 4096 === 0) onProgress?.({ stage: 'reading', done: input.bytesRead, total: bytes, unit: 'bytes' });
      const what = record[columns.category ?? columns.text ?? ''] ?? '';
      if (columns.order && record[columns.order].startsWith('C')) dropped.cancelled++;
      else if (columns.quantity && !(Number(record[columns.quantity]) > 0)) dropped.noQuantity++;
      else if (record[columns.user] === '') dropped.noUser++;
      else if (what === '') dropped.noText++;
      else {
        const time = record[columns.time];
        const moment = Date.parse(`${time.replace(' ', 'T')}${/[zZ]|[+-]\d\d:?\d\d$/u.test(time) ? '' : 'Z'}`);
        if (!Number.isFinite(moment)) {
          throw new InputError(
            `${file}:${info.lines}: "${time}" in ${columns.time} is no time; write it as 2024-05-31 18:00:00`,
          );
        }
        const id = record[columns.user];
        if (!users.has(id)) users.set(id, users.size);
        if (!items.has(what)) items.set(what, items.size);
        kept.push({
          user: users.get(id) as number,
          hour: (moment - MONDAY) / 3_600_000,
          text: what,
          item: items.get(what) as number,
          price: priceOf(record[columns.price ?? '']),
        });
        if (first === '' || time < first) first = time;
        if (time > last) last = time;
      }
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${file}: ${(error as Error).message}; give a CSV file with a header, plain or gzipped`);
  } finally {
    input.destroy();
  }
  onProgress?.({ stage: 'reading', done: bytes, total: bytes, unit: 'bytes' });
  if (kept.length === 0 || !columns)
    throw new InputError(`${file} holds no row that says who did what; check --columns`);
  const { names, of } = columns.category ? byName(kept.map(({ text }) => text)) : byWord(kept.map(({ text }) => text));
  return {
    size: kept.length,
    users: users.size,
    categories: names,
    user: Int32Array.from(kept, ({ user }) => user),
    category: Int32Array.from(kept, ({ text }) => of(text)),
    hour: Float64Array.from(kept, ({ hour }) => hour),
    ...(columns.price && { price: Float64Array.from(kept, ({ price }) => price) }),
    ids: [...users.keys()],
    items: [...items.keys()],
    item: Int32Array.from(kept, ({ item }) => item),
    read,
    dropped,
    period: [first, last],
  };
}

/** NaN where it says nothing above 0: gifts and corrections have no price. */
function priceOf(text: string | undefined): number {
  const price = Number(text);
  return price > 0 ? price : Number.NaN;
}

function recognised(file: string, record: Record<string, string>): BehaviourColumns {
  if (Object.values(ONLINE_RETAIL).every((name) => name !== undefined && name in record)) {
    return 'UnitPrice' in record ? { ...ONLINE_RETAIL, price: 'UnitPrice' } : ONLINE_RETAIL;
  }
  throw new InputError(
    `${file} has the columns ${Object.keys(record).join(', ')}, of which none is known; say which is which with --columns (user, time, text or category)`,
  );
}

interface Categories {
  names: string[];
  of: (text: string) => number;
}

/** As named; the ten most frequent names, the last of them standing for the rest where there are more. */
function byName(texts: readonly string[]): Categories {
  const ranked = frequent(texts);
  const names = ranked.length > WORDS + 1 ? [...ranked.slice(0, WORDS), REST] : ranked;
  return { names, of: (text) => indexOr(names, text) };
}

/**
 * By words that texts hold, each chosen for how many texts it says something of that no earlier one does; words of one
 * or two letters, colours, sizes and patterns say nothing.
 */
function byWord(texts: readonly string[]): Categories {
  const rest = new Map<string, { words: string[]; times: number }>();
  for (const text of texts) {
    const known = rest.get(text);
    if (known) known.times++;
    else rest.set(text, { words: wordsOf(text), times: 1 });
  }
  const of = new Map<string, number>();
  const names: string[] = [];
  while (names.length < WORDS) {
    const covered = new Map<string, number>();
    for (const { words, times } of rest.values()) {
      for (const word of words) covered.set(word, (covered.get(word) ?? 0) + times);
    }
    const [best] = byCount(covered);
    if (best === undefined) break;
    for (const [text, { words }] of rest) {
      if (!words.includes(best)) continue;
      of.set(text, names.length);
      rest.delete(text);
    }
    names.push(best);
  }
  return { names: [...names, REST], of: (text) => of.get(text) ?? names.length };
}

/** Each once, a plural as its singular. */
function wordsOf(text: string): string[] {
  const words = (text.toLowerCase().match(/[a-z]{3,}/gu) ?? []).filter((word) => !SAYS_NOTHING.has(word));
  return [...new Set(words.map((word) => word.replace(/(?<=..[^s])s$/u, '')))];
}

const SAYS_NOTHING = new Set(
  'the and for set red with from heart hearts christmas polkadot small large medium pink blue green black white ivory cream assorted design vintage retro retrospot piece pieces pack packs metal wooden glass hanging'.split(
    ' ',
  ),
);

function indexOr(names: readonly string[], name: string): number {
  const found = names.indexOf(name);
  return found >= 0 ? found : names.length - 1;
}

/** Most frequent first; of equals, in the order of the alphabet. */
function frequent(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return byCount(counts);
}

function byCount(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([value]) => value);
}
