import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { designOf, designShape } from '../../../src/models/ctr/design.ts';
import { featureMap, featuresOf, standardisationOf } from '../../../src/models/ctr/features.ts';
import { impressionsOf } from '../../../src/models/ctr/labels.ts';
import { L2_CANDIDATES, logistic } from '../../../src/models/ctr/logistic.ts';
import { newtonLogistic, scoreOf } from '../../../src/models/ctr/newton.ts';
import { splitBySession } from '../../../src/models/ctr/split.ts';
import { toyLog } from '../../support/toy-log.ts';

describe('logistic', () => {
  const { log, ...setup } = toyLog({ rows: 1200 });
  const k = setup.actions.size;

  it('predicts what its folded weights say: the score of the whole design, row by row', async () => {
    const model = logistic({ kind: 'logistic', l2: 5 }, setup);
    // A validation log leaves the whole training log to learn from.
    await model.fit(log, randomFrom('fit'), toyLog({ rows: 300, seed: 'other' }).log);
    const out = matrix(log.size, k);
    model.predict(log.requests, out);

    const map = featureMap(setup);
    const shape = designShape(map, setup.actions);
    const shown = impressionsOf(log, setup);
    const scale = standardisationOf(featuresOf(log.requests, shown, map, setup.actions.features));
    const design = designOf(shape, log, shown, setup.actions, scale);
    const { weights } = newtonLogistic(design, shown.click, { l2: 5 });
    shown.rows.forEach((i, at) => {
      const expected = 1 / (1 + Math.exp(-scoreOf(design, at, weights)));
      expect(Math.abs(out.data[i * k + shown.action[at]] - expected)).toBeLessThan(1e-9);
    });
  });

  it('learns from impressions only: rows not won and empty slots change nothing', async () => {
    const { log: spoilt } = toyLog({ rows: 1200 });
    const { log: sound } = toyLog({ rows: 1200 });
    for (let i = 0; i < 1200; i += 5) {
      sound.outcomes.won[i] = spoilt.outcomes.won[i] = 0;
      spoilt.outcomes.click[i] = 1 - spoilt.outcomes.click[i];
      spoilt.decisions.action[i] = i % 2 === 0 ? -1 : spoilt.decisions.action[i];
    }
    const outs = await Promise.all(
      [sound, spoilt].map(async (train) => {
        const model = logistic({ kind: 'logistic' }, setup);
        const report = await model.fit(train, randomFrom('fit'));
        expect(report.rows).toBe(960);
        const out = matrix(log.size, k);
        model.predict(log.requests, out);
        return out.data;
      }),
    );
    expect(outs[1]).toEqual(outs[0]);
  });

  it('chooses the penalty with the lowest held-out loss', async () => {
    const { train, validation } = splitBySession(toyLog({ rows: 3000 }).log, randomFrom('a'));
    const auto = await logistic({ kind: 'logistic' }, setup).fit(train, randomFrom('a'), validation);
    const fixed = await Promise.all(
      L2_CANDIDATES.map(async (l2) => {
        const report = await logistic({ kind: 'logistic', l2 }, setup).fit(train, randomFrom('a'), validation);
        return report.validationLoss[0];
      }),
    );
    expect(Math.min(...auto.validationLoss)).toBeCloseTo(Math.min(...fixed), 3);
    expect(fixed[0]).toBeGreaterThan(Math.min(...fixed));
  });

  it('does without validation where the log is too small to hold some out', async () => {
    const tiny = toyLog({ rows: 3 }).log;
    tiny.outcomes.click.set([1, 0, 0]);
    const report = await logistic({ kind: 'logistic' }, setup).fit(tiny, randomFrom('a'));
    expect(report).toMatchObject({ rows: 3, validationLoss: [], warnings: [] });
  });
});
