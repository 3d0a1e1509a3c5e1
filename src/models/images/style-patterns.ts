/** Pictures whose manner may be lent to creatives: textures drawn by adsim itself. */
import { PIXELS, SIDE } from './images.ts';

export const STYLE_PATTERNS = ['stripes', 'checks', 'dots', 'waves'] as const;
/** What `creatives.styles` may name: a pattern, or the image as drawn. */
export const STYLES = ['plain', ...STYLE_PATTERNS] as const;
export type StylePattern = (typeof STYLE_PATTERNS)[number];

/** Grey of each pixel: exact arithmetic, so equal to the last bit everywhere. */
const PATTERNS: Record<StylePattern, (x: number, y: number) => number> = {
  stripes: (x, y) => ((x + y) % 6 < 3 ? 255 : 0),
  checks: (x, y) => ((Math.floor(x / 4) + Math.floor(y / 4)) % 2 === 0 ? 230 : 30),
  dots: (x, y) => (((x % 5) - 2) * ((x % 5) - 2) + ((y % 5) - 2) * ((y % 5) - 2) < 3 ? 255 : 40),
  waves: (x, y) => {
    const phase = (y + Math.abs((x % 8) - 4)) % 8;
    return Math.round(255 * Math.abs(phase / 4 - 1));
  },
};

/** (784) the pattern, filling the frame. */
export function stylePattern(name: StylePattern): Uint8Array {
  return Uint8Array.from({ length: PIXELS }, (_, p) => PATTERNS[name](p % SIDE, Math.floor(p / SIDE)));
}
