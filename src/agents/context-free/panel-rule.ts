/** Gauss–Legendre quadrature on a panel, with the integral up to each node as well as the whole. */

export interface PanelRule {
  /** Nodes in (−1, 1), ascending. */
  nodes: Float64Array;
  /** Σ weights·f(nodes) = ∫ f over [−1, 1], exact for polynomials of degree 2m − 1. */
  weights: Float64Array;
  /** (m×m) row i: Σ_j cumulative[i·m + j]·f(node_j) = ∫ f from −1 to node i, exact for degree m − 1. */
  cumulative: Float64Array;
}

/**
 * The rule with m nodes. Nodes by Newton's method on P_m; the cumulative weights follow from the Legendre expansion
 * f = Σ_n c_n P_n, c_n = (2n + 1)/2 Σ_j w_j P_n(x_j) f(x_j), and ∫ P_n = (P_{n+1} − P_{n−1})/(2n + 1).
 */
export function panelRule(m: number): PanelRule {
  const nodes = new Float64Array(m);
  const weights = new Float64Array(m);
  const values = new Float64Array(m + 1);
  for (let i = 0; i < m; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (m + 0.5));
    let slope = 1;
    for (let newton = 0; newton < 100; newton++) {
      legendre(x, values);
      slope = (m * (values[m - 1] - x * values[m])) / (1 - x * x);
      const change = values[m] / slope;
      x -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    legendre(x, values);
    slope = (m * (values[m - 1] - x * values[m])) / (1 - x * x);
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  const cumulative = new Float64Array(m * m);
  const atNode = new Float64Array(m + 1);
  for (let i = 0; i < m; i++) {
    legendre(nodes[i], values);
    for (let j = 0; j < m; j++) {
      legendre(nodes[j], atNode);
      let sum = (1 + nodes[i]) / 2;
      for (let n = 1; n < m; n++) sum += (atNode[n] * (values[n + 1] - values[n - 1])) / 2;
      cumulative[i * m + j] = weights[j] * sum;
    }
  }
  return { nodes, weights, cumulative };
}

/** P_0(x) … P_m(x) by the three-term recurrence. */
function legendre(x: number, out: Float64Array): void {
  out[0] = 1;
  out[1] = x;
  for (let n = 1; n + 1 < out.length; n++) out[n + 1] = ((2 * n + 1) * x * out[n] - n * out[n - 1]) / (n + 1);
}
