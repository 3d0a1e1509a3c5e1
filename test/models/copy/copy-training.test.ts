/** The language model: gradients, the same numbers without tensors, training that can be stopped and repeated. */
import { beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { epochBatches } from '../../../src/models/copy/copy-batches.ts';
import { COPY_TRAINING, shapeOf, trainCopy } from '../../../src/models/copy/copy-training.ts';
import type { CopyCheckpoint, TrainedCopy } from '../../../src/models/copy/copy-training.ts';
import { inference } from '../../../src/models/copy/inference.ts';
import { transformer } from '../../../src/models/copy/transformer.ts';
import { encodeSlots, learnVocabulary } from '../../../src/models/copy/vocabulary.ts';
import { readWeights, writeWeights } from '../../../src/models/gan/layers.ts';
import { openTensorGate } from '../../../src/models/tensor.ts';
import type { TensorGate } from '../../../src/models/tensor.ts';
import { smallExamples } from './small-examples.ts';

/** Of differences: rounding is a hundredth of it, and so is what is not straight. */
const STEP = 0.001;
const TINY = { width: 8, layers: 2, heads: 2 };
const SETTINGS = { ...COPY_TRAINING, ...TINY, epochs: 3, batchSize: 16, learningRate: 0.01 };
const random = randomFrom('copy-test');
const examples = smallExamples();
const { vocabulary, texts } = learnVocabulary(examples);
const shape = shapeOf(vocabulary, TINY);

describe('the vocabulary', () => {
  it('holds the words, with a placeholder for open slots', () => {
    expect(vocabulary.words[0]).toBe('<end>');
    expect(vocabulary.words).toContain('<name>');
    expect(vocabulary.words.join(' ')).not.toMatch(/Aromi/u);
    expect(texts.filter(({ whole }) => whole)).toHaveLength(64);
  });

  it('has a token for every slot, its value or its absence', () => {
    const ids = encodeSlots(vocabulary, { NAME: 'Anything', customerRating: 'LOW' });
    expect(ids).toEqual(Int32Array.of(1, 4, 5));
    expect(encodeSlots(vocabulary, { name: 'x', familyFriendly: 'yes' })).toEqual(Int32Array.of(1, 2, 7));
    expect(() => encodeSlots(vocabulary, { name: 'x', colour: 'red' })).toThrow(
      'slots.colour: the copy model knows name',
    );
    expect(() => encodeSlots(vocabulary, { 'customer rating': 'odd' })).toThrow('never seen "odd"; use high, low');
  });

  it('refuses texts that say nothing of their facts', () => {
    const mute = [{ slots: { name: 'Aromi' }, references: ['Nothing.'] }];
    expect(() => learnVocabulary(mute)).toThrow('no text says its facts');
  });
});

describe.each(['wasm', 'cpu'])('the Transformer on %s', (backend) => {
  let gate: TensorGate;
  beforeAll(async () => {
    gate = await openTensorGate([backend]);
  });

  it('has the gradients that differences have, in every kind of weight', async () => {
    const { tf } = gate;
    const net = transformer(tf, shape, random);
    const [batch] = epochBatches(texts, 4, random, 0);
    const lossAt = async (): Promise<number> => {
      const loss = tf.tidy(() => net.loss(batch, 0.1));
      const [value] = await loss.data();
      loss.dispose();
      return value;
    };
    const { value, grads } = tf.variableGrads(() => net.loss(batch, 0.1) as never, net.weights.variables);
    value.dispose();
    const start = (await readWeights(net.weights)).map((values) => values.slice());
    for (const [v, variable] of net.weights.variables.entries()) {
      // oxlint-disable-next-line no-await-in-loop
      const gradient = (await grads[variable.name].data()) as Float32Array;
      // Where the slope is largest rounding hides least.
      const steepest = gradient.reduce((best, g, i) => (Math.abs(g) > Math.abs(gradient[best]) ? i : best), 0);
      const both: number[] = [];
      for (const side of [1, -1]) {
        const moved = start.map((values) => values.slice());
        moved[v][steepest] += side * STEP;
        writeWeights(tf, net.weights, moved);
        // oxlint-disable-next-line no-await-in-loop
        both.push(await lossAt());
      }
      const difference = (both[0] - both[1]) / (2 * STEP);
      expect([v, Math.abs(difference - gradient[steepest]) < 2e-3 + 0.01 * Math.abs(difference)]).toEqual([v, true]);
      grads[variable.name].dispose();
    }
    net.weights.dispose();
  });

  it('gives the same logits word by word in plain arrays', async () => {
    const net = transformer(gate.tf, shape, random);
    const [batch] = epochBatches(texts, 3, random, 1);
    const logits = gate.tf.tidy(() => net.logits(batch));
    const whole = await logits.data();
    const reader = inference({ vocabulary, shape, weights: await readWeights(net.weights) });
    let furthest = 0;
    for (let i = 0; i < batch.size; i++) {
      let step = reader.begin(batch.slots.subarray(i * shape.slots, (i + 1) * shape.slots));
      for (let t = 0; t < batch.length; t++) {
        if (t > 0) step = reader.next(step.reading, batch.words[i * batch.length + t]);
        const from = (i * batch.length + t) * shape.words;
        step.logits.forEach((value, w) => (furthest = Math.max(furthest, Math.abs(value - whole[from + w]))));
      }
    }
    expect(furthest).toBeLessThan(1e-5);
    logits.dispose();
    net.weights.dispose();
  });
});

describe('training', () => {
  const checkpoints: CopyCheckpoint[] = [];
  let gate: TensorGate;
  let trained: TrainedCopy;
  beforeAll(async () => {
    gate = await openTensorGate(['wasm']);
    trained = await trainCopy(gate, examples, SETTINGS, random, { onEpoch: (one) => checkpoints.push(one) });
  });

  it('learns, and says how well on meanings it has not seen', () => {
    const { curve, epoch, texts: counts } = trained;
    expect(curve.trainLoss).toHaveLength(3);
    expect(curve.trainLoss[2]).toBeLessThan(curve.trainLoss[0]);
    expect(curve.heldOutLoss[epoch - 1]).toBe(Math.min(...curve.heldOutLoss));
    expect(curve.heldOutLoss[2]).toBeLessThan(Math.log(vocabulary.words.length));
    expect(counts).toEqual({ trained: 58, heldOut: 6, all: 64 });
  });

  it('is the same bit for bit again, and resumed after any epoch', async () => {
    const again = await trainCopy(gate, examples, SETTINGS, random);
    const resumed = await trainCopy(gate, examples, SETTINGS, random, { resume: checkpoints[0] });
    expect(again).toEqual(trained);
    expect(resumed).toEqual(trained);
    const other = await trainCopy(gate, examples, { ...SETTINGS, epochs: 1 }, randomFrom('other'));
    expect(other.weights[0]).not.toEqual(checkpoints[0].weights[0]);
  });

  it('keeps no tensors', async () => {
    const before = gate.tf.memory().numTensors;
    await trainCopy(gate, examples, { ...SETTINGS, epochs: 1 }, random);
    expect(gate.tf.memory().numTensors).toBe(before);
  });

  it('refuses a checkpoint of another model, and too few texts', async () => {
    const wider = { ...SETTINGS, width: 12 };
    await expect(trainCopy(gate, examples, wider, random, { resume: checkpoints[0] })).rejects.toThrow(
      'the checkpoint is of another model',
    );
    const one = [{ slots: { name: 'Aromi' }, references: ['Aromi is here.', 'Aromi is here.'] }];
    await expect(trainCopy(gate, one, SETTINGS, random)).rejects.toThrow('too few');
    expect(() => shapeOf(vocabulary, { width: 10, layers: 1, heads: 3 })).toThrow("can't be shared by 3 heads");
  });
});
