/**
 * The ten products as flat shapes on the square [−1, 1]², y downwards: polygons and ellipses painted one over the
 * other, each with its tone. Lengths vary with the draws of one image.
 */

/** Numbers x0, y0, x1, y1, … of a polygon, or centre and radii of an ellipse. */
export interface Layer {
  kind: 'polygon' | 'ellipse';
  numbers: number[];
  /** Share of the product's shade; 0 cuts a hole. */
  tone: number;
}

/** Draws a number between low and high. */
export type Draw = (low: number, high: number) => number;

const polygon = (numbers: number[], tone = 1): Layer => ({ kind: 'polygon', numbers, tone });
const ellipse = (x: number, y: number, rx: number, ry: number, tone = 1): Layer => ({
  kind: 'ellipse',
  numbers: [x, y, rx, ry],
  tone,
});
const box = (left: number, top: number, right: number, bottom: number, tone = 1): Layer =>
  polygon([left, top, right, top, right, bottom, left, bottom], tone);

/** A right half, from top to bottom, and its mirror image. */
function mirrored(half: number[], tone = 1): Layer {
  const left: number[] = [];
  for (let i = half.length - 2; i >= 0; i -= 2) left.push(-half[i], half[i + 1]);
  return polygon([...half, ...left], tone);
}

/** Body with sleeves: the frame of T-shirt, pullover, coat and shirt. */
function torso(
  neck: number,
  shoulder: number,
  hem: number,
  bottom: number,
  sleeve: { x: number; y: number; wide: number },
): Layer {
  return mirrored([
    neck, -0.88,
    shoulder, -0.76,
    sleeve.x, sleeve.y,
    sleeve.x - sleeve.wide, sleeve.y + sleeve.wide * 0.3,
    shoulder - 0.02, -0.28,
    hem, bottom,
  ]); // prettier-ignore
}

function tShirt(draw: Draw): Layer[] {
  const neck = draw(0.18, 0.3);
  const sleeve = { x: draw(0.88, 1), y: draw(-0.3, -0.1), wide: draw(0.24, 0.32) };
  return [
    torso(neck, draw(0.5, 0.58), draw(0.46, 0.56), draw(0.85, 0.95), sleeve),
    ellipse(0, -0.9, neck, draw(0.1, 0.25), 0),
  ];
}

function trouser(draw: Draw): Layer[] {
  const waist = draw(0.3, 0.4);
  const ankle = draw(0.36, 0.46);
  return [
    mirrored([
      waist,
      -0.97,
      draw(0.38, 0.46),
      -0.4,
      ankle,
      0.97,
      ankle - draw(0.2, 0.28),
      0.97,
      0.04,
      draw(-0.35, -0.15),
    ]),
    box(-waist, -0.97, waist, -0.85, 0.75),
  ];
}

function pullover(draw: Draw): Layer[] {
  const neck = draw(0.16, 0.26);
  const sleeve = { x: draw(0.86, 0.98), y: draw(0.62, 0.78), wide: draw(0.22, 0.28) };
  const hem = draw(0.46, 0.54);
  const bottom = draw(0.8, 0.9);
  return [
    torso(neck, draw(0.54, 0.6), hem, bottom, sleeve),
    ellipse(0, -0.9, neck + 0.06, 0.18, 0.7),
    ellipse(0, -0.92, neck, 0.12, 0),
    box(-hem, bottom - 0.12, hem, bottom, 0.75),
  ];
}

function dress(draw: Draw): Layer[] {
  const strap = draw(0.2, 0.3);
  const waist = draw(0.16, 0.24);
  const neck = draw(0.1, 0.16);
  return [
    mirrored([neck, -0.98, strap, -0.98, strap - 0.02, -0.6, waist, draw(-0.25, -0.05), draw(0.36, 0.58), 0.98]),
    ellipse(0, -1, neck, draw(0.2, 0.4), 0),
    box(-waist, -0.17, waist, -0.08, draw(0.55, 0.9)),
  ];
}

function coat(draw: Draw): Layer[] {
  const sleeve = { x: draw(0.82, 0.92), y: draw(0.5, 0.66), wide: draw(0.2, 0.26) };
  const gap = draw(0.025, 0.05);
  const lapel = draw(0.24, 0.36);
  return [
    torso(0.2, draw(0.52, 0.58), draw(0.52, 0.62), 0.98, sleeve),
    mirrored([0.02, -0.9, lapel, -0.9, lapel - 0.06, -0.55, 0.02, -0.05], 0.6),
    box(-gap, -0.5, gap, 0.98, 0.12),
    ellipse(0, -0.95, 0.14, 0.16, 0),
  ];
}

