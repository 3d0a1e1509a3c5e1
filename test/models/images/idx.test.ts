import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../../src/core/errors.ts';
import { readIdxFolder } from '../../../src/models/images/idx.ts';
import { PIXELS } from '../../../src/models/images/images.ts';
import { dataFolder } from '../../folders.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'adsim-idx-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function header(magic: number, ...sizes: number[]): Buffer {
  const bytes = Buffer.alloc(4 + 4 * sizes.length);
  [magic, ...sizes].forEach((value, i) => bytes.writeUInt32BE(value, 4 * i));
  return bytes;
}
const images = (count: number, shade: number): Buffer =>
  Buffer.concat([header(0x803, count, 28, 28), Buffer.alloc(count * PIXELS, shade)]);
const labels = (...values: number[]): Buffer => Buffer.concat([header(0x801, values.length), Buffer.from(values)]);
const put = (name: string, bytes: Uint8Array): void => writeFileSync(path.join(folder, name), bytes);

/** The one sentence that reading the folder answers with. */
function complaint(): string {
  try {
    readIdxFolder(folder);
  } catch (error) {
    if (error instanceof InputError && /^[^\n]+[.]$/.test(error.message)) return error.message;
    throw error;
  }
  throw new Error('the folder was read without complaint');
}

describe('readIdxFolder', () => {
  it('reads plain and gzipped pairs of any prefix, in order of name', () => {
    put('train-images-idx3-ubyte.gz', gzipSync(images(2, 9)));
    put('train-labels-idx1-ubyte', labels(3, 9));
    put('extra-images-idx3-ubyte', images(1, 7));
    put('extra-labels-idx1-ubyte.gz', gzipSync(labels(5)));
    put('README.md', Buffer.from('not an image'));
    const read = readIdxFolder(folder);
    expect(read.count).toBe(3);
    expect([...read.labels]).toEqual([5, 3, 9]);
    expect(read.pixels.length).toBe(3 * PIXELS);
    expect(read.pixels[0]).toBe(7);
    expect(read.pixels[PIXELS]).toBe(9);
    expect(read.source).toMatch(/^extra \+ train: 3 images, sha256 [0-9a-f]{12}$/);
    expect(read.source).not.toContain(folder);
  });

  it('tells content apart by its digest, and only content', () => {
    put('a-images-idx3-ubyte', images(1, 7));
    put('a-labels-idx1-ubyte', labels(5));
    const plain = readIdxFolder(folder).digest;
    put('a-images-idx3-ubyte', images(1, 8));
    expect(readIdxFolder(folder).digest).not.toBe(plain);
    rmSync(path.join(folder, 'a-images-idx3-ubyte'));
    put('a-images-idx3-ubyte.gz', gzipSync(images(1, 7)));
    expect(readIdxFolder(folder).digest).toBe(plain);
  });

  const good = (): void => {
    put('t-images-idx3-ubyte', images(2, 9));
    put('t-labels-idx1-ubyte', labels(0, 1));
  };
  it.each<[string, () => void, RegExp]>([
    ['a missing folder', () => rmSync(folder, { recursive: true }), /does not exist; name a folder that holds/],
    ['a folder without pairs', () => undefined, /holds no IDX images; it needs PREFIX-images-idx3-ubyte/],
    ['images without labels', () => put('t-images-idx3-ubyte', images(1, 1)), /has no t-labels-idx1-ubyte/],
    [
      'a wrong magic number',
      () => put('t-images-idx3-ubyte', labels(1)),
      /starts with 0x00000801 instead of 0x00000803/,
    ],
    ['labels that are images', () => put('t-labels-idx1-ubyte', images(1, 1)), /instead of 0x00000801/],
    ['an empty file', () => put('t-images-idx3-ubyte', Buffer.alloc(0)), /is truncated: 0 bytes are no IDX file/],
    [
      'a truncated header',
      () => put('t-images-idx3-ubyte', images(2, 9).subarray(0, 9)),
      /truncated within its header/,
    ],
    [
      'a truncated body',
      () => put('t-images-idx3-ubyte', images(2, 9).subarray(0, 900)),
      /promises 1568 bytes, 884 follow/,
    ],
    [
      'a body that is too long',
      () => put('t-labels-idx1-ubyte', Buffer.concat([labels(0, 1), Buffer.from([1])])),
      /too long/,
    ],
    ['counts that differ', () => put('t-labels-idx1-ubyte', labels(0, 1, 2)), /2 images but .* 3 labels/],
    [
      'another size',
      () => put('t-images-idx3-ubyte', Buffer.concat([header(0x803, 2, 14, 56), Buffer.alloc(2 * PIXELS)])),
      /14×56 pixels; adsim needs 28×28/,
    ],
    [
      'no image at all',
      () => {
        put('t-images-idx3-ubyte', images(0, 0));
        put('t-labels-idx1-ubyte', labels());
      },
      /holds no images/,
    ],
    ['a label of 10', () => put('t-labels-idx1-ubyte', labels(3, 10)), /label 10 of image 1 is not one of 0 to 9/],
  ])('answers %s with one sentence', (what, spoil, expected) => {
    if (!/folder|without labels/.test(what)) good();
    spoil();
    expect(complaint()).toMatch(expected);
  });

  it('answers a damaged gzip file with one sentence', () => {
    put('t-labels-idx1-ubyte', labels(0, 1));
    put('t-images-idx3-ubyte.gz', gzipSync(images(2, 9)).subarray(0, 30));
    expect(complaint()).toMatch(/is a damaged gzip file/);
    put('t-images-idx3-ubyte.gz', Buffer.from('no gzip at all'));
    expect(complaint()).toMatch(/is a damaged gzip file/);
  });

  it('says that a file is no folder', () => {
    put('file', Buffer.from('x'));
    expect(() => readIdxFolder(path.join(folder, 'file'))).toThrow(/is a file; name the folder/);
  });

  const data = dataFolder();
  it.skipIf(data === undefined)('reads Fashion-MNIST: 1,000 test images of each category', () => {
    const read = readIdxFolder(path.join(String(data), 'fashion'));
    const counts = Array.from(
      { length: 10 },
      (_, category) => read.labels.filter((label) => label === category).length,
    );
    expect(new Set(counts).size).toBe(1);
    expect(read.count).toBe(10 * counts[0]);
    expect(read.labels[0]).toBe(9); // the first test image is an ankle boot
  });
});
