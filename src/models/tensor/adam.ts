/**
 * Adam (Kingma & Ba 2015, "Adam: a method for stochastic optimization", algorithm 1) in one pass per variable.
 * `tf.train.adam` runs about a dozen kernels per variable; here each is one custom kernel on the wasm and cpu heaps,
 * and plain ops elsewhere.
 */
import type { NamedAttrMap, NamedTensorMap, Scalar, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { TensorGate } from '../tensor.ts';

export interface AdamSettings {
  learningRate: number;
  /** Decay of the first moment; 0.9. */
  beta1?: number;
  /** Decay of the second moment; 0.999. */
  beta2?: number;
  /** Added to the root of the second moment; 1e-7. */
  epsilon?: number;
}

export interface Adam {
  /**
   * One step on the gradient of `loss` with respect to `variables`; answers with the loss before the step, which the
   * caller reads with `await loss.data()` or not at all, and disposes. Inside `tf.tidy` it is disposed by the tidy.
   * Variables that the loss does not depend on are left alone.
   */
  minimize(loss: () => Scalar, variables: readonly Variable[]): Scalar;
  /** For schedules; takes effect from the next step. */
  setLearningRate(learningRate: number): void;
  /** The moments of the variables and how often they were moved: all that the next step depends on. */
  read(variables: readonly Variable[]): Promise<AdamState>;
  /** Goes on from a state of the same variables. Throws RangeError where the sizes differ. */
  write(variables: readonly Variable[], state: AdamState): void;
  /** Frees the moments. */
  dispose(): void;
}

export interface AdamState {
  /** beta1^t and beta2^t after t steps. */
  powers: readonly [number, number];
  /** First and second moment of each variable in turn. */
  moments: readonly Float32Array[];
}

/** The attributes of the custom kernel. */
export interface AdamStep {
  /** Learning rate over the first moment's bias correction. */
  rate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** 1 − beta2^t. */
  correction2: number;
}

export const ADAM_KERNEL = 'AdamUpdate';

/** One step on flat arrays of equal length: writes the new parameter and moments. */
export function adamUpdate(
  [parameter, gradient, first, second]: readonly Float32Array[],
  [newParameter, newFirst, newSecond]: readonly Float32Array[],
  { rate, beta1, beta2, epsilon, correction2 }: AdamStep,
): void {
  const rest1 = 1 - beta1;
  const rest2 = 1 - beta2;
  for (let i = 0; i < parameter.length; i++) {
    const g = gradient[i];
    const m = beta1 * first[i] + rest1 * g;
    const v = beta2 * second[i] + rest2 * g * g;
    newFirst[i] = m;
    newSecond[i] = v;
    newParameter[i] = parameter[i] - (rate * m) / (Math.sqrt(v / correction2) + epsilon);
  }
}

/** An optimiser on the gate's back end. */
export function adam(gate: TensorGate, settings: AdamSettings): Adam {
  const { tf } = gate;
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = settings;
  let { learningRate } = settings;
  let power1 = 1;
  let power2 = 1;
  const moments = new Map<Variable, [Tensor, Tensor]>();

  const onePass = (inputs: NamedTensorMap, step: AdamStep): Tensor[] =>
    tf.engine().runKernel<Tensor[]>(ADAM_KERNEL, inputs, step as unknown as NamedAttrMap);

  const inOps = ({ parameter, gradient, first, second }: NamedTensorMap, step: AdamStep): Tensor[] => {
    const m = tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1));
    const v = tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2));
    const change = tf.div(tf.mul(m, step.rate), tf.add(tf.sqrt(tf.div(v, step.correction2)), epsilon));
    return [tf.sub(parameter, change), m, v];
  };

  return {
    minimize(loss, variables) {
      const { value, grads } = tf.variableGrads(loss, [...variables]);
      power1 *= beta1;
      power2 *= beta2;
      const step: AdamStep = {
        rate: learningRate / (1 - power1),
        beta1,
        beta2,
        epsilon,
        correction2: 1 - power2,
      };
      const update = tf.getKernel(ADAM_KERNEL, tf.getBackend()) === undefined ? inOps : onePass;
      for (const variable of variables) {
        const gradient = grads[variable.name];
        if (gradient === undefined || gradient === null) continue;
        tf.tidy(() => {
          const old = moments.get(variable);
          const [first, second] = old ?? [tf.zerosLike(variable), tf.zerosLike(variable)];
          const [parameter, m, v] = update({ parameter: variable, gradient, first, second }, step);
          variable.assign(parameter);
          moments.set(variable, [tf.keep(m), tf.keep(v)]);
          old?.forEach((moment) => moment.dispose());
        });
        gradient.dispose();
      }
      return value;
    },
    setLearningRate(rate) {
      learningRate = rate;
    },
    async read(variables) {
      const read = variables.flatMap((variable): Promise<Float32Array>[] => {
        const known = moments.get(variable);
        if (known) return known.map((moment) => moment.data() as Promise<Float32Array>);
        return [0, 1].map(() => Promise.resolve(new Float32Array(variable.size)));
      });
      return { powers: [power1, power2], moments: await Promise.all(read) };
    },
    write(variables, state) {
      if (state.moments.length !== 2 * variables.length) throw new RangeError('adam: a state of other variables');
      [power1, power2] = state.powers;
      variables.forEach((variable, i) => {
        const [first, second] = [state.moments[2 * i], state.moments[2 * i + 1]];
        if (first.length !== variable.size) throw new RangeError(`adam: the state of variable ${i} has another size`);
        moments.get(variable)?.forEach((moment) => moment.dispose());
        const kept = (values: Float32Array): Tensor => tf.keep(tf.tensor(values, variable.shape));
        moments.set(variable, [kept(first), kept(second)]);
      });
    },
    dispose() {
      for (const pair of moments.values()) pair.forEach((moment) => moment.dispose());
      moments.clear();
    },
  };
}
