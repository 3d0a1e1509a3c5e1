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
const FINE = SIDE * POINTS;

/** A quarter of the unit circle at tan(angle/2) = 0, 1/5 … 4/5: rational, so equal to the last bit everywhere. */
const QUARTER = [0, 0.2, 0.4, 0.6, 0.8].map((t) => [(1 - t * t) / (1 + t * t), (2 * t) / (1 + t * t)] as const);

function outline(layer: Layer): number[] {
  if (layer.kind === 'polygon') return layer.numbers;
  const [x, y, rx, ry] = layer.numbers;
  const turns = [
    ...QUARTER,
    ...QUARTER.map(([c, s]) => [-s, c] as const),
    ...QUARTER.map(([c, s]) => [-c, -s] as const),
    ...QUARTER.map(([c, s]) => [s, -c] as const),
  ];
  return turns.flatMap(([c, s]) => [x + rx * c, y + ry * s]);
}

/** Fills the polygon with `tone` on the fine grid, line by line (even-odd rule, points at cell centres). */
function paint(corners: readonly number[], tone: number, fine: Float64Array): void {
  for (let line = 0; line < FINE; line++) {
    const y = line + 0.5;
    const crossings: number[] = [];
    let x0 = corners[corners.length - 2];
    let y0 = corners[corners.length - 1];
    for (let i = 0; i < corners.length; i += 2) {
      const x1 = corners[i];
      const y1 = corners[i + 1];
      if (y1 > y !== y0 > y) crossings.push(((x0 - x1) * (y - y1)) / (y0 - y1) + x1);
      x0 = x1;
      y0 = y1;
    }
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = Math.max(0, Math.ceil(crossings[i] - 0.5));
      const to = Math.min(FINE, Math.ceil(crossings[i + 1] - 0.5));
      fine.fill(tone, line * FINE + from, line * FINE + Math.max(from, to));
    }
  }
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
  const place = (corners: readonly number[]): number[] => {
    const placed: number[] = [];
    for (let i = 0; i < corners.length; i += 2) {
      const x = corners[i] * width;
      const y = corners[i + 1] * height;
      placed.push(((cosine * x - sine * y + shiftX + 1) * FINE) / 2, ((sine * x + cosine * y + shiftY + 1) * FINE) / 2);
    }
    return placed;
  };
  const fine = new Float64Array(FINE * FINE);
  for (const layer of layers) paint(place(outline(layer)), layer.tone, fine);
  for (let line = 0; line < FINE; line++) {
    for (let column = 0; column < FINE; column++) {
      const at = line * FINE + column;
      if (fine[at] > 0) fine[at] *= texture((2 * column) / FINE - 1, (2 * line) / FINE - 1);
    }
  }
  for (let pixel = 0; pixel < PIXELS; pixel++) {
    const corner = Math.floor(pixel / SIDE) * POINTS * FINE + (pixel % SIDE) * POINTS;
    let light = 0;
    for (let i = 0; i < POINTS; i++) for (let j = 0; j < POINTS; j++) light += fine[corner + i * FINE + j];
    const speckle = 1 + grain * (2 * sequence.uniform() - 1);
    out[pixel] = Math.round(Math.min(255, ((shade * light) / (POINTS * POINTS)) * speckle));
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
