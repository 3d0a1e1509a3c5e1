import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import { encodeGreyPng, greyPngDataUri, mosaicDataUri } from '../../src/report/png.ts';

describe('PNG of grey bytes', () => {
  const pixels = Uint8Array.from({ length: 784 }, (_, i) => (i * 7) % 256);

  it('holds the header and the very pixels, each line unfiltered', () => {
    const png = Buffer.from(encodeGreyPng(pixels, 28, 28));
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]).toEqual([28, 28, 8, 0]);
    const length = png.readUInt32BE(33);
    expect(png.subarray(37, 41).toString()).toBe('IDAT');
    const lines = inflateSync(png.subarray(41, 41 + length));
    expect(lines.length).toBe(29 * 28);
    for (let y = 0; y < 28; y++) {
      expect(lines[y * 29]).toBe(0);
      expect([...lines.subarray(y * 29 + 1, y * 29 + 29)]).toEqual([...pixels.subarray(y * 28, y * 28 + 28)]);
    }
  });

  it('ends with the checksum every PNG ends with', () => {
    const png = Buffer.from(encodeGreyPng(pixels, 28, 28));
    expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082'); // the IEND chunk, whole
  });

  it('refuses a wrong number of bytes; a data URI is null where pixels are no square', () => {
    expect(() => encodeGreyPng(pixels, 28, 27)).toThrow(InputError);
    expect(greyPngDataUri(Buffer.from(pixels).toString('base64'))).toMatch(/^data:image\/png;base64,iVBORw0KGgo/);
    expect(greyPngDataUri(Buffer.from(pixels.subarray(1)).toString('base64'))).toBeNull();
    expect(greyPngDataUri('')).toBeNull();
  });
});

describe('mosaicDataUri', () => {
  it('lays images side by side, row after row', () => {
    const images = Buffer.from([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5]);
    const laid = Uint8Array.of(1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 5, 5);
    const expected = `data:image/png;base64,${Buffer.from(encodeGreyPng(laid, 4, 4)).toString('base64')}`;
    expect(mosaicDataUri(images.toString('base64'), 2)).toBe(expected);
    expect(mosaicDataUri(images.subarray(4).toString('base64'), 2)).toBeNull();
    expect(mosaicDataUri('', 2)).toBeNull();
  });
});
