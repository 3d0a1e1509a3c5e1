/** A smooth function of one number, read from a table. */

/**
 * `f` on [from, to] by cubic pieces that share its values and slopes at `cells` + 1 nodes (cubic Hermite interpolation):
 * for nodes h apart the error is at most h⁴ max|f⁗| / 384. Elsewhere `f` itself is asked.
 */
export function tabulated(f: (x: number) => number, from: number, to: number, cells: number): (x: number) => number {
  const h = (to - from) / cells;
  const nodes = new Float64Array(2 * (cells + 1)); // value, then slope × h
  for (let i = 0; i <= cells; i++) {
    const x = from + i * h;
    nodes[2 * i] = f(x);
    // Central differences of the fourth order, over half a cell on either side.
    const step = h / 4;
    nodes[2 * i + 1] = (f(x - 2 * step) - 8 * f(x - step) + 8 * f(x + step) - f(x + 2 * step)) / 3;
  }
  return (x) => {
    const at = (x - from) / h;
    if (!(at >= 0 && at < cells)) return f(x);
    const cell = Math.floor(at);
    const t = at - cell;
    const left = nodes[2 * cell];
    const leftSlope = nodes[2 * cell + 1];
    const rise = nodes[2 * cell + 2] - left;
    const rightSlope = nodes[2 * cell + 3];
    const c = 3 * rise - 2 * leftSlope - rightSlope;
    const d = leftSlope + rightSlope - 2 * rise;
    return left + t * (leftSlope + t * (c + t * d));
  };
}
