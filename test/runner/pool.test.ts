import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { forkPool } from '../../src/runner/pool.ts';

const pool = forkPool<object, number>(new URL('./fixtures/fragile-worker.ts', import.meta.url), 2);
afterAll(() => pool.close());

describe('forkPool', () => {
  it('answers every task, whoever does it', async () => {
    const results = await Promise.all([1, 2, 3, 4, 5].map((square) => pool.run({ label: 's', payload: { square } })));
    expect(results).toEqual([1, 4, 9, 16, 25]);
  });

  it('passes a failure on by name', async () => {
    const failing = pool.run({ label: 'f', payload: { fail: 'the folder is missing' } });
    await expect(failing).rejects.toMatchObject({ name: 'InputError', message: 'the folder is missing' });
    // The command line tells bad input from a failure of ours by its class.
    await expect(failing).rejects.toBeInstanceOf(InputError);
  });

  it('tries once more when a process dies, and takes its progress back', async () => {
    const amounts: number[] = [];
    const mark = join(mkdtempSync(join(tmpdir(), 'adsim-pool-')), 'died');
    const result = await pool.run({ label: 'd', payload: { dieOnce: mark, square: 6 } }, (amount) =>
      amounts.push(amount),
    );
    expect(result).toBe(36);
    expect(amounts).toEqual([1, -1, 1]);
  });

  it('names the task whose process dies twice, and goes on', async () => {
    await expect(pool.run({ label: 'seed 3', payload: { die: true } })).rejects.toThrow(
      'seed 3: its worker process ended 2 times (SIGKILL)',
    );
    expect(await pool.run({ label: 's', payload: { square: 7 } })).toBe(49);
  });
});
