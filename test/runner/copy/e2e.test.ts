/** The acceptance of copy on the E2E data: trained on its dev set, judged on its test set. Minutes; ADSIM_FULL=1 runs it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { evaluateCopyModel } from '../../../src/models/copy/model-evaluation.ts';
import { readSlotFile } from '../../../src/runner/copy/slot-file.ts';
import { trainCopyModel } from '../../../src/runner/copy/train-copy.ts';
import { dataFolder } from '../../folders.ts';

const data = dataFolder();
const FULL = process.env['ADSIM_FULL'] === '1';

it.skipIf(data === undefined || !FULL)(
  'the model is nearer to people than the grammar, and says its facts',
  { timeout: 3_600_000 },
  async () => {
    // prettier-ignore
    const at = (name: string): string => path.join(String(data), 'e2e_nlg', name);
    const folder = mkdtempSync(path.join(tmpdir(), 'adsim-e2e-'));
    const model = await trainCopyModel(at('devset.csv'), folder, { backendOrder: ['wasm'] });
    rmSync(folder, { recursive: true });
    const { examples } = readSlotFile(at('testset_w_refs.csv'));
    const [grammar, free, bound] = evaluateCopyModel(model, examples, randomFrom('e'));
    process.stderr.write(`${JSON.stringify([grammar, free, bound], null, 1)}\n`);
    expect(bound.differences[0].interval[0]).toBeGreaterThan(0); // BLEU
    expect(bound.slotErrors.interval?.[1]).toBeLessThan(free.slotErrors.interval?.[0] ?? 0);
    expect(bound.slotErrors.value).toBeLessThan(0.03);
  },
);
