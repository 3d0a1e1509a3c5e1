/** Reads facts and what people wrote of them: a CSV of columns `mr` and `ref`, as the E2E data has it. */
import { readFileSync } from 'node:fs';
import { InputError } from '../../core/errors.ts';
import { parseMeaning } from '../../models/copy/slots.ts';
import type { CopyExample } from '../../models/copy/slots.ts';
import { sha256 } from '../digest.ts';
import { csvRecords } from '../upworthy-file.ts';

export interface SlotFile {
  examples: readonly CopyExample[];
  /** Texts of all examples together. */
  texts: number;
  /** Of the file. */
  sha256: string;
}

/** One example per meaning, in the file's order, with every text that has it. Throws `InputError`, naming file and row. */
export function readSlotFile(file: string): SlotFile {
  const records = csvRecords(file, ['mr', 'ref']);
  const byMeaning = new Map<string, string[]>();
  records.forEach(({ mr, ref }, i) => {
    if (ref.trim() === '') throw new InputError(`${file}: row ${i + 1} has no text in ref; fill it or drop the row`);
    const known = byMeaning.get(mr);
    if (known) known.push(ref);
    else byMeaning.set(mr, [ref]);
  });
  const examples = [...byMeaning].map(([mr, references]): CopyExample => {
    try {
      return { slots: parseMeaning(mr), references };
    } catch (error) {
      const row = records.findIndex((record) => record['mr'] === mr) + 1;
      throw new InputError(`${file}: row ${row}, mr: ${(error as Error).message}`);
    }
  });
  return { examples, texts: records.length, sha256: sha256(readFileSync(file)) };
}
