/** Every model keeps the contract; models broken on purpose are caught by it. */
import { describe, expect, it } from 'vitest';
import type { TrainableModel } from '../../../src/core/contracts.ts';
import { observable } from '../../../src/models/ctr/observable.ts';
import { MODELS, createModel } from '../../../src/models/ctr/registry.ts';
import {
  findsSignal,
  fitIsDeterministic,
  modelContract,
  predictsProbabilities,
  recoversBaseRate,
  refusesBadLogs,
  rowsStandAlone,
} from '../../contracts/model.ts';
import type { MakeModel } from '../../contracts/model.ts';

for (const { kind } of MODELS) {
  const make: MakeModel = (setup) => createModel({ kind }, setup);
  // The toy world's log-odds are a sum of slopes, which trees can only step along.
  const leastAuc = { tree: 0.68, gbdt: 0.7 }[kind as string] ?? 0.71;
  modelContract(kind, make, { clicks: true, leastAuc, leaves: kind === 'tree' });
}
modelContract('observable', observable, { clicks: false, leastAuc: 0.71 });

describe('the contract catches a model that', () => {
  const sound: MakeModel = (setup) => createModel({ kind: 'logistic', l2: 100 }, setup);
  /** A sound model with a part replaced. */
  const broken =
    (breakIt: (model: TrainableModel) => Partial<TrainableModel>): MakeModel =>
    (setup) => {
      const model = sound(setup);
      return { ...model, ...breakIt(model) };
    };

  it('looks at its neighbours in the batch', async () => {
    const make = broken((model) => ({
      predict(requests, out) {
        model.predict(requests, out);
        out.data[0] += 1e-9 * requests.size;
      },
    }));
    await expect(rowsStandAlone(make)).rejects.toThrow('expected');
  });

  it('draws from a source of its own', async () => {
    let calls = 0;
    const make = broken((model) => {
      const shift = 1e-12 * calls++;
      return {
        predict(requests, out) {
          model.predict(requests, out);
          for (let c = 0; c < out.data.length; c++) out.data[c] += shift;
        },
      };
    });
    await expect(fitIsDeterministic(make)).rejects.toThrow('expected');
  });

  it('learns the labels upside down', async () => {
    const make = broken((model) => ({
      predict(requests, out) {
        model.predict(requests, out);
        for (let c = 0; c < out.data.length; c++) out.data[c] = 1 - out.data[c];
      },
    }));
    await expect(findsSignal(make, 0.71)).rejects.toThrow('expected');
    await expect(recoversBaseRate(make)).rejects.toThrow('expected');
  });

  it('is off by a fifth', async () => {
    const make = broken((model) => ({
      predict(requests, out) {
        model.predict(requests, out);
        for (let c = 0; c < out.data.length; c++) out.data[c] *= 1.2;
      },
    }));
    await expect(recoversBaseRate(make)).rejects.toThrow('expected');
  });

  it('leaves [0, 1] far from the data', async () => {
    const make = broken((model) => ({
      predict(requests, out) {
        model.predict(requests, out);
        for (let i = 0; i < requests.size; i++) if (Math.abs(requests.context.data[9 * i]) > 1e3) out.data[5 * i] = 1.5;
      },
    }));
    await expect(predictsProbabilities(make)).rejects.toThrow('1.5 is not a probability');
  });

  it('swallows a bad log', async () => {
    const make = broken((model) => ({
      fit: (log, random) =>
        model.fit(log, random).catch(() => ({
          model: '',
          rows: 0,
          steps: 0,
          loss: [],
          validationLoss: [],
          warnings: [],
        })),
    }));
    await expect(refusesBadLogs(make, true)).rejects.toThrow('expected');
  });
});
