/** Grey bytes → a PNG for the report's gallery (PNG specification, third edition: §5.3 chunks, §11.2 IHDR, IDAT). */
import { crc32, deflateSync } from 'node:zlib';
import { InputError } from '../core/errors.ts';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Length, type, data, checksum of type and data. */
function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** PNG file of `width × height` grey bytes, row-major, 0 black … 255 white. Throws InputError on a wrong length. */
export function encodeGreyPng(pixels: Uint8Array, width: number, height: number): Uint8Array {
  if (pixels.length !== width * height) {
    throw new InputError(`image: ${pixels.length} bytes for ${width}×${height} pixels; give one byte a pixel`);
  }
  const header = Buffer.alloc(13); // bit depth 8, colour type 0 (grey), default compression, filter, no interlace
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const lines = Buffer.alloc((width + 1) * height); // each line starts with its filter: 0, none
  for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  // Stored, not compressed: the bytes must not depend on Node's version of zlib, and such images hardly shrink.
  const data = deflateSync(lines, { level: 0 });
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', new Uint8Array(0))]);
}

/** Data URI of a square grey image given as base64 bytes (results.json keeps creatives so); null if it isn't square. */
export function greyPngDataUri(base64: string): string | null {
  const pixels = Buffer.from(base64, 'base64');
  const side = Math.round(Math.sqrt(pixels.length));
  if (side === 0 || side * side !== pixels.length) return null;
  return `data:image/png;base64,${Buffer.from(encodeGreyPng(pixels, side, side)).toString('base64')}`;
}

/**
 * Data URI of equally many square grey images down as across, from base64 bytes of one image after the other; null where
 * they don't come out even. `side` is that of one image [pixels].
 */
export function mosaicDataUri(base64: string, side: number): string | null {
  const images = Buffer.from(base64, 'base64');
  const across = Math.round(Math.sqrt(images.length) / side);
  const width = across * side;
  if (across === 0 || width * width !== images.length) return null;
  const pixels = new Uint8Array(images.length);
  for (let i = 0; i < images.length; i += side) {
    const image = Math.floor(i / (side * side));
    const line = (i / side) % side;
    const at = (Math.floor(image / across) * side + line) * width + (image % across) * side;
    pixels.set(images.subarray(i, i + side), at);
  }
  return `data:image/png;base64,${Buffer.from(encodeGreyPng(pixels, width, width)).toString('base64')}`;
}
