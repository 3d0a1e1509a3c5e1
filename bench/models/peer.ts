/** scikit-learn on our rows and folds, where there is a Python that has it: ADSIM_PYTHON, else python3. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Matrix } from '../../src/core/matrix.ts';
import { openBlasCore } from '../open-blas.ts';

export interface Question {
  /** (m×columns) numbers, then codes; and the same standardised, one column per level. */
  raw: Matrix;
  design: Matrix;
  numbers: number;
  label: Int32Array;
  /** (m) */
  fold: Int32Array;
  folds: number;
  rounds: number;
  epochs: number;
  clusters: number;
}

export interface Answer {
  version: string;
  /** CPU seconds of each fold's training. */
  seconds: Record<string, number[]>;
  /** (m) of each model: what the one said that had not seen the row. */
  odds: Record<string, Float64Array>;
  kMeans: { seconds: number; objective: number };
}

/** Undefined where there is no scikit-learn. */
export function askScikitLearn(question: Question): Answer | undefined {
  const python = process.env['ADSIM_PYTHON'] ?? 'python3';
  if (spawnSync(python, ['-c', 'import sklearn']).status !== 0) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'adsim-bench-'));
  try {
    const { raw, design, label, fold, ...sizes } = question;
    const write = (name: string, { buffer, byteOffset, byteLength }: Float64Array | Int32Array): void =>
      writeFileSync(join(folder, name), new Uint8Array(buffer, byteOffset, byteLength));
    write('raw', raw.data);
    write('design', design.data);
    write('label', label);
    write('fold', fold);
    writeFileSync(join(folder, 'shape.json'), JSON.stringify({ ...sizes, rows: label.length }));
    const script = fileURLToPath(new URL('scikit-learn.py', import.meta.url));
    const { status, stdout, stderr } = spawnSync(python, [script, folder], {
      encoding: 'utf8',
      env: { ...process.env, ...openBlasCore(process.env) },
    });
    if (status !== 0) throw new Error(`${script} failed: ${stderr}`);
    const told = JSON.parse(stdout) as Omit<Answer, 'odds'>;
    const odds = Object.keys(told.seconds).map((name) => {
      const bytes = readFileSync(join(folder, `${name}.odds`));
      return [name, new Float64Array(Uint8Array.from(bytes).buffer)] as const;
    });
    return { ...told, odds: Object.fromEntries(odds) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
