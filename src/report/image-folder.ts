/** Generated images in a folder: a PNG each, all on one sheet, and IDX files to learn from. */
import { join } from 'node:path';
import { writeWhole } from '../runner/atomic.ts';
import type { GeneratedImages } from '../runner/generate-images.ts';
import { contactSheet } from './contact-sheet.ts';
import { heatMapSvg } from './heat-map.ts';
import { encodeGreyPng } from './png.ts';

/** Pixels a side. */
const SIDE = 28;
const COLUMNS = 10;

/** Writes the files and answers with their paths. Throws what the file system throws. */
export function writeImages(folder: string, { images, idx, source, recognised }: GeneratedImages): string[] {
  const pixels = images.map((image) => image.pixels);
  const described = images.map(({ name, category, headline, recognisability }) => {
    return { name, category, headline, recognisability, file: `${name}.png` };
  });
  const files: [string, string | Uint8Array][] = [
    ...images.map((image): [string, Uint8Array] => [`${image.name}.png`, encodeGreyPng(image.pixels, SIDE, SIDE)]),
    ...images.flatMap(({ name, category, pixels: shown, attribution }): [string, string][] => {
      if (!attribution) return [];
      const title = `Pixels that make ${name} a ${category} (red) or not (blue)`;
      return [[`${name}-why.svg`, heatMapSvg(shown, attribution.values, SIDE, title)]];
    }),
    ['sheet.png', contactSheet(pixels, { side: SIDE, columns: Math.min(COLUMNS, images.length) })],
    ['generated-images-idx3-ubyte', idx.images],
    ['generated-labels-idx1-ubyte', idx.labels],
    ['creatives.json', `${JSON.stringify({ source, recognised, creatives: described }, null, 2)}\n`],
  ];
  return files.map(([name, content]) => {
    const path = join(folder, name);
    writeWhole(path, content);
    return path;
  });
}
