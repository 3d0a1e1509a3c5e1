/** What `adsim native` refuses; the whole of it is in test/models/tensor-native.test.ts. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../src/cli/command-line.ts';
import { vectorOptions } from '../../src/cli/native/processor.ts';
import { fakeTerminal } from './fake-terminal.ts';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'adsim-native-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

async function said(
  words: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<{ code: number; out: string; err: string }> {
  const terminal = fakeTerminal({ PATH: process.env['PATH'], ADSIM_CACHE: join(scratch, 'cache'), ...environment });
  const code = await commandLine(['native', ...words], terminal);
  return { code, ...terminal.said() };
}

/** A folder that looks like pip's TensorFlow from outside. */
function hollow(name: string, libraries: readonly string[]): string {
  const folder = join(scratch, name);
  mkdirSync(join(folder, 'include/tensorflow/c'), { recursive: true });
  for (const file of [...libraries, 'include/tensorflow/c/c_api.h']) writeFileSync(join(folder, file), '');
  return folder;
}

describe.skipIf(process.platform !== 'linux')('refuses in one sentence, with exit code 2, and leaves nothing', () => {
  it.each<[string, () => string[], RegExp]>([
    ['what it can’t do', () => ['bild'], /^adsim native: unknown "bild" - did you mean "build"\?\n$/],
    ['no action', () => [], /^adsim native: ACTION is missing; for instance: adsim native build/],
    [
      'a TensorFlow that is not there',
      () => ['build', '--tensorflow', '/nowhere/tf'],
      /^--tensorflow: \/nowhere\/tf is not there; get one: `python3 -m venv tf && tf\/bin\/pip install tensorflow`, then /,
    ],
    [
      'a file that is no wheel',
      () => ['build', '--tensorflow', 'package.json'],
      /package\.json is neither a folder nor a wheel/,
    ],
    [
      'a folder without one',
      () => ['build', '--tensorflow', 'src'],
      /^--tensorflow: no TensorFlow of pip's lies in src /,
    ],
    [
      'one too old',
      () => ['build', '--tensorflow', hollow('old', ['libtensorflow_framework.so.2'])],
      /this TensorFlow brings no libtensorflow_cc\.so; a newer one does: pip install --upgrade tensorflow\n$/,
    ],
    [
      'a wheel that is none',
      () => {
        writeFileSync(join(scratch, 'no.whl'), 'x');
        return ['build', '--tensorflow', join(scratch, 'no.whl')];
      },
      /no\.whl cannot be opened: .*not a zip file/,
    ],
    [
      'a folder with other things in it',
      () => ['build', '--tensorflow', hollow('whole', []), '--out', 'src'],
      /^src: holds other files; name an empty or a new folder: --out DIR\n$/,
    ],
    [
      'an empty option',
      () => ['build', '--tensorflow='],
      /^--tensorflow: wants a value; for instance --tensorflow tensorflow\.whl\n$/,
    ],
    [
      'an option of another action',
      () => ['check', '--tensorflow', 'x'],
      /^--tensorflow: is of `adsim native build`; /,
    ],
    ['to check what is not there', () => ['check'], /native: holds no native build; `adsim native build` makes one\n$/],
    ['to remove what it did not build', () => ['remove', '--out', 'src'], /^src: holds no native build; /],
  ])('%s', async (_, words, sentence) => {
    const { code, out, err } = await said(words());
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(sentence);
    const kept = readdirSync(scratch, { recursive: true, encoding: 'utf8' });
    expect(kept.filter((name) => name.includes('native'))).toEqual([]);
  });

  it('a compiler that is not there', async () => {
    const { code, err } = await said(['build', '--tensorflow', hollow('any', [])], { CXX: '/nowhere/c++' });
    expect([code, err]).toEqual([2, 'CXX: /nowhere/c++ does not run; name a C++ compiler, or unset it\n']);
  });
});

it('is compiled for the widest vectors of the processor', () => {
  const all = ['fpu', 'avx2', 'fma', 'avx512f', 'avx512dq', 'avx512bw', 'avx512vl'];
  expect(vectorOptions('x64', new Set(all))).toEqual(all.slice(1).map((one) => `-m${one}`));
  // Not all of AVX-512, as on Xeon Phi: none of it.
  expect(vectorOptions('x64', new Set(all.slice(0, -1)))).toEqual(['-mavx2', '-mfma']);
  expect(vectorOptions('x64', new Set())).toEqual(['-mavx2', '-mfma']);
  expect(vectorOptions('arm64', new Set(all))).toEqual([]);
});
