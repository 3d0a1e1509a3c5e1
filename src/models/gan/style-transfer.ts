/**
 * Neural style transfer (Gatys, Ecker & Bethge 2016, "Image style transfer using convolutional neural networks") on the
 * frozen perception model: pixels are moved until the channels of its convolutions go together as in the style image
 * (Gram matrices), while what its second convolution sees of the product stays.
 */
import { bytesOf, imageAt, normalised, SIDE } from '../images/images.ts';
import type { Tensor, TensorGate, Tf } from '../tensor.ts';
import { adam } from '../tensor.ts';

/** Images (n×28×28×1) in [−1, 1] → activations of each convolution, (n×h×w×c). */
export type FeatureMaps = (images: Tensor) => readonly Tensor[];

/** Against the content loss, which is 1 where nothing of the product is left (chosen by eye, as the next). */
const STYLE_WEIGHT = 1.5;
const ROUGHNESS_WEIGHT = 0.1;
const STEPS = 80;
const LEARNING_RATE = 0.05;
/** Images moved at once: keeps the memory small. */
const CHUNK = 64;

/** (n×c×c) how channels go together: FᵀF over the h·w places of each image, per place. */
export function gram(tf: Tf, maps: Tensor): Tensor {
  const [n, height, width, channels] = maps.shape;
  const rows = tf.reshape(maps, [n, height * width, channels]);
  return tf.div(tf.matMul(rows, rows, true, false), height * width);
}

/** (n) mean square of a − b over all but the first axis, as a share of that of b. */
function relativeSquare(tf: Tf, a: Tensor, b: Tensor): Tensor {
  const axes = a.shape.slice(1).map((_, i) => i + 1);
  return tf.div(tf.mean(tf.square(tf.sub(a, b)), axes), tf.add(tf.mean(tf.square(b), axes), 1e-8));
}

/** (n) distance of each image's manner to its style's: mean over the convolutions, 1 where nothing goes together. */
export function styleLoss(tf: Tf, maps: readonly Tensor[], target: readonly Tensor[]): Tensor {
  const each = maps.map((map, l) => relativeSquare(tf, gram(tf, map), target[l]));
  return tf.div(tf.addN(each), each.length);
}

/** (n) what is lost of the content, in the last convolution. */
export function contentLoss(tf: Tf, maps: readonly Tensor[], content: readonly Tensor[]): Tensor {
  const last = maps.length - 1;
  return relativeSquare(tf, maps[last], content[last]);
}

/** (n) mean square difference of neighbouring pixels: without it, what convolutions of stride 2 overlook turns to noise. */
export function roughness(tf: Tf, images: Tensor): Tensor {
  const [n, height, width] = images.shape;
  const part = (top: number, left: number, h: number, w: number): Tensor =>
    tf.slice(images, [0, top, left, 0], [n, h, w, 1]);
  const steps = (a: Tensor, b: Tensor): Tensor => tf.mean(tf.square(tf.sub(a, b)), [1, 2, 3]);
  return tf.add(
    steps(part(1, 0, height - 1, width), part(0, 0, height - 1, width)),
    steps(part(0, 1, height, width - 1), part(0, 0, height, width - 1)),
  );
}

/**
 * Each content image (784 bytes) in the manner of its style image, by Adam on the pixels from the content on. No draw is
 * involved: deterministic on the wasm and cpu back ends.
 */
export async function transferStyles(
  gate: TensorGate,
  featureMaps: FeatureMaps,
  contents: readonly Uint8Array[],
  styles: readonly Uint8Array[],
  onStep: (done: number, total: number) => void = () => undefined,
): Promise<Uint8Array[]> {
  const { tf } = gate;
  const images: Uint8Array[] = [];
  const tensorOf = (pixels: readonly Uint8Array[]): Tensor =>
    tf.tensor4d(normalised(Buffer.concat(pixels), [...pixels.keys()]), [pixels.length, SIDE, SIDE, 1]);
  for (let from = 0; from < contents.length; from += CHUNK) {
    const kept = tf.tidy(() => {
      const grams = featureMaps(tensorOf(styles.slice(from, from + CHUNK))).map((map) => gram(tf, map));
      const start = tensorOf(contents.slice(from, from + CHUNK));
      return { grams, content: [...featureMaps(start)], pixels: tf.variable(start) };
    });
    const optimiser = adam(gate, { learningRate: LEARNING_RATE });
    for (let step = 0; step < STEPS; step++) {
      tf.tidy(() => {
        optimiser.minimize(() => {
          const maps = featureMaps(kept.pixels);
          const style = tf.mul(styleLoss(tf, maps, kept.grams), STYLE_WEIGHT);
          const rough = tf.mul(roughness(tf, kept.pixels), ROUGHNESS_WEIGHT);
          return tf.sum(tf.addN([style, rough, contentLoss(tf, maps, kept.content)])) as never;
        }, [kept.pixels]);
        kept.pixels.assign(tf.clipByValue(kept.pixels, -1, 1));
      });
      onStep(from * STEPS + step * Math.min(CHUNK, contents.length - from), contents.length * STEPS);
    }
    // oxlint-disable-next-line no-await-in-loop -- chunk after chunk keeps the memory small
    const bytes = bytesOf(await kept.pixels.data());
    for (let i = 0; i * SIDE * SIDE < bytes.length; i++) images.push(imageAt(bytes, i).slice());
    optimiser.dispose();
    tf.dispose([...kept.grams, ...kept.content, kept.pixels]);
  }
  return images;
}
