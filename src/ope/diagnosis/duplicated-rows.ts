/**
 * Rows written twice. Two rows of one context (its features, hour, segments and π_b) draw their actions independently, so
 * the later repeats the action of the earlier with its propensity p; where rows repeat it far more often, they are copies,
 * or one draw stands in several rows. A log where contexts repeat by nature raises nothing.
 */
import { ALPHA, percent } from './check.ts';
import type { Check, DiagnosedRows } from './check.ts';
import { rowTable } from './row-table.ts';

/** `rows`: how many will come. `bits`: memory for 2^bits contexts at most; 20 are 22 MB. */
export function duplicatedRows(rows: number, bits = 20): Check {
  const table = rowTable(Math.min(bits, 33 - Math.clz32(2 * rows)));
  let looked = 0; // rows of contexts in the sample
  let compared = 0; // of them, with an earlier row of their context
  let copies = 0;
  let expected = 0;
  let example = -1;
  return {
    add(block) {
      const { log } = block.evidence;
      const { low, high } = hashContexts(block);
      for (let i = 0; i < log.size; i++) {
        if (!table.holds(low[i])) continue;
        looked++;
        const at = table.find(low[i], high[i]);
        const a = log.decisions.action[i];
        const p = log.decisions.propensity[i];
        if (!table.isNew) {
          compared++;
          const before = table.propensity[at];
          expected += before;
          if (table.action[at] === a && before === p) {
            copies++;
            if (example < 0) example = block.first + i;
          }
        }
        table.action[at] = a;
        table.propensity[at] = p;
      }
    },
    report() {
      const p = chernoff(copies, expected, compared);
      const share = looked > 0 ? Math.max(0, copies - expected) / looked : 0;
      return {
        figures: [
          {
            name: 'duplicated-rows',
            label: 'Rows that copy the one before of their context',
            value: p,
            unit: 'p',
            note: `${copies} of ${compared} rows with an earlier one of their context, ${expected.toFixed(1)} by chance at most`,
          },
        ],
        warnings:
          p < ALPHA
            ? [
                {
                  kind: 'duplicated-rows',
                  message: `about ${percent(share)} of the rows look like copies, or like one draw shown again: ${copies} repeat action and propensity of the row before of the same context, where chance allows ${expected.toFixed(1)} (the first is row ${example + 1})`,
                  advice:
                    'a retried write or a file read twice counts rows twice and makes intervals too narrow: remove the copies (or, where one draw was shown several times, keep one row of it)',
                },
              ]
            : [],
      };
    },
  };
}

/**
 * Chance, at most, of so many hits among independent trials that expect fewer, whatever each expects (Chernoff's bound
 * holds for unlike coins by Hoeffding 1956); 1 where there are no more than expected.
 */
function chernoff(hits: number, expected: number, trials: number): number {
  if (!(hits > expected * (1 + 1e-9))) return 1;
  const misses = trials - hits;
  const divergence =
    hits * Math.log(hits / expected) + (misses > 0 ? misses * Math.log(misses / (trials - expected)) : 0);
  return Math.exp(-divergence);
}

/**
 * (n) 64-bit hashes, in two words, of what is known of a row before its action is drawn. Ids are left out: they may be row
 * numbers.
 */
function hashContexts({ evidence, segments }: DiagnosedRows): { low: Int32Array; high: Int32Array } {
  const { requests, size } = evidence.log;
  const low = new Int32Array(size).fill(0x1e3779b9);
  const high = new Int32Array(size).fill(0x05ebca6b);
  mixNumbers(low, high, requests.hour, 1);
  mixNumbers(low, high, requests.context.data, requests.context.columns);
  if (evidence.behaviour) mixNumbers(low, high, evidence.behaviour.data, evidence.behaviour.columns);
  for (const cells of segments?.values() ?? []) {
    if (cells instanceof Float64Array) mixNumbers(low, high, cells, 1);
    else mixTexts(low, high, cells);
  }
  for (let i = 0; i < size; i++) {
    const x = low[i];
    low[i] = finished(x ^ high[i]);
    high[i] = finished(Math.imul(high[i], 5) + x);
  }
  return { low, high };
}

/** `data` (n×width) */
function mixNumbers(low: Int32Array, high: Int32Array, data: Float64Array, width: number): void {
  const words = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  for (let i = 0, at = 0; i < low.length; i++) {
    let x = low[i];
    let y = high[i];
    for (const end = at + 2 * width; at < end; at++) {
      x = Math.imul(x ^ words[at], 0xcc9e2d51);
      x = (x << 15) | (x >>> 17);
      y = Math.imul(y + words[at], 0x1b873593) ^ x;
      y = (y << 13) | (y >>> 19);
    }
    low[i] = x;
    high[i] = y;
  }
}

function mixTexts(low: Int32Array, high: Int32Array, cells: readonly string[]): void {
  for (let i = 0; i < low.length; i++) {
    const cell = cells[i];
    let x = low[i] ^ cell.length;
    let y = high[i];
    for (let j = 0; j < cell.length; j++) {
      x = Math.imul(x ^ cell.charCodeAt(j), 0xcc9e2d51);
      x = (x << 15) | (x >>> 17);
      y = Math.imul(y + cell.charCodeAt(j), 0x1b873593) ^ x;
      y = (y << 13) | (y >>> 19);
    }
    low[i] = x;
    high[i] = y;
  }
}

/** Murmur3's last mix: every bit of the word moves every bit of the hash. */
function finished(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
