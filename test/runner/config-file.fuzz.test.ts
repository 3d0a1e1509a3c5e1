/** Whatever the bytes, the loader either loads or throws an InputError that says something. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { InputError } from '../../src/core/errors.ts';
import { loadConfig } from '../../src/runner/config-file.ts';

const agent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('lin-ucb'), alpha: z.number().positive().default(1) }),
  z.strictObject({ kind: z.literal('fixed'), action: z.int().optional() }),
]);
const schema = z.strictObject({
  name: z.string(),
  seeds: z.union([z.int().min(1), z.array(z.string()).min(1)]).default(5),
  agents: z.array(agent).min(1),
  rates: z.record(z.string(), z.number()).optional(),
});
const GOOD = 'name: a\nrates: {x: 1}\nagents:\n  - kind: lin-ucb\n    alpha: 0.5\n  - kind: fixed\n';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'adsim-fuzz-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** True where the loader behaves. */
function behaves(bytes: string | Uint8Array, set: readonly string[] = []): boolean {
  const path = join(folder, 'fuzz.yaml');
  writeFileSync(path, bytes);
  try {
    loadConfig(path, schema, { set });
    return true;
  } catch (error) {
    return error instanceof InputError && error.message.split('\n')[0].length > 10;
  }
}

const pieces = fc.constantFrom(
  ...'name|agents|kind|lin-ucb|: |\n|  |- |[|]|{|}|, |&a |*a|!!int |"|#|> |? |---\n|%YAML 1.1\n|<<: |.inf|1e999'.split(
    '|',
  ),
  ..."\t|\r\n|~|\uFEFF|😀|extends: |fuzz.yaml|__proto__|constructor: |!!binary |!!set |2026-11-21|toString: |'".split(
    '|',
  ),
);
const yaml = fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(''));
const mutation = fc.tuple(fc.nat(GOOD.length), fc.nat(4), fc.string({ maxLength: 4, unit: 'binary' }));
const mutated = mutation.map(([at, cut, text]) => `${GOOD.slice(0, at)}${text}${GOOD.slice(at + cut)}`);
const sets = fc.array(
  fc.oneof(
    fc.string({ maxLength: 12 }),
    yaml.map((text) => `agents.0.alpha=${text}`),
  ),
  { maxLength: 2 },
);

const file = (bytes: string | Uint8Array) => ({ bytes, set: [] as string[] });
it.each([
  ['random bytes', fc.uint8Array({ maxLength: 200 }).map(file), 300],
  ['YAML-like text', yaml.map(file), 2000],
  ['mutated good files', mutated.map(file), 1000],
  ['random overrides', sets.map((set) => ({ bytes: GOOD, set })), 500],
  ['any JSON', fc.json().map(file), 300],
] as [string, fc.Arbitrary<{ bytes: string | Uint8Array; set: string[] }>, number][])(
  'only InputError is thrown: %s',
  (_, inputs, numRuns) => {
    const report = fc.check(
      fc.property(inputs, ({ bytes, set }) => behaves(bytes, set)),
      { seed: 1, numRuns },
    );
    expect(report.counterexample).toBeNull();
  },
);
