/**
 * Composited creatives: a product image in a layout, on a background, with a text band and a badge, as grey marks on
 * 28×28 pixels. Drawn back to front: background, product, text band, badge.
 */
import { z } from 'zod';
import type { Factor } from '../../core/elements.ts';
import { PIXELS, SIDE } from './images.ts';

/** The whole frame, or three quarters of it in the middle or to one side. */
export const TEMPLATES = ['full', 'inset', 'left', 'right'] as const;
export const BACKGROUNDS = ['black', 'grey', 'fade', 'stripes', 'checks'] as const;
/** Shape and corner. */
export const BADGES = [
  'none',
  'disc-top-left',
  'disc-top-right',
  'disc-bottom-left',
  'disc-bottom-right',
  'ribbon-top-left',
  'ribbon-top-right',
  'ribbon-bottom-left',
  'ribbon-bottom-right',
] as const;
/** Length and place of the text band. */
export const HEADLINES = ['none', 'short-top', 'long-top', 'short-bottom', 'long-bottom'] as const;

/** One combination. */
export interface Composition {
  template: (typeof TEMPLATES)[number];
  background: (typeof BACKGROUNDS)[number];
  badge: (typeof BADGES)[number];
  headline: (typeof HEADLINES)[number];
}

/** What may be combined. */
export interface CompositeConfig {
  templates: Composition['template'][];
  backgrounds: Composition['background'][];
  badges: Composition['badge'][];
  headlines: Composition['headline'][];
}

/** As written: every key may be left out. */
export type CompositeInput = { [K in keyof CompositeConfig]?: CompositeConfig[K] | undefined };

const distinct = (levels: readonly string[]): boolean => new Set(levels).size === levels.length;
const TWICE = 'one of them stands twice; name each once';

export const compositeSchema: z.ZodType<CompositeConfig, CompositeInput> = z.strictObject({
  templates: z
    .array(z.enum(TEMPLATES))
    .min(1)
    .refine(distinct, TWICE)
    .default(['full', 'inset'])
    .describe('Layouts: where the product stands, and how large'),
  backgrounds: z
    .array(z.enum(BACKGROUNDS))
    .min(1)
    .refine(distinct, TWICE)
    .default(['black', 'grey', 'stripes'])
    .describe('Tone or pattern behind the product'),
  badges: z
    .array(z.enum(BADGES))
    .min(1)
    .refine(distinct, TWICE)
    .default(['none', 'disc-top-right', 'ribbon-top-left'])
    .describe('Shape and corner of the sale tag'),
  headlines: z
    .array(z.enum(HEADLINES))
    .min(1)
    .refine(distinct, TWICE)
    .default(['none', 'short-bottom', 'long-bottom'])
    .describe('Length and place of the text band'),
});

/** The factors of a config, in the order of `Composition`. */
export function compositeFactors({ templates, backgrounds, badges, headlines }: CompositeConfig): Factor[] {
  return [
    { name: 'template', levels: templates },
    { name: 'background', levels: backgrounds },
    { name: 'badge', levels: badges },
    { name: 'headline', levels: headlines },
  ];
}

/** Every product image in every combination, in the order of `crossed`. */
export function composites(products: readonly Uint8Array[], config: CompositeConfig): Uint8Array[] {
  const { templates, backgrounds, badges, headlines } = config;
  return products.flatMap((product) =>
    templates.flatMap((template) =>
      backgrounds.flatMap((background) =>
        badges.flatMap((badge) =>
          headlines.map((headline) => composite(product, { template, background, badge, headline })),
        ),
      ),
    ),
  );
}

/** A creative of 784 bytes out of a product image of 784 bytes on black. A pure function. */
export function composite(product: Uint8Array, { template, background, badge, headline }: Composition): Uint8Array {
  const out = Uint8Array.from({ length: PIXELS }, (_, p) => backdrop(background, p % SIDE, Math.floor(p / SIDE)));
  place(product, template, out);
  if (headline !== 'none') {
    const [length, edge] = headline.split('-');
    drawBand(length === 'long', edge === 'top', out);
  }
  if (badge !== 'none') {
    const [shape, vertical, horizontal] = badge.split('-');
    drawBadge(shape === 'disc' ? disc : ribbon, vertical === 'bottom', horizontal === 'right', out);
  }
  return out;
}

