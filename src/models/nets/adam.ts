/** Adam on plain arrays. */

export interface Optimiser {
  /** Moves `parameters` against `gradient`, which it sets back to 0. */
  step(parameters: Float64Array, gradient: Float64Array): void;
}

export interface AdamOptions {
  learningRate: number;
  /** Gradients longer than this are shortened to it; default: never. */
  clip?: number;
  /** ε, added to the root of the second moment; default 1e-8. */
  guard?: number;
}

/** Adam (Kingma & Ba 2015, Algorithm 1) with β₁ = 0.9, β₂ = 0.999. */
export function adamOptimiser(
  size: number,
  { learningRate, clip = Infinity, guard: least = 1e-8 }: AdamOptions,
): Optimiser {
  const first = new Float64Array(size);
  const second = new Float64Array(size);
  // β₁ᵗ and β₂ᵗ
  let fade = 1;
  let slowFade = 1;
  return {
    step(parameters, gradient) {
      fade *= 0.9;
      slowFade *= 0.999;
      let squares = 0;
      for (let p = 0; p < size; p++) squares += gradient[p] * gradient[p];
      const shrink = Math.min(1, clip / Math.sqrt(squares));
      const rate = (learningRate * Math.sqrt(1 - slowFade)) / (1 - fade);
      const guard = least * Math.sqrt(1 - slowFade);
      for (let p = 0; p < size; p++) {
        const g = squares === 0 ? 0 : shrink * gradient[p];
        first[p] += 0.1 * (g - first[p]);
        second[p] += 0.001 * (g * g - second[p]);
        parameters[p] -= (rate * first[p]) / (Math.sqrt(second[p]) + guard);
      }
      gradient.fill(0);
    },
  };
}
