/**
 * Product silhouettes drawn by adsim itself, so that a fresh clone needs no download: ten kinds of clothes, each image
 * with its own proportions, size, tilt, shade and texture.
 */
import { createHash } from 'node:crypto';
import { CATEGORY_NAMES } from '../../core/contracts.ts';
import type { Random, Sequence } from '../../core/random.ts';
import type { Images } from './images.ts';
import { PIXELS, SIDE } from './images.ts';
import type { Draw, Layer } from './silhouette-shapes.ts';
import { SHAPES } from './silhouette-shapes.ts';

/** Each pixel is the mean of this many squared points. */
const POINTS = 3;

function insidePolygon(x: number, y: number, corners: readonly number[]): boolean {
  let inside = false;
  let x0 = corners[corners.length - 2];
  let y0 = corners[corners.length - 1];
  for (let i = 0; i < corners.length; i += 2) {
    const x1 = corners[i];
    const y1 = corners[i + 1];
    if (y1 > y !== y0 > y && x < ((x0 - x1) * (y - y1)) / (y0 - y1) + x1) inside = !inside;
    x0 = x1;
    y0 = y1;
  }
  return inside;
}

function inside(layer: Layer, x: number, y: number): boolean {
  if (layer.kind === 'polygon') return insidePolygon(x, y, layer.numbers);
  const [centreX, centreY, radiusX, radiusY] = layer.numbers;
  const dx = (x - centreX) / radiusX;
  const dy = (y - centreY) / radiusY;
  return dx * dx + dy * dy < 1;
}

/** A pattern on the cloth: a factor of the shade at (x, y). */
type Texture = (x: number, y: number) => number;

function drawTexture(sequence: Sequence, draw: Draw): Texture {
  const depth = draw(0.12, 0.4);
  const period = draw(0.18, 0.36);
  const odd = (v: number): number => Math.abs(Math.floor(v / period)) % 2;
  const kind = sequence.uniform();
  const slope = draw(-0.18, 0.18);
  if (kind < 0.55) return (x, y) => 1 - Math.abs(slope) + slope * (Math.abs(slope) < 0.09 ? x : y);
  if (kind < 0.7) return (_, y) => 1 - depth * odd(y + 4);
  if (kind < 0.85) return (x) => 1 - depth * odd(x + 4);
  return (x, y) => 1 - depth * ((odd(x + 4) + odd(y + 4)) % 2);
}

/** One silhouette of a category, 784 bytes. */
function drawSilhouette(category: number, random: Random, out: Uint8Array): void {
  const sequence = random.sequence();
  const draw: Draw = (low, high) => low + (high - low) * sequence.uniform();
  const layers = SHAPES[category](draw);
  const width = draw(0.82, 0.98);
  const height = draw(0.86, 1);
  const shiftX = draw(-0.04, 0.04);
  const shiftY = draw(-0.04, 0.04);
  // Half the tangent of the tilt: a rotation without sines, equal to the last bit everywhere.
  const t = draw(-0.04, 0.04);
  const cosine = (1 - t * t) / (1 + t * t);
  const sine = (2 * t) / (1 + t * t);
  const shade = draw(110, 255);
  const texture = drawTexture(sequence, draw);
  const grain = draw(0, 0.1);
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      let light = 0;
      for (let p = 0; p < POINTS * POINTS; p++) {
        const px = (2 * (column + ((p % POINTS) + 0.5) / POINTS)) / SIDE - 1 - shiftX;
        const py = (2 * (row + (Math.floor(p / POINTS) + 0.5) / POINTS)) / SIDE - 1 - shiftY;
        const x = (cosine * px + sine * py) / width;
        const y = (cosine * py - sine * px) / height;
        let tone = 0;
        for (const layer of layers) if (inside(layer, x, y)) tone = layer.tone;
        if (tone > 0) light += tone * texture(x, y);
      }
      const value = ((shade * light) / (POINTS * POINTS)) * (1 + grain * (2 * sequence.uniform() - 1));
      out[row * SIDE + column] = Math.round(Math.min(255, value));
    }
  }
}

/** `perCategory` silhouettes of each of the ten categories, category after category. A pure function of its arguments. */
export function silhouettes(perCategory: number, random: Random): Images {
  const count = perCategory * CATEGORY_NAMES.length;
  const pixels = new Uint8Array(count * PIXELS);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const category = Math.floor(i / perCategory);
    labels[i] = category;
    const source = random.stream('silhouette', category, i % perCategory);
    drawSilhouette(category, source, pixels.subarray(i * PIXELS, (i + 1) * PIXELS));
  }
  const digest = createHash('sha256').update(pixels).update(labels).digest('hex');
  return { count, pixels, labels, source: 'silhouettes', digest };
}
