/** Style transfer: right gradients, nearer to the style, and still the product to a classifier that had no part in it. */
import { beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import type { Classifier } from '../../../src/models/gan/classifier.ts';
import { classifier, countRecognised, trainClassifier } from '../../../src/models/gan/classifier.ts';
import { contentLoss, gram, roughness, styleLoss, transferStyles } from '../../../src/models/gan/style-transfer.ts';
import { imageAt, normalised } from '../../../src/models/images/images.ts';
import { silhouettes } from '../../../src/models/images/silhouettes.ts';
import { splitImages } from '../../../src/models/images/splits.ts';
import { STYLE_PATTERNS, stylePattern } from '../../../src/models/images/style-patterns.ts';
import { openTensorGate } from '../../../src/models/tensor.ts';
import type { Tensor, TensorGate } from '../../../src/models/tensor.ts';
import { awayFromZero, checkGradients } from '../../support/gradients.ts';

const random = randomFrom('style-transfer');
const images = silhouettes(60, random);
const splits = splitImages(images, random);
const products = Array.from({ length: 10 }, (_, c) =>
  imageAt(images.pixels, splits.heldOut.find((i) => images.labels[i] === c) ?? 0),
);
const contents = products.flatMap((product) => STYLE_PATTERNS.map(() => product));
const styles = products.flatMap(() => STYLE_PATTERNS.map(stylePattern));

let gate: TensorGate;
let perception: Classifier;
let judge: Classifier;
beforeAll(async () => {
  gate = await openTensorGate(['wasm']);
  const trained = (part: 'perception' | 'judge') =>
    trainClassifier(gate, images, splits[part], 40, random.stream(part), () => undefined);
  perception = classifier(gate, await trained('perception'), random);
  judge = classifier(gate, await trained('judge'), random);
}, 120_000);

const tensorOf = (pixels: readonly Uint8Array[]): Tensor =>
  gate.tf.tensor4d(normalised(Buffer.concat(pixels), [...pixels.keys()]), [pixels.length, 28, 28, 1]);

describe('the losses', () => {
  it('have gradients that agree with finite differences, through the frozen convolutions', async () => {
    const { tf } = gate;
    const point = awayFromZero(2 * 784, 'pixels');
    const slopes = await checkGradients(
      gate,
      (x) => {
        const maps = perception.featureMaps(x);
        const target = perception.featureMaps(tensorOf([stylePattern('dots'), stylePattern('waves')]));
        const style = styleLoss(
          tf,
          maps,
          target.map((map) => gram(tf, map)),
        );
        const content = contentLoss(tf, maps, perception.featureMaps(tensorOf([products[3], products[8]])));
        return tf.stack([style, content, roughness(tf, x)]);
      },
      [[2, 28, 28, 1]],
      { points: [point], tolerance: 5e-3 },
    );
    expect(slopes).toHaveLength(3); // directions
  });

  it('measure what they say on images that can be worked out by hand', async () => {
    const { tf } = gate;
    const maps = tf.tensor4d([1, 2, 3, 4], [1, 2, 1, 2]); // places (1, 2) and (3, 4)
    expect([...(await gram(tf, maps).data())]).toEqual([5, 7, 7, 10]);
    const board = tf.tensor4d(Float32Array.from({ length: 16 }, (_, p) => ((p + (p >> 2)) % 2 === 0 ? 1 : -1)), [1, 4, 4, 1]); // prettier-ignore
    expect([...(await roughness(tf, board).data())]).toEqual([8]);
    expect((await styleLoss(tf, [maps], [gram(tf, maps)]).data())[0]).toBe(0);
  });
});

describe('transferStyles', () => {
  let made: Uint8Array[] = [];
  beforeAll(async () => {
    made = await transferStyles(gate, perception.featureMaps, contents, styles);
  }, 120_000);

  /** Distances to the styles in the eyes of a classifier. */
  const distances = async (eyes: Classifier, pixels: readonly Uint8Array[]): Promise<number[]> => {
    const { tf } = gate;
    const target = eyes.featureMaps(tensorOf(styles)).map((map) => gram(tf, map));
    return [...(await styleLoss(tf, eyes.featureMaps(tensorOf(pixels)), target).data())];
  };

  it('comes nearer to the style, in the eyes of a network that had no part in it too', async () => {
    const [before, after] = [await distances(perception, contents), await distances(perception, made)];
    const ratio = after.map((distance, i) => distance / before[i]);
    expect(ratio.reduce((sum, one) => sum + one) / ratio.length).toBeLessThan(0.5);
    expect(Math.max(...ratio)).toBeLessThan(0.85);
    const [unseen, seen] = [await distances(judge, contents), await distances(judge, made)];
    expect(seen.filter((distance, i) => distance < unseen[i]).length).toBe(made.length);
  });

  it('leaves the products recognisable to a classifier that had no part in it', async () => {
    const labels = contents.map((_, i) => Math.floor(i / STYLE_PATTERNS.length));
    const recognised = async (pixels: readonly Uint8Array[]): Promise<number> =>
      countRecognised((await judge.perceive(Buffer.concat(pixels))).logProbability, labels).hits.reduce(
        (a, b) => a + b,
      );
    expect(await recognised(contents)).toBeGreaterThanOrEqual(36);
    expect(await recognised(made)).toBeGreaterThanOrEqual(34); // of 40; by chance 4
    expect(await recognised(styles)).toBeLessThan(10); // the patterns alone show nothing
  });

  it('gives an image the same bytes in whatever company, and makes each of them different', async () => {
    const alone = await transferStyles(gate, perception.featureMaps, contents.slice(5, 7), styles.slice(5, 7));
    expect(alone).toEqual(made.slice(5, 7));
    expect(new Set(made.map(String)).size).toBe(made.length);
    expect(await transferStyles(gate, perception.featureMaps, [], [])).toEqual([]);
  });
});
