/** TensorFlow's own kernels: built, checked and used where a wheel of TensorFlow and a compiler are found. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { trainNetwork } from '../../src/models/ctr/mlp-training.ts';
import type { TrainedNetwork } from '../../src/models/ctr/mlp-training.ts';
import { creativesSchema } from '../../src/models/gan/config.ts';
import { trainGenerator } from '../../src/models/gan/training.ts';
import { silhouettes } from '../../src/models/images/silhouettes.ts';
import type { BackendReport } from '../../src/models/tensor.ts';
import { openTensorGate } from '../../src/models/tensor.ts';
import { adsim } from '../cli/spawned.ts';
import type { Ended } from '../cli/spawned.ts';
import { tensorflowHere, whyNoNativeBuild } from '../support/tensorflow.ts';

/** Products of matrices under a storm of signals that a handler takes: without what we add to the binding the process is aborted. */
const STORM = `
  import { spawn } from 'node:child_process';
  import { readdirSync, readFileSync } from 'node:fs';
  const { openTensorGate } = await import(${JSON.stringify(new URL('../../src/models/tensor.ts', import.meta.url).href)});
  // Threads that hold SIGWINCH (28) back.
  const deaf = () => readdirSync('/proc/self/task').filter((id) => {
    const held = /SigBlk:\\s*(\\w+)/.exec(readFileSync('/proc/self/task/' + id + '/status', 'utf8'));
    return (BigInt('0x' + held[1]) >> 27n) & 1n;
  }).length;
  const before = deaf();
  const { tf } = await openTensorGate(['node']);
  let seen = 0;
  process.on('SIGWINCH', () => seen++);
  const sides = [[1024, 64, 128], [1024, 128, 64], [128, 1024, 64, true], [1024, 64, 128, false, true], [64, 1024, 128, true], [64, 74, 3136], [128, 3136, 21]];
  const jobs = sides.map(([m, k, n, turnA = false, turnB = false]) => {
    const filled = (shape) => tf.tidy(() => tf.reshape(tf.sin(tf.range(0, shape[0] * shape[1])), shape));
    const [a, b] = [filled(turnA ? [k, m] : [m, k]), filled(turnB ? [n, k] : [k, n])];
    return () => tf.tidy(() => tf.matMul(a, b, turnA, turnB).dataSync());
  });
  const expected = jobs.map((job) => job());
  const sender = spawn('sh', ['-c', 'while kill -WINCH ' + process.pid + '; do :; done'], { stdio: 'ignore' });
  let worst = 0;
  const end = Date.now() + 60_000;
  while (seen < 10_000 && Date.now() < end) {
    jobs.forEach((job, j) => {
      const got = job();
      worst = got.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[j][i])), worst);
    });
    await new Promise(setImmediate);
  }
  sender.kill();
  process.stdout.write(JSON.stringify({ seen, worst, deaf: deaf() - before }));
`;

