/** Many small grey images as one, row by row, so that they can be looked at together. */
import { encodeGreyPng } from './png.ts';

const GAP = 4;
const WHITE = 255;

/** PNG of square images of `side` pixels, `columns` to a row, each shown `scale` times as large. */
export function contactSheet(
  images: readonly Uint8Array[],
  { side, columns, scale = 3 }: { side: number; columns: number; scale?: number },
): Uint8Array {
  const cell = side * scale + GAP;
  const rows = Math.ceil(images.length / columns);
  const [width, height] = [columns * cell + GAP, rows * cell + GAP];
  const sheet = new Uint8Array(width * height).fill(WHITE);
  images.forEach((pixels, n) => {
    const top = GAP + Math.floor(n / columns) * cell;
    const left = GAP + (n % columns) * cell;
    for (let y = 0; y < side * scale; y++) {
      for (let x = 0; x < side * scale; x++) {
        sheet[(top + y) * width + left + x] = pixels[Math.floor(y / scale) * side + Math.floor(x / scale)];
      }
    }
  });
  return encodeGreyPng(sheet, width, height);
}