function sandal(draw: Draw): Layer[] {
  const heel = draw(0.3, 0.6);
  const top = 0.55 - heel;
  const strap = draw(0.09, 0.13);
  return [
    polygon([
      -0.96,
      0.42,
      -0.4,
      0.42,
      0.5,
      top,
      0.95,
      top - 0.05,
      0.95,
      top + 0.14,
      0.55,
      top + 0.16,
      -0.35,
      0.58,
      -0.96,
      0.58,
    ]),
    polygon([0.78, top, 0.95, top, 0.92, 0.58, 0.8, 0.58]),
    polygon([-0.78, 0.42, -0.52, 0, -0.52 + strap, 0, -0.6 + strap, 0.42], 0.85),
    polygon([-0.5, 0, -0.5 + strap, 0, -0.12 + strap, 0.36, -0.16, 0.38], 0.85),
    polygon([0.42, top, 0.6, top - 0.42, 0.6 + strap, top - 0.42, 0.52 + strap, top], 0.85),
    polygon([0.6, top - 0.42, 0.6 + strap, top - 0.42, 0.9, top, 0.76, top], 0.85),
  ];
}

function shirt(draw: Draw): Layer[] {
  const sleeve = { x: draw(0.92, 1), y: draw(0.2, 0.36), wide: draw(0.24, 0.3) };
  const layers = [
    torso(0.2, draw(0.5, 0.56), draw(0.44, 0.5), draw(0.82, 0.92), sleeve),
    mirrored([0.01, -0.7, 0.2, -0.98, 0.34, -0.86, 0.12, -0.5], 0.72),
    polygon([-0.12, -1, 0.12, -1, 0, -0.66], 0),
    box(-0.035, -0.6, 0.035, 0.86, 0.72),
  ];
  for (let y = -0.4; y < 0.8; y += 0.28) layers.push(ellipse(0, y, 0.055, 0.05, 0.2));
  return layers;
}

function sneaker(draw: Draw): Layer[] {
  const ankle = draw(-0.4, -0.25);
  const tongue = draw(-0.02, 0.12);
  const layers = [
    polygon([
      -0.96,
      0.34,
      -0.9,
      0.16,
      -0.55,
      0.06,
      tongue,
      ankle,
      0.35,
      ankle + 0.05,
      0.6,
      ankle + 0.12,
      0.88,
      ankle - 0.04,
      0.95,
      0.36,
    ]),
    polygon([-0.98, 0.34, 0.97, 0.34, 0.96, 0.5, -0.92, 0.5], draw(0.4, 0.7)),
  ];
  for (let i = 0; i < 3; i++) {
    const x = -0.5 + i * 0.18;
    layers.push(
      polygon([x, 0.06 - i * 0.1, x + 0.06, 0.02 - i * 0.1, x + 0.2, 0.2 - i * 0.08, x + 0.14, 0.24 - i * 0.08], 0.35),
    );
  }
  return layers;
}

function bag(draw: Draw): Layer[] {
  const top = draw(-0.25, -0.05);
  const wide = draw(0.72, 0.9);
  const handle = draw(0.3, 0.5);
  return [
    ellipse(0, top, handle, draw(0.5, 0.7)),
    ellipse(0, top, handle - draw(0.1, 0.14), 0.42, 0),
    mirrored([wide - draw(0, 0.14), top, wide, 0.8]),
    mirrored([wide - 0.06, top + 0.06, draw(0.4, 0.7), top + draw(0.3, 0.42)], 0.75),
    ellipse(0, top + 0.36, 0.07, 0.07, 0.25),
  ];
}

function boot(draw: Draw): Layer[] {
  const shaft = draw(0.02, 0.14);
  const toe = draw(0.3, 0.4);
  const heel = draw(0.08, 0.2);
  return [
    polygon([
      shaft,
      -0.92,
      0.8,
      -0.92,
      0.78,
      0.2,
      0.86,
      0.72,
      0.4,
      0.76,
      -0.9,
      0.76,
      -0.94,
      0.52,
      -0.6,
      toe,
      shaft - 0.06,
      0.12,
    ]),
    polygon([0.44, 0.72, 0.86, 0.72, 0.84, 0.78 + heel, 0.5, 0.78 + heel], 0.7),
    polygon([-0.94, 0.7, 0.44, 0.7, 0.44, 0.8, -0.92, 0.8], 0.6),
    box(shaft, -0.92, 0.8, -0.78, draw(0.6, 0.85)),
  ];
}

/** In the order of `CATEGORY_NAMES`. */
export const SHAPES: readonly ((draw: Draw) => Layer[])[] = [
  tShirt,
  trouser,
  pullover,
  dress,
  coat,
  sandal,
  shirt,
  sneaker,
  bag,
  boot,
];
