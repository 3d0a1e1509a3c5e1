/**
 * The gate on TensorFlow's own kernels, which `npm ci` does not bring: ADSIM_NATIVE names a folder whose node_modules
 * holds @tensorflow/tfjs-node 4.22.0 with a binding, its published one or one built against a newer TensorFlow.
 * One process needs one copy of TensorFlow.js: the children see our sources beside the @tensorflow of that folder.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const native = process.env['ADSIM_NATIVE'];
const root = path.resolve(import.meta.dirname, '../..');

/** Three steps of a small generator: prints its losses. */
const training = (backend: string): string => `
  const { randomFrom } = await import('./src/core/random.ts');
  const { creativesSchema } = await import('./src/models/gan/config.ts');
  const { trainGenerator } = await import('./src/models/gan/training.ts');
  const { silhouettes } = await import('./src/models/images/silhouettes.ts');
  const { openTensorGate } = await import('./src/models/tensor.ts');
  const config = creativesSchema.parse({ steps: 3, batchSize: 8, width: 8 });
  const [gate, random] = [await openTensorGate(['${backend}']), randomFrom('native')];
  const { curve } = await trainGenerator(gate, silhouettes(4, random), Int32Array.from(Array(40).keys()), config, random, () => {});
  console.log(JSON.stringify([...curve.generatorLoss, ...curve.discriminatorLoss]));
`;

function inChild(cwd: string, call: string[]): string {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  return execFileSync(process.execPath, call, { cwd, env, encoding: 'utf8', stdio: 'pipe' });
}

describe.skipIf(native === undefined)('the native back end (skipped where ADSIM_NATIVE names no build of it)', () => {
  let beside = '';
  afterAll(() => rmSync(beside, { recursive: true }));
  beforeAll(() => {
    beside = mkdtempSync(path.join(tmpdir(), 'adsim-native-'));
    for (const part of ['src', 'test', 'package.json'])
      cpSync(`${root}/${part}`, `${beside}/${part}`, { recursive: true });
    mkdirSync(`${beside}/node_modules`);
    for (const name of readdirSync(path.join(root, 'node_modules'))) {
      const from = name === '@tensorflow' ? path.resolve(root, native ?? '') : root;
      symlinkSync(`${from}/node_modules/${name}`, `${beside}/node_modules/${name}`);
    }
  });

  it('passes the tests of gradients, Adam and the CTR network', () => {
    const tests = [
      'test/models/tensor.test.ts',
      'test/models/gradients.test.ts',
      'test/models/ctr/mlp.test.ts',
      '-t',
      ' on node( |$)',
    ];
    inChild(beside, ['node_modules/vitest/vitest.mjs', 'run', ...tests, '--reporter=json', '--outputFile=tests.json']);
    const { numPassedTests } = JSON.parse(readFileSync(`${beside}/tests.json`, 'utf8')) as { numPassedTests: number };
    expect(numPassedTests).toBeGreaterThanOrEqual(34);
  });

  it('trains the generator as wasm does', () => {
    const call = ['--import', 'tsx', '--input-type=module', '--eval'];
    const wasm = JSON.parse(inChild(root, [...call, training('wasm')])) as number[];
    const node = JSON.parse(inChild(beside, [...call, training('node')])) as number[];
    expect(wasm).toHaveLength(6);
    expect(Math.max(...wasm.map((loss, i) => Math.abs(loss - node[i])))).toBeLessThan(1e-4);
  });
});
