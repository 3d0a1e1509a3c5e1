/** Writes labelled images in IDX format, as `readIdxFolder` reads them. */
import { SIDE } from './images.ts';

const IMAGES_MAGIC = 0x803;
const LABELS_MAGIC = 0x801;

/** The two files of images (784 bytes each) and their labels. */
export function encodeIdx(
  pixels: readonly Uint8Array[],
  labels: ArrayLike<number>,
): { images: Uint8Array; labels: Uint8Array } {
  const header = (...words: number[]): Uint8Array => {
    const bytes = new Uint8Array(4 * words.length);
    words.forEach((word, i) => new DataView(bytes.buffer).setUint32(4 * i, word));
    return bytes;
  };
  return {
    images: Buffer.concat([header(IMAGES_MAGIC, pixels.length, SIDE, SIDE), ...pixels]),
    labels: Buffer.concat([header(LABELS_MAGIC, labels.length), Uint8Array.from(labels)]),
  };
}
