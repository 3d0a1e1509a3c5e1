/**
 * Reads a folder of labelled images in IDX format (http://yann.lecun.com/exdb/mnist/), plain or gzipped: every
 * `PREFIX-images-idx3-ubyte[.gz]` with its `PREFIX-labels-idx1-ubyte[.gz]`, as Fashion-MNIST is published.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { CATEGORY_NAMES } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import type { Images } from './images.ts';
import { PIXELS, SIDE } from './images.ts';

const IMAGES_MAGIC = 0x803;
const LABELS_MAGIC = 0x801;
/** No sensible training set unpacks to more. */
const MAX_BYTES = 2 ** 30;

const EXPECTED = 'PREFIX-images-idx3-ubyte(.gz) with PREFIX-labels-idx1-ubyte(.gz)';

function listFolder(folder: string): string[] {
  try {
    if (!statSync(folder).isDirectory())
      throw new InputError(`${folder} is a file; name the folder that holds ${EXPECTED}.`);
    return readdirSync(folder).toSorted();
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const missing = (cause as { code?: string }).code === 'ENOENT';
    const what = missing ? 'does not exist' : `cannot be read (${String((cause as { code?: string }).code)})`;
    throw new InputError(`Image folder ${folder} ${what}; name a folder that holds ${EXPECTED}, or 'silhouettes'.`);
  }
}

function readBytes(file: string): Uint8Array {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new InputError(
      `${file} cannot be read (${String((cause as { code?: string }).code)}); check its permissions.`,
    );
  }
  if (!file.endsWith('.gz')) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new InputError(`${file} is a damaged gzip file (${reason}); download or copy it again.`);
  }
}

/** The body of an IDX file and its sizes, after its header has been checked. */
function readIdx(file: string, magic: number, kind: string): { sizes: number[]; body: Uint8Array } {
  const bytes = readBytes(file);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = 4 + 4 * (magic & 0xff);
  if (bytes.length < 4)
    throw new InputError(`${file} is truncated: ${bytes.length} bytes are no IDX file; copy it again.`);
  const found = view.getUint32(0);
  if (found !== magic) {
    const hex = (n: number): string => `0x${n.toString(16).padStart(8, '0')}`;
    throw new InputError(
      `${file} starts with ${hex(found)} instead of ${hex(magic)}: it holds no IDX ${kind}; check the file.`,
    );
  }
  if (bytes.length < header) throw new InputError(`${file} is truncated within its header; copy it again.`);
  const sizes = Array.from({ length: magic & 0xff }, (_, i) => view.getUint32(4 + 4 * i));
  const promised = sizes.reduce((product, size) => product * size, 1);
  const body = bytes.subarray(header);
  if (body.length !== promised) {
    const what = body.length < promised ? 'truncated' : 'too long';
    throw new InputError(
      `${file} is ${what}: its header promises ${promised} bytes, ${body.length} follow; copy it again.`,
    );
  }
  return { sizes, body };
}

function readPair(imageFile: string, labelFile: string): { pixels: Uint8Array; labels: Uint8Array } {
  const images = readIdx(imageFile, IMAGES_MAGIC, 'images');
  const labels = readIdx(labelFile, LABELS_MAGIC, 'labels');
  const [count, height, width] = images.sizes;
  if (height !== SIDE || width !== SIDE) {
    throw new InputError(`${imageFile} holds images of ${height}×${width} pixels; adsim needs ${SIDE}×${SIDE}.`);
  }
  if (count === 0) throw new InputError(`${imageFile} holds no images; name a folder with some.`);
  if (count !== labels.sizes[0]) {
    throw new InputError(
      `${imageFile} holds ${count} images but ${labelFile} ${labels.sizes[0]} labels; the pair does not belong together.`,
    );
  }
  const bad = labels.body.findIndex((label) => label >= CATEGORY_NAMES.length);
  if (bad >= 0) {
    throw new InputError(
      `${labelFile}: label ${labels.body[bad]} of image ${bad} is not one of 0 to ${CATEGORY_NAMES.length - 1}.`,
    );
  }
  return { pixels: images.body, labels: labels.body };
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * All pairs of a folder, in order of file name; a plain file is taken before its gzipped twin.
 * Throws `InputError`, one sentence: missing folder, no pair, wrong magic, truncated file, counts that differ,
 * images that are not 28×28, labels of 10 or more, damaged gzip.
 */
export function readIdxFolder(folder: string): Images {
  const names = listFolder(folder);
  const prefixes = new Set(names.flatMap((name) => /^(.+)-images-idx3-ubyte(?:\.gz)?$/.exec(name)?.slice(1) ?? []));
  if (prefixes.size === 0) throw new InputError(`Image folder ${folder} holds no IDX images; it needs ${EXPECTED}.`);
  const pairs = [...prefixes].map((prefix) => {
    const find = (ending: string): string | undefined =>
      [`${prefix}-${ending}`, `${prefix}-${ending}.gz`].find((name) => names.includes(name));
    const labels = find('labels-idx1-ubyte');
    if (labels === undefined) {
      throw new InputError(
        `Image folder ${folder} has no ${prefix}-labels-idx1-ubyte(.gz) for its ${prefix} images; add it.`,
      );
    }
    return readPair(path.join(folder, String(find('images-idx3-ubyte'))), path.join(folder, labels));
  });
  const pixels = concatenated(pairs.map((pair) => pair.pixels));
  const labels = concatenated(pairs.map((pair) => pair.labels));
  const digest = createHash('sha256').update(pixels).update(labels).digest('hex');
  const source = `${[...prefixes].join(' + ')}: ${pixels.length / PIXELS} images, sha256 ${digest.slice(0, 12)}`;
  return { count: labels.length, pixels, labels, source, digest };
}
