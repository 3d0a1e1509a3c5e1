import { describe, expect, it } from 'vitest';
import { MODELS, createModel, modelSchema, needsTensors } from '../../../src/models/ctr/registry.ts';
import { toyLog } from '../../support/toy-log.ts';

describe('the registry of models', () => {
  const { log: _log, ...setup } = toyLog({ rows: 3 });

  it.each(MODELS.map((model) => model.kind))('makes %s from its kind alone, with its defaults', (kind) => {
    const parsed = modelSchema.parse({ kind });
    expect(parsed.kind).toBe(kind);
    expect(createModel({ kind }, setup).name).toBe(kind);
    expect(createModel({ kind, name: 'mine' }, setup).name).toBe('mine');
  });

  it('describes every model and its parameters', () => {
    for (const { summary, reference, parameters } of MODELS) {
      expect(summary.length).toBeGreaterThan(20);
      expect(reference).toMatch(/\d{4}/);
      expect(parameters.length).toBeGreaterThan(0);
    }
  });

  it.each([
    [{ kind: 'gbdt' }, false],
    [{ kind: 'calibrated', of: { kind: 'gbdt' } }, false],
    [{ kind: 'mlp' }, true],
    [{ kind: 'embedding-mlp' }, true],
    [{ kind: 'calibrated', of: { kind: 'down-sampled', of: { kind: 'deepfm' } } }, true],
  ])('knows of %j whether it needs tensors: %s', (config, needs) => {
    expect(needsTensors(modelSchema.parse(config))).toBe(needs);
  });

  it.each([
    { kind: 'forest' },
    { kind: 'logistic', l2: 0 },
    { kind: 'logistic', epochs: 3 },
    { kind: 'mlp', hidden: [] },
    { kind: 'mlp', learningRate: 2 },
    { kind: 'mlp', batch: 1.5 },
  ])('refuses %j', (config) => {
    expect(modelSchema.safeParse(config).success).toBe(false);
  });
});
