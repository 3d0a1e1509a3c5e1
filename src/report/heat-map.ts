/** Which pixels made a network say what it said, drawn on the image: red adds, blue takes away. */
import { greyPngDataUri } from './png.ts';

const RED = '#d62828';
const BLUE = '#1d4ed8';
/** Pixels that add less than this share of the strongest are left grey. */
const VISIBLE = 0.05;
const SCALE = 10;

/** SVG of a square image of `side` pixels a side with `values` (side²) over it; `title` is what screen readers say. */
export function heatMapSvg(pixels: Uint8Array, values: Float32Array, side: number, title: string): string {
  const most = values.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
  const cells = Array.from(values, (value, i) => {
    const share = most === 0 ? 0 : Math.abs(value) / most;
    if (share < VISIBLE) return '';
    const [x, y] = [i % side, Math.floor(i / side)];
    const colour = value > 0 ? RED : BLUE;
    return `<rect x="${x}" y="${y}" width="1" height="1" fill="${colour}" fill-opacity="${share.toFixed(3)}"/>`;
  });
  const image = greyPngDataUri(Buffer.from(pixels).toString('base64')) ?? '';
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" width="${side * SCALE}" height="${side * SCALE}" ` +
    `role="img" aria-label="${title.replaceAll(/[<>&"]/gu, '')}">` +
    `<image width="${side}" height="${side}" href="${image}" style="image-rendering:pixelated"/>${cells.join('')}</svg>\n`
  );
}
