/** Whatever a file holds, it is a log or one sentence; no other error, and never a number that no row bears. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { InputError } from '../../../src/core/errors.ts';
import { logFolder, read } from './files.ts';

const { write } = logFolder();

/** What is unlawful about reading a file: it gives a log that keeps its laws, or one line of refusal. */
async function breaches(name: string, text: string | Uint8Array, options: object): Promise<string[]> {
  try {
    const { source, block } = await read(write(name, text), options);
    const { decisions, outcomes, size } = block.log;
    const k = source.spec.actions.length;
    const found = size === source.rows ? [] : [`${size} rows, not ${source.rows}`];
    for (let i = 0; i < size; i++) {
      const p = decisions.propensity[i];
      if (!Number.isFinite(outcomes.reward[i])) found.push(`row ${i}: reward ${outcomes.reward[i]}`);
      if (source.propensities ? !(p > 0 && p <= 1) : !Number.isNaN(p)) found.push(`row ${i}: propensity ${p}`);
      if (!(decisions.action[i] >= 0 && decisions.action[i] < k)) found.push(`row ${i}: action ${decisions.action[i]}`);
    }
    return found;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return /\n|undefined|\[object/u.test(error.message) ? [error.message] : [];
  }
}

const number = fc.oneof(
  fc.double({ min: 0, max: 1 }).map(String),
  fc.constantFrom(
    '',
    '0',
    '1',
    '-1',
    'nan',
    'NaN',
    'inf',
    '1e999',
    '0x1',
    'true',
    ' 0.5 ',
    '1,5',
    '"0.5',
    '0.5"',
    '\u0000',
    '½',
  ),
);
const word = fc.oneof(
  fc.constantFrom('a', 'b', '1', '2', '3.0', '', '"', 'a"b', 'a,b', 'ä', "'", '-1'),
  fc.string({ maxLength: 6 }),
);
const bad = fc.boolean();

const csv = fc
  .tuple(
    fc.shuffledSubarray(['action', 'propensity', 'reward', 'click', 'time', 'user', 'context:x', 'segment', ''], {
      minLength: 2,
    }),
    fc.array(fc.array(fc.oneof(number, word), { minLength: 1, maxLength: 9 }), { maxLength: 8 }),
    fc.constantFrom('\n', '\r\n'),
    fc.nat({ max: 30 }),
  )
  .map(([header, rows, end, cut]) => {
    const text = [header, ...rows].map((cells) => cells.join(',')).join(end);
    return text.slice(0, text.length - cut);
  });

const vw = fc
  .array(
    fc.oneof(
      fc.constantFrom('', 'shared | s', '| a', '|f b:2', 'shared |', '1:0:0.5 | a', '2 1:1:0.5 | a:x', "0:1:0.5 '|x"),
      fc.tuple(word, number, number, word).map(([a, cost, p, name]) => `${a}:${cost}:${p} |n ${name}:1 ${name}`),
    ),
    { maxLength: 12 },
  )
  .map((lines) => lines.join('\n'));

const dsjson = fc
  .array(
    fc.oneof(
      fc
        .record(
          {
            _label_cost: fc.oneof(fc.double(), fc.constant('x')),
            _label_probability: fc.double({ min: -0.5, max: 1.5 }),
            _labelIndex: fc.integer({ min: -1, max: 3 }),
            a: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
            p: fc.array(fc.double({ min: 0, max: 1 }), { maxLength: 3 }),
            c: fc.record(
              { u: fc.jsonValue({ maxDepth: 2 }), _multi: fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 3 }) },
              { requiredKeys: [] },
            ),
            _outcomes: fc.array(
              fc.record({
                _label_cost: fc.double(),
                _a: fc.array(fc.nat(3), { maxLength: 2 }),
                _p: fc.array(fc.double(), { maxLength: 2 }),
              }),
              { maxLength: 2 },
            ),
          },
          { requiredKeys: ['_label_cost'] },
        )
        .map((event) => JSON.stringify(event)),
      fc.json(),
      fc.constantFrom('', '{', '[CHECKPOINT]', '{"_label_cost":0,"_label_prob'),
    ),
    { maxLength: 6 },
  )
  .map((lines) => lines.join('\n'));

it('CSV in memory', async () => {
  await fc.assert(
    fc.asyncProperty(csv, bad, async (text, skipBad) => {
      expect(await breaches('fuzz.csv', text, { skipBad })).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

it('CSV by DuckDB', async () => {
  await fc.assert(
    fc.asyncProperty(csv, bad, async (text, skipBad) => {
      expect(await breaches('fuzz-duck.csv', text, { skipBad, held: 0 })).toEqual([]);
    }),
    { numRuns: 40 },
  );
}, 300_000);

it('Vowpal Wabbit’s text', async () => {
  await fc.assert(
    fc.asyncProperty(vw, bad, async (text, skipBad) => {
      expect(await breaches('fuzz.vw', text, { skipBad })).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

it('dsjson', async () => {
  await fc.assert(
    fc.asyncProperty(dsjson, bad, fc.nat(1), async (text, skipBad, slot) => {
      expect(await breaches('fuzz.json', text, { skipBad, slot })).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

it('JSONL, and any bytes at all', async () => {
  const cells = fc.record({
    action: fc.jsonValue({ maxDepth: 1 }),
    propensity: fc.jsonValue({ maxDepth: 0 }),
    reward: fc.jsonValue({ maxDepth: 0 }),
  });
  const lines = fc.array(
    fc.oneof(
      cells.map((one) => JSON.stringify(one)),
      fc.string(),
    ),
    { maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(lines, bad, async (rows, skipBad) => {
      expect(await breaches('fuzz.jsonl', rows.join('\n'), { skipBad })).toEqual([]);
    }),
    { numRuns: 300 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.constantFrom([], [...Buffer.from('PAR1')], [...Buffer.from('ARROW1')], [0x1f, 0x8b]),
      async (bytes, magic) => {
        expect(await breaches('fuzz.bin', Uint8Array.from([...magic, ...bytes]), {})).toEqual([]);
      },
    ),
    { numRuns: 120 },
  );
}, 300_000);
