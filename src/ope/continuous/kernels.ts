/** Kernels: how much a continuous action tells of one nearby, by their distance u in bandwidths. Each integrates to 1. */

export type Kernel = (u: number) => number;

export const KERNELS = {
  gaussian: (u) => Math.exp(-0.5 * u * u) / Math.sqrt(2 * Math.PI),
  epanechnikov: (u) => 0.75 * Math.max(1 - u * u, 0),
  triangular: (u) => Math.max(1 - Math.abs(u), 0),
  cosine: (u) => (Math.abs(u) <= 1 ? (Math.PI / 4) * Math.cos((Math.PI / 2) * u) : 0),
} as const satisfies Record<string, Kernel>;

export type KernelName = keyof typeof KERNELS;
