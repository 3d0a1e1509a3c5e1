/** Which parts each network is made of. */
import { attentionPart } from './attention.ts';
import { fieldsPart, numbersPart, pooledPart } from './columns.ts';
import { crossesPart } from './crosses.ts';
import type { InputDesign } from './inputs.ts';
import { linearPart } from './linear.ts';
import type { NetworkShape } from './network.ts';
import { pairsPart } from './pairs.ts';
import type { Part, PartShape } from './part.ts';
import { recurrentPart } from './recurrent.ts';

export const NETWORK_KINDS = ['mlp', 'wide-and-deep', 'deepfm', 'din', 'gru'] as const;
export type NetworkKind = (typeof NETWORK_KINDS)[number];

/** What each does with a sequence. */
const SEQUENCE_PART: Readonly<Record<NetworkKind, (shape: PartShape, s: number) => Part>> = {
  mlp: pooledPart,
  'wide-and-deep': pooledPart,
  deepfm: pooledPart,
  din: attentionPart,
  gru: recurrentPart,
};

/** What each adds to the logit beside its dense layers. */
const WIDE_PARTS: Readonly<Record<NetworkKind, readonly ((shape: PartShape) => Part)[]>> = {
  mlp: [],
  'wide-and-deep': [linearPart, crossesPart],
  deepfm: [linearPart, pairsPart],
  din: [],
  gru: [],
};

/** A network of a kind over these inputs. */
export function architecture(
  kind: NetworkKind,
  design: InputDesign,
  { embedding, hidden }: { embedding: number; hidden: readonly number[] },
): NetworkShape {
  const shape: PartShape = { design, embedding };
  return {
    ...shape,
    hidden,
    deep: [
      ...(design.numbers.columns > 0 ? [numbersPart(shape)] : []),
      ...(design.fields.length > 0 ? [fieldsPart(shape)] : []),
      ...design.sequences.map((_, s) => SEQUENCE_PART[kind](shape, s)),
    ],
    wide: WIDE_PARTS[kind].map((part) => part(shape)),
  };
}
