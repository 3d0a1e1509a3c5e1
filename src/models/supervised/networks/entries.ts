/** The networks' entries in the registry of supervised models. */
import { z } from 'zod';
import type { ClassifierEntry } from '../registry.ts';
import type { NetworkKind } from './architectures.ts';
import { networkClassifier } from './classifier.ts';

const name = z.string().min(1).optional().describe('What reports call the model; default: its kind');

/** What every network may be told. */
export const networkFields = {
  name,
  hidden: z.array(z.int().min(1).max(4096)).min(1).max(8).default([128, 64]).describe('Units of each hidden layer'),
  embedding: z.int().min(1).max(256).default(8).describe('Numbers that stand for a level of a field, or for an event'),
  learningRate: z.number().positive().max(1).default(0.002).describe('Step size of Adam'),
  batch: z.int().min(1).default(512).describe('Rows per step'),
  epochs: z.int().min(1).max(10_000).default(40).describe('At most so many passes over the training rows'),
  patience: z.int().min(1).default(4).describe('Stops after so many epochs without a better validation log loss'),
  weightDecay: z
    .number()
    .min(0)
    .default(1e-4)
    .describe('L2 penalty on the matrices, added to the mean cross-entropy as weightDecay/2 · |w|²'),
};

const SUMMARIES: readonly { kind: NetworkKind; summary: string; reference: string }[] = [
  {
    kind: 'mlp',
    summary: 'Network 128-64-1 on numbers, embedded fields and the mean of each sequence',
    reference: 'Covington, Adams & Sargin 2016, Deep neural networks for YouTube recommendations',
  },
  {
    kind: 'wide-and-deep',
    summary: 'The network, beside a linear model with a weight for each pair of levels',
    reference: 'Cheng et al. 2016, Wide & Deep learning for recommender systems',
  },
  {
    kind: 'deepfm',
    summary: 'The network, beside a factorisation machine on the same embeddings',
    reference: 'Guo et al. 2017, DeepFM: a factorization-machine based neural network for CTR prediction',
  },
  {
    kind: 'din',
    summary: 'The network, with sequences weighted by attention to the target and by recency',
    reference: 'Zhou et al. 2018, Deep interest network for click-through rate prediction',
  },
  {
    kind: 'gru',
    summary: 'The network, with sequences read event by event by a gated recurrent unit',
    reference: 'Cho et al. 2014, Learning phrase representations; Hidasi et al. 2016, session-based recommendations',
  },
];

/** One entry for each architecture. */
export const NETWORK_CLASSIFIERS: readonly ClassifierEntry[] = SUMMARIES.map(({ kind, summary, reference }) => ({
  kind,
  summary,
  reference,
  tensors: true,
  schema: z.strictObject({ kind: z.literal(kind), ...networkFields }),
  make: networkClassifier,
}));
