import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { missingFacts } from '../../../src/models/copy/realisation.ts';
import { readSlotFile } from '../../../src/runner/copy/slot-file.ts';
import { dataFolder } from '../../folders.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'adsim-slots-'));
afterAll(() => rmSync(folder, { recursive: true }));
const written = (text: string): string => {
  const file = path.join(folder, 'slots.csv');
  writeFileSync(file, text);
  return file;
};

describe('a file of facts and texts', () => {
  it('brings one example per meaning', () => {
    const file = written('mr,ref\n"name[A], food[B]",A has B.\nname[C],C.\n"name[A], food[B]","At A, B."\n');
    const { examples, texts, sha256 } = readSlotFile(file);
    expect(examples).toEqual([
      { slots: { name: 'A', food: 'B' }, references: ['A has B.', 'At A, B.'] },
      { slots: { name: 'C' }, references: ['C.'] },
    ]);
    expect(texts).toBe(3);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/u);
  });

  it.each([
    ['mr,text\nname[A],b\n', 'has no column ref'],
    ['mr,ref\nname[A],a\nname,b\n', 'row 2, mr: "name" is no slot'],
    ['mr,ref\nname[A],\n', 'row 1 has no text in ref'],
    ['mr,ref\n', 'has no rows'],
  ])('refuses %j', (text, sentence) => {
    expect(() => readSlotFile(written(text))).toThrow(sentence);
  });

  const data = dataFolder();
  it.skipIf(data === undefined)('of the E2E challenge is whole, and its people say most facts', () => {
    const counts = ['devset.csv', 'testset_w_refs.csv'].map((name) => {
      const { examples, texts } = readSlotFile(path.join(String(data), 'e2e_nlg', name));
      const [said, all] = examples
        .flatMap(({ slots, references }) => references.map((text) => [text, slots] as const))
        .reduce(([sum, n], [text, slots]) => [sum + missingFacts(text, slots).length, n + Object.keys(slots).length], [0, 0]); // prettier-ignore
      return [texts, examples.length, Math.round((100 * said) / all)];
    });
    expect(counts).toEqual([
      [4672, 547, 11],
      [4693, 630, 12],
    ]);
  });
});
