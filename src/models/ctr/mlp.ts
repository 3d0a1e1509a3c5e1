/** The click network 128-64-1: trained through the tensor gate, used as plain numbers. */
import type { Matrix, Warning } from '../../core/contracts.ts';
import { matrix } from '../../core/matrix.ts';
import { clickData } from './click-model.ts';
import type { ClickData, ClickModel } from './click-model.ts';
import { featureMap, featuresOf, standardisationOf, standardise } from './features.ts';
import type { ModelSetup } from './labels.ts';
import { logLoss } from './metrics.ts';
import { trainNetwork } from './mlp-training.ts';
import type { TrainingConfig } from './mlp-training.ts';
import { networkOutputs, networkPredict } from './network.ts';
import type { Predict } from './network.ts';

export interface MlpConfig extends TrainingConfig {
  kind: 'mlp';
  name?: string | undefined;
}

/**
 * A network on the features of `features.ts` and one unit per action. Keeps the weights of the epoch with the lowest
 * log loss on the validation log, or on a held-out fifth of the sessions. Deterministic in (log, random) on the wasm
 * and cpu back ends. TensorFlow.js is loaded by `fit` alone.
 */
export function mlp(config: MlpConfig, setup: ModelSetup): ClickModel {
  const name = config.name ?? config.kind;
  const { actions } = setup;
  const map = featureMap(setup);
  let forward: Predict | undefined;

  return {
    name,
    async fit(log, random, validation) {
      const { train, validation: held } = clickData(log, setup, random, validation);
      const features = featuresOf(train.log.requests, train.shown, map, actions.features);
      const scale = standardisationOf(features);
      const inputsOf = ({ log: part, shown }: ClickData): Matrix => {
        const rows = featuresOf(part.requests, shown, map, actions.features);
        standardise(rows, scale);
        return withActions(rows, shown.action, actions.size);
      };
      const inputs = inputsOf(train);
      const heldInputs = held && inputsOf(held);
      const trained = await trainNetwork(config, inputs, train.shown.click, random, {
        backends: setup.backends,
        validate: (layers) =>
          held && heldInputs ? logLoss(networkOutputs(layers, heldInputs), held.shown.click) : undefined,
      });
      forward = networkPredict(trained.layers, map, actions, scale);
      const { steps, loss, validationLoss } = trained;
      const warnings = held ? [] : [noValidation(name, config.epochs)];
      return { model: name, rows: inputs.rows, steps, loss, validationLoss, warnings };
    },
    predict(requests, out) {
      if (!forward) throw new Error(`${name}: predict before fit`);
      forward(requests, out);
    },
  };
}

/** Features, then one unit per action. */
function withActions(features: Matrix, action: Int32Array, k: number): Matrix {
  const { rows, columns, data } = features;
  const inputs = matrix(rows, columns + k);
  for (let i = 0; i < rows; i++) {
    inputs.data.set(data.subarray(i * columns, (i + 1) * columns), i * inputs.columns);
    inputs.data[i * inputs.columns + columns + action[i]] = 1;
  }
  return inputs;
}

function noValidation(name: string, epochs: number): Warning {
  return {
    kind: 'no-validation',
    message: `${name}: the held-out sessions have one class only, so nothing told when to stop; it ran ${epochs} epochs`,
    advice: 'log more requests, or fewer epochs',
  };
}
