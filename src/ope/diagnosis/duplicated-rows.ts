/**
 * Rows written twice. Two rows of one context (its features, hour, segments and π_b) draw their actions independently, so
 * the later repeats the action of the earlier with its propensity p; where rows repeat it far more often, they are copies,
 * or one draw stands in several rows. A log where contexts repeat by nature raises nothing.
 */
import { ALPHA, percent } from './check.ts';
import type { Check, DiagnosedRows } from './check.ts';
import { rowTable } from './row-table.ts';

/** `bits`: memory for 2^bits contexts; 20 are 30 MB. */
export function duplicatedRows(bits = 20): Check {
  const table = rowTable(bits);
  let looked = 0; // rows of contexts in the sample
  let compared = 0; // of them, with an earlier row of their context
  let copies = 0;
  let expected = 0;
  let example = -1;
  const hash = new Uint32Array(2);
  return {
    add(rows) {
      const { log } = rows.evidence;
      const columns = contextColumns(rows);
      for (let i = 0; i < log.size; i++) {
        columns.hash(i, hash);
        if (!table.holds(hash[0])) continue;
        looked++;
        const at = table.find(hash[0], hash[1]);
        const a = log.decisions.action[i];
        const p = log.decisions.propensity[i];
        if (!table.isNew) {
          compared++;
          const before = table.propensity[at];
          expected += before;
          if (table.action[at] === a && before === p) {
            copies++;
            if (example < 0) example = rows.first + i;
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
                  message: `about ${percent(share)} of the rows look like copies: ${copies} repeat action and propensity of the row before of the same context, where chance allows ${expected.toFixed(1)} (the first is row ${example + 1})`,
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

/** What is known of a row before its action is drawn, hashed to 64 bits. Ids are left out: they may be row numbers. */
function contextColumns({ evidence, segments }: DiagnosedRows): { hash(i: number, out: Uint32Array): void } {
  const { requests } = evidence.log;
  const d = requests.context.columns;
  const words = (data: Float64Array): Uint32Array => new Uint32Array(data.buffer, data.byteOffset, 2 * data.length);
  const context = words(requests.context.data);
  const hour = words(requests.hour);
  const { behaviour } = evidence;
  const k = behaviour?.columns ?? 0;
  const odds = behaviour && words(behaviour.data);
  const cells = [...(segments ?? new Map<string, readonly string[] | Float64Array>())].map(([, column]) => column);
  return {
    hash(i, out) {
      let x = 0x9e3779b9;
      let y = 0x85ebca6b;
      const mix = (word: number): void => {
        x = Math.imul(x ^ word, 0xcc9e2d51);
        x = (x << 15) | (x >>> 17);
        y = Math.imul(y + word, 0x1b873593) ^ x;
        y = (y << 13) | (y >>> 19);
      };
      mix(hour[2 * i]);
      mix(hour[2 * i + 1]);
      for (let j = 2 * i * d; j < 2 * (i + 1) * d; j++) mix(context[j]);
      if (odds) for (let j = 2 * i * k; j < 2 * (i + 1) * k; j++) mix(odds[j]);
      for (const column of cells) {
        const cell = String(column[i]);
        for (let j = 0; j < cell.length; j++) mix(cell.charCodeAt(j));
        mix(cell.length);
      }
      out[0] = finished(x ^ y);
      out[1] = finished(y);
    },
  };
}

/** Murmur3's last mix: every bit of the word moves every bit of the hash. */
function finished(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