const tensorflow = tensorflowHere();
const missing = whyNoNativeBuild(tensorflow);
describe.skipIf(missing !== undefined)(`a native build${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let scratch: string;
  let built: Ended;
  const said = (words: readonly string[], env: NodeJS.ProcessEnv = {}): Ended =>
    adsim(words, { env: { ADSIM_CACHE: join(scratch, 'cache'), ADSIM_NATIVE: undefined, ...env }, seconds: 600 });
  const folder = (): string => join(scratch, 'cache', 'native');
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'adsim-native-'));
    built = said(['native', 'build', '--tensorflow', String(tensorflow), '--json']);
    process.env['ADSIM_NATIVE'] = folder();
  }, 600_000);
  afterAll(() => {
    delete process.env['ADSIM_NATIVE'];
    rmSync(scratch, { recursive: true });
  });

  it('is made, checked and registered; nothing is left beside it', () => {
    expect([built.code, built.err.split('\n').at(-2)]).toEqual([
      0,
      'checking its gradients in a process of its own ...',
    ]);
    const report = JSON.parse(built.out) as {
      folder: string;
      tfjsNode: string;
      tensorflow: string;
      check: BackendReport;
    };
    expect(report.folder).toBe(folder());
    expect(report.tfjsNode).toBe('4.22.0');
    expect(report.tensorflow).toMatch(/^\d+\.\d+\.\d+/);
    expect(report.check.device).toBe(`native-cpu (TensorFlow ${report.tensorflow})`);
    expect(report.check.difference).toBeLessThan(1e-5);
    expect(readdirSync(join(scratch, 'cache'))).toEqual(['native']);
  });

  it('is what doctor reports and check checks', () => {
    const { code, out } = said(['native', 'check']);
    expect(code).toBe(0);
    expect(out).toMatch(
      /works on native-cpu \(TensorFlow [\d.]+\); its gradients are within \de-\d+ of plain JavaScript's\n$/,
    );
    const doctor = said(['doctor']);
    expect(doctor.code).toBe(0);
    const text = doctor.out.replaceAll(/\s+/g, ' ');
    expect(text).toContain(`ok node native-cpu (TensorFlow `);
    expect(text).toContain(`built in ${folder()}`);
    expect(text).toContain('Networks train on node, the first of node-gpu, node, wasm, cpu that works.');
  });

  it('multiplies right while 10,000 signals arrive, and ends by itself', () => {
    const words = [...process.execArgv, '--import', 'tsx', '--input-type=module', '--eval', STORM];
    const { status, signal, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    expect([status, signal]).toEqual([0, null]);
    const { seen, worst, deaf } = JSON.parse(stdout) as Record<'seen' | 'worst' | 'deaf', number>;
    // TensorFlow's own: as many as there are cores, and more.
    expect(deaf).toBeGreaterThan(1);
    expect(seen).toBeGreaterThanOrEqual(10_000);
    expect(worst).toBeLessThan(1e-3);
  });

  it('passes the tests of gradients, Adam and the click network', () => {
    const report = join(scratch, 'tests.json');
    const tests = ['tensor', 'gradients', 'ctr/mlp'].map((name) => `test/models/${name}.test.ts`);
    const words = ['run', ...tests, '-t', ' on node( |$)', '--reporter=json', `--outputFile=${report}`];
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
    const { stdout } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', ...words], {
      env,
      encoding: 'utf8',
    });
    expect(stdout).toContain('JSON report written');
    const { numFailedTests, numPassedTests } = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>;
    expect(numFailedTests).toBe(0);
    expect(numPassedTests).toBeGreaterThanOrEqual(35);
  });

  it('trains the click network as wasm does: losses within 1e-5, weights within 1e-4', async () => {
    // Batches of more rows than our operation takes at once, the last one smaller.
    const random = randomFrom('native');
    const inputs = matrix(
      2048,
      16,
      Float64Array.from({ length: 2048 * 16 }, (_, i) => random.normal(i, 0)),
    );
    const clicks = Uint8Array.from({ length: 2048 }, (_, i) => Number(inputs.data[16 * i] + random.normal(i, 1) > 1));
    const config = { hidden: [32, 16], learningRate: 1e-3, batch: 600, epochs: 2, patience: 9, weightDecay: 1e-4 };
    const train = (backend: string): Promise<TrainedNetwork> =>
      trainNetwork(config, inputs, clicks, randomFrom('native'), { backends: [backend], validate: () => undefined });
    const [wasm, node] = [await train('wasm'), await train('node')];
    expect(node.steps).toBe(8);
    expect(node.loss[1]).toBeLessThan(node.loss[0]);
    wasm.loss.forEach((loss, i) => expect(Math.abs(loss - node.loss[i])).toBeLessThan(1e-5));
    wasm.layers.forEach(({ weights }, l) =>
      weights.forEach((w, i) => expect(Math.abs(w - node.layers[l].weights[i])).toBeLessThan(1e-4)),
    );
  });

  it('trains the generator as wasm does: losses of three steps within 1e-4', async () => {
    const train = async (backend: string): Promise<number[]> => {
      const config = creativesSchema.parse({ steps: 3, batchSize: 8, width: 8 });
      const random = randomFrom('native');
      const gate = await openTensorGate([backend]);
      const indices = Int32Array.from(Array(40).keys());
      const { curve } = await trainGenerator(gate, silhouettes(4, random), indices, config, random, {});
      return [...curve.generatorLoss, ...curve.discriminatorLoss];
    };
    const [wasm, node] = [await train('wasm'), await train('node')];
    expect(wasm).toHaveLength(6);
    wasm.forEach((loss, i) => expect(Math.abs(loss - node[i])).toBeLessThan(1e-4));
  });

  it('keeps the build that works where a new one fails, and says why with exit code 1', () => {
    const failing = join(scratch, 'c++');
    writeFileSync(
      failing,
      '#!/bin/sh\n[ "$1" = --version ] && echo planted && exit 0\necho "x.cc:1: error: planted" >&2; exit 1\n',
    );
    chmodSync(failing, 0o755);
    const installed = join(folder(), 'tensorflow');
    mkdirSync(join(installed, 'include/tensorflow/c'), { recursive: true });
    writeFileSync(join(installed, 'include/tensorflow/c/c_api.h'), '');
    const { code, err } = said(['native', 'build', '--tensorflow', installed], { CXX: failing });
    expect(code).toBe(1);
    expect(err).toMatch(/c\+\+ could not compile the binding against TensorFlow .*: x\.cc:1: error: planted\n/);
    expect(readdirSync(join(scratch, 'cache'))).toEqual(['native']);
    expect(said(['native', 'check']).code).toBe(0);
  });

  it('that is damaged is reported, whatever it does to its process', () => {
    const copy = join(scratch, 'damaged');
    cpSync(folder(), copy, { recursive: true, filter: (from) => !from.endsWith('.so.2') });
    truncateSync(join(copy, 'tfjs_binding.node'), 1000);
    const { code, out } = said(['native', 'check', '--out', copy]);
    expect(code).toBe(1);
    expect(out).toMatch(/does not work: .+\nnext: adsim native build\n$/);
  });

  it('is removed', () => {
    const { code, out } = said(['native', 'remove']);
    expect([code, out]).toEqual([0, expect.stringMatching(/^removed .*native \(\d+ MB\)\n$/)]);
    expect(readdirSync(join(scratch, 'cache'))).toEqual([]);
    expect(said(['native', 'check']).code).toBe(2);
  });
});
