/** A language model of copy beside the grammar, on facts that people have written of: with and without having to say them. */
import type { Random } from '../../core/random.ts';
import { bansOn } from './bans.ts';
import { copyRules, textOf } from './copy-rules.ts';
import type { CopyModel } from './copy-training.ts';
import { beamSearch } from './decoding.ts';
import type { BeamSettings } from './decoding.ts';
import { evaluateCopy } from './evaluation.ts';
import type { CopyEvaluation } from './evaluation.ts';
import { grammarCopy } from './grammar.ts';
import { inference } from './inference.ts';
import type { CopyExample } from './slots.ts';
import { encodeSlots } from './vocabulary.ts';

/**
 * Three systems, a text of each for every example: the grammar, which differences are taken from; the model as it likes;
 * the model that must say every fact. A text that the beam doesn't finish is empty, and scores so. Throws `InputError`
 * where the model doesn't know a slot.
 */
export function evaluateCopyModel(
  model: CopyModel,
  examples: readonly CopyExample[],
  random: Random,
  settings: BeamSettings = {},
): CopyEvaluation[] {
  const { vocabulary } = model;
  const reader = inference(model);
  const bans = bansOn([]);
  const texts = (required: boolean): string[] =>
    examples.map(({ slots }) => {
      const rules = copyRules(vocabulary, slots, { bans, required });
      const ids = encodeSlots(vocabulary, slots);
      const found = beamSearch(reader, ids, rules, vocabulary.length, settings)[0];
      return found ? textOf(vocabulary, slots, found.words) : '';
    });
  const systems = [
    {
      name: 'grammar',
      texts: examples.map(({ slots }, i) => grammarCopy(slots, random.stream('grammar', i).sequence())),
    },
    { name: 'model', texts: texts(false) },
    { name: 'model, facts required', texts: texts(true) },
  ];
  return evaluateCopy(systems, examples, random);
}