function backdrop(background: Composition['background'], x: number, y: number): number {
  if (background === 'black') return 0;
  if (background === 'grey') return 80;
  if (background === 'fade') return Math.round((120 * y) / (SIDE - 1));
  if (background === 'stripes') return y % 6 < 3 ? 80 : 0;
  return (Math.floor(x / 4) + Math.floor(y / 4)) % 2 === 0 ? 80 : 0;
}

/** Side of the smaller layouts. */
const SMALL = 21;
/** A product's pixel of this value or more hides what is behind it; darker ones let it through in proportion. */
const OPAQUE = 48;

function place(product: Uint8Array, template: Composition['template'], out: Uint8Array): void {
  const side = template === 'full' ? SIDE : SMALL;
  const rest = SIDE - side;
  const top = Math.floor(rest / 2);
  const left = { full: 0, left: 0, inset: top, right: rest }[template];
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const at = (top + y) * SIDE + left + x;
      // Scaling mixes the product with its own black ground, so tone is opacity too: nothing else tells them apart.
      const value = side === SIDE ? product[y * SIDE + x] : averaged(product, x, y);
      const cover = Math.min(1, value / OPAQUE);
      out[at] = Math.round(cover * value + (1 - cover) * out[at]);
    }
  }
}

/** Pixel (x, y) of the product at 21×21: the mean over the square of 4/3×4/3 pixels that it stands for. */
function averaged(product: Uint8Array, x: number, y: number): number {
  const step = SIDE / SMALL;
  const overlap = (from: number, cell: number): number =>
    Math.max(0, Math.min(from + step, cell + 1) - Math.max(from, cell));
  let sum = 0;
  for (let i = Math.floor(y * step); i < Math.min(SIDE, (y + 1) * step); i++) {
    for (let j = Math.floor(x * step); j < Math.min(SIDE, (x + 1) * step); j++) {
      sum += overlap(y * step, i) * overlap(x * step, j) * product[i * SIDE + j];
    }
  }
  return sum / (step * step);
}

const WHITE = 255;
/** Lengths of the words of a line of text, in pixels. */
const WORDS = [4, 3, 5, 4, 3];

/** A dark band of five rows with a line of words in white, of two words or of as many as fit. */
function drawBand(long: boolean, top: boolean, out: Uint8Array): void {
  const first = top ? 1 : SIDE - 6;
  const words = long ? WORDS : WORDS.slice(0, 2);
  const width = words.reduce((sum, length) => sum + length + 1, 1);
  const left = Math.floor((SIDE - width) / 2);
  for (let y = first; y < first + 5; y++) out.fill(0, y * SIDE + left, y * SIDE + left + width);
  let x = left + 1;
  for (const length of words) {
    for (let y = first + 1; y < first + 4; y++) out.fill(WHITE, y * SIDE + x, y * SIDE + x + length);
    x += length + 1;
  }
}

/** Side of the corner that a badge is drawn in. */
const BADGE = 11;
/** Grey of the pixel (x, y) from the top left corner, −1 where the picture shows. */
type Shape = (x: number, y: number) => number;

/** A white disc in a black ring. */
const disc: Shape = (x, y) => {
  const distance = (x - 5) * (x - 5) + (y - 5) * (y - 5);
  if (distance > 20) return -1;
  return distance > 11 ? 0 : WHITE;
};

/** A white band across the corner between black edges. */
const ribbon: Shape = (x, y) => {
  const diagonal = x + y;
  if (diagonal < 5 || diagonal > 10) return -1;
  return diagonal === 5 || diagonal === 10 ? 0 : WHITE;
};

function drawBadge(shape: Shape, bottom: boolean, right: boolean, out: Uint8Array): void {
  for (let y = 0; y < BADGE; y++) {
    for (let x = 0; x < BADGE; x++) {
      const value = shape(x, y);
      if (value >= 0) out[(bottom ? SIDE - 1 - y : y) * SIDE + (right ? SIDE - 1 - x : x)] = value;
    }
  }
}
