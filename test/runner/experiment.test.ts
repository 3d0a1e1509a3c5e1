import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trueRequestsOf } from '../../src/core/batch.ts';
import { resolveWorld } from '../../src/env/config.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { market } from '../../src/env/market.ts';
import { experimentSchema, resolveExperiment } from '../../src/runner/config.ts';
import { readyCreatives } from '../../src/runner/creatives.ts';
import { Interrupted, runExperiment } from '../../src/runner/experiment.ts';
import type { FinishedRun, RunOptions } from '../../src/runner/experiment.ts';
import { digestOf, sha256 } from '../../src/runner/digest.ts';
import { runSeeds } from '../../src/runner/parts.ts';
import { openResultsFolder } from '../../src/runner/results-folder.ts';
import { scheduler } from '../../src/runner/scheduler.ts';
import { verifyRun } from '../../src/runner/verify.ts';

const CONFIG = {
  name: 'small',
  question: 'Does the whole loop hold together?',
  seeds: 3,
  world: { preset: 'quiet', users: 600, lanes: 64, baseCtr: 0.1 },
  creatives: { generator: 'synthetic' },
  requests: 1500,
  referenceRequests: 1500,
  behaviour: { kind: 'epsilon-greedy', epsilon: 0.6 },
  models: [{ kind: 'logistic' }],
  agents: [
    { kind: 'uniform' },
    { kind: 'lin-ucb', alpha: 0.2 },
    { kind: 'greedy', model: 'logistic' },
    { kind: 'best-observable' },
    { kind: 'oracle' },
  ],
  offPolicy: { coverage: { worlds: 20, rows: 100 } },
};

const scratch = mkdtempSync(join(tmpdir(), 'adsim-experiment-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function play(name: string, config: object = CONFIG, options: Partial<RunOptions> = {}): Promise<FinishedRun> {
  return runExperiment(experimentSchema.parse(config), {
    directory: join(scratch, name),
    workers: 0,
    command: 'adsim run small.yaml',
    now: () => new Date(0),
    ...options,
  });
}

let whole: FinishedRun;
beforeAll(async () => {
  whole = await play('inline');
});

describe('runExperiment', () => {
  it.each([1, 2])('gives the same digest with %i worker processes', async (workers) => {
    const { manifest } = await play(`workers-${workers}`, CONFIG, { workers });
    expect(manifest.files).toEqual(whole.manifest.files);
    expect(manifest.digest).toBe(whole.manifest.digest);
  });

  it('goes on where it was interrupted and gives the same digest', async () => {
    const stop = new AbortController();
    const interrupted = play('interrupted', CONFIG, {
      signal: stop.signal,
      onProgress: ({ stage, done, total }) => {
        if (stage === 'episodes' && done > 0.5 * total) stop.abort();
      },
    });
    await expect(interrupted).rejects.toThrow(Interrupted);
    expect(readdirSync(join(scratch, 'interrupted'))).toEqual(['.partial']);
    let firstReport = 0;
    const { manifest } = await play('interrupted', CONFIG, {
      onProgress: ({ stage, done, total }) => {
        if (stage === 'episodes') firstReport ||= done / total;
      },
    });
    expect(firstReport).toBeCloseTo(1 / 3, 6); // one whole seed was recalled at once
    expect(manifest.digest).toBe(whole.manifest.digest);
  });

  it('does not go on with seeds whose creatives were others', async () => {
    const experiment = resolveExperiment(
      experimentSchema.parse({ ...CONFIG, seeds: 1, agents: [{ kind: 'uniform' }] }),
    );
    const quiet = (): void => {};
    const clicks = async (seed: number): Promise<number> => {
      const ready = await readyCreatives(
        { ...experiment, creatives: { ...experiment.creatives, seed: `${seed}` } },
        {},
        quiet,
      );
      const folder = openResultsFolder(join(scratch, 'other-creatives'), 'small', 'same');
      const schedule = scheduler(0, undefined);
      const [result] = await runSeeds(experiment, ready, folder, schedule, undefined, quiet);
      folder.release();
      return result.agents[0].episode.clicks;
    };
    const first = await clicks(1);
    expect(await clicks(1)).toBe(first);
    expect(await clicks(2)).not.toBe(first);
  });

  it('lets the oracle collect a log, and values it with the floor it played with', async () => {
    const { results } = await play('oracle-logs', {
      ...CONFIG,
      seeds: 1,
      behaviour: { kind: 'oracle', floor: 0.05 },
      models: [],
      agents: [{ kind: 'uniform' }, { kind: 'oracle', floor: 0.1, name: 'floored' }],
    });
    // Ten creatives at a floor of 0.1 each are a uniform choice.
    const [uniform, floored] = results.offPolicy.policies.map(({ estimators }) => estimators[0].seeds[0]);
    expect(floored.truth).toBeCloseTo(uniform.truth, 12);
    expect(floored.value).toBeCloseTo(uniform.value ?? NaN, 12);
  });

  it('says that a log of single requests cannot value policies whose actions change what comes later', async () => {
    const kinds = ({ results }: FinishedRun): string[] => results.warnings.map(({ kind }) => kind);
    expect(kinds(whole)).not.toContain('off-policy-one-decision');
    const world = { ...CONFIG.world, preset: 'fatigue' };
    const tired = await play('tired', { ...CONFIG, seeds: 1, world });
    const { message } = tired.results.warnings.find(({ kind }) => kind === 'off-policy-one-decision') ?? {
      message: '',
    };
    const [, name, logged, played] =
      /: (\S+) is worth (\S+) per request on the log and earned (\S+)/.exec(message) ?? [];
    expect(Number(logged)).toBeGreaterThan(1.1 * Number(played));
    const agent = tired.results.agents.find((one) => one.name === name);
    expect(agent?.value.mean).toBeCloseTo(Number(played), 2);
  });

  it('changes no number of the others when an agent joins', async () => {
    const { results } = await play('joined', { ...CONFIG, agents: [{ kind: 'ucb1' }, ...CONFIG.agents] });
    expect(results.agents.slice(1)).toEqual(whole.results.agents);
    expect(results.offPolicy.policies.slice(1)).toEqual(whole.results.offPolicy.policies);
  });

  it('gives other numbers for other seeds', async () => {
    const { results } = await play('other-seed', { ...CONFIG, seeds: ['a', 'b', 'c'] });
    expect(results.agents[0].value.mean).not.toBe(whole.results.agents[0].value.mean);
  });

  it('keeps the books: totals, curves and the oracle’s regret', () => {
    const { agents, world } = whole.results;
    for (const { episodes, curve, value, ctr, cvr, roi } of agents) {
      const over = (of: (e: (typeof episodes)[number]) => number): number =>
        episodes.reduce((sum, e) => sum + of(e) / episodes.length, 0);
      expect(ctr.mean).toBeCloseTo(
        over((e) => e.clicks / e.impressions),
        12,
      );
      expect(cvr.mean).toBeCloseTo(
        over((e) => e.conversions / e.clicks),
        12,
      );
      expect(roi.mean).toBeCloseTo(over((e) => e.revenueUsd / e.costUsd) - 1, 12);
      const perPoint = curve.reward.mean.map(
        (reward, p) => reward * (curve.requests[p] - (curve.requests[p - 1] ?? 0)),
      );
      expect(perPoint.reduce((sum, reward) => sum + reward, 0)).toBeCloseTo(value.mean * world.requests, 6);
      for (const e of episodes) {
        expect(e.requests).toBe(world.requests);
        expect(e.clicks).toBe(e.reward);
        expect(e.conversions).toBeLessThanOrEqual(e.clicks);
        expect(e.sessions).toBeGreaterThan(1);
      }
      expect(curve.requests.at(-1)).toBe(world.requests);
      expect(curve.requests).toHaveLength(curve.regret.mean.length);
    }
    const [uniform, , , observable, oracle] = agents;
    expect(oracle.regret.mean).toBe(0);
    expect(observable.regretAgainstObservable.mean).toBe(0);
    expect(uniform.curve.regret.mean.at(-1)).toBeCloseTo(uniform.regret.mean, 9);
    expect(uniform.regret.mean).toBeGreaterThan(observable.regret.mean);
  });

  it('values policies on the half of the log that no model may learn from', () => {
    const { offPolicy, models } = whole.results;
    const { train, validation, test } = models[0].rows;
    expect(offPolicy.rows).toBe(768); // of 24 ticks of 64
    expect(train + validation + test).toBe(768);
  });

  it('trains models on the earlier part of the log alone', () => {
    const { models, offPolicy } = whole.results;
    const { train, validation, test } = models[0].rows;
    // 1,536 rows in whole ticks of 64; the later half is held out.
    expect(train + validation + test).toBe(768);
    expect(offPolicy.rows).toBe(768);
    expect(train / 768).toBeCloseTo(0.6, 1);
  });

  it('values the uniform policy near its truth by every estimator', () => {
    const [uniform] = whole.results.offPolicy.policies;
    for (const { seeds } of uniform.estimators) {
      for (const { value, truth } of seeds) expect(Math.abs((value ?? 0) / truth - 1)).toBeLessThan(0.5);
    }
  });

  it('writes a folder whose manifest vouches for every file, and a log that others can read', async () => {
    const { directory, manifest } = whole;
    for (const [path, digest] of Object.entries(manifest.files)) {
      expect(sha256(readFileSync(join(directory, path)))).toBe(digest);
    }
    expect(manifest.digest).toBe(digestOf({ config: manifest.config, files: manifest.files }));
    expect(existsSync(join(directory, '.partial'))).toBe(false);
    const bytes = readFileSync(join(directory, 'log/seed-1.parquet'));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const rows = await parquetReadObjects({ file });
    expect(rows.length).toBeGreaterThanOrEqual(1500);
    expect(Object.keys(rows[0]).filter((name) => name.startsWith('truth:'))).toEqual([]); // not asked for
    // The log is collected with other luck than the agents play with: other users come.
    const { creatives } = await readyCreatives(resolveExperiment(experimentSchema.parse(CONFIG)), {}, () => {});
    const environment = market(resolveWorld(CONFIG.world as WorldInput), creatives);
    const { lanes, contextNames, actions, hiddenSize } = environment.spec;
    const shape = { rows: lanes, context: contextNames.length, actions: actions.length, slots: 1 };
    const first = trueRequestsOf(shape, hiddenSize);
    environment.reset('1');
    environment.observe(first);
    expect(rows.slice(0, lanes).map((r) => r.user as number)).not.toEqual([...first.user]);
    for (const r of rows.slice(0, 50)) {
      const odds = Object.entries(r).filter(([name]) => name.startsWith('propensity:'));
      expect(odds.reduce((sum, [, p]) => sum + (p as number), 0)).toBeCloseTo(1, 9);
      expect(odds[r.action as number][1]).toBe(r.propensity);
    }
  });

  it('refuses names that stand twice, unknown models and too many lanes', async () => {
    const agents = [{ kind: 'uniform' }, { kind: 'uniform' }];
    await expect(play('x', { ...CONFIG, agents })).rejects.toThrow('agents.1: "uniform" stands twice');
    const unknown = [{ kind: 'greedy', model: 'mlp' }];
    await expect(play('x', { ...CONFIG, agents: unknown })).rejects.toThrow(
      'no model named "mlp"; the models are: logistic',
    );
    const taken = [{ kind: 'logistic', name: 'observable' }];
    await expect(play('x', { ...CONFIG, models: taken })).rejects.toThrow('models.0.name: "observable"');
    await expect(play('x', { ...CONFIG, behaviour: unknown[0] })).rejects.toThrow('behaviour');
    const profit = { ...CONFIG, world: { reward: 'profit' }, agents: [{ kind: 'uniform' }, { kind: 'thompson' }] };
    await expect(play('x', profit)).rejects.toThrow('agents.1.kind: thompson learns from rewards of 0 and 1');
    await expect(play('x', { ...CONFIG, world: { users: 10 } })).rejects.toThrow('lanes');
    expect(existsSync(join(scratch, 'x'))).toBe(false);
  });
});

describe('digestOf', () => {
  it('refuses what JSON would write as null', () => {
    expect(digestOf({ b: 1, a: null })).toBe(digestOf({ a: null, b: 1 }));
    expect(() => digestOf({ a: Number.NaN })).toThrow('a is NaN');
  });
});

describe('verifyRun', () => {
  const options = { workers: 0, now: () => new Date(0) };

  it('passes exactly on the same machine', async () => {
    expect(await verifyRun(whole.directory, options)).toMatchObject({ ok: true, mode: 'exact', differences: [] });
  });

  it('names what differs', async () => {
    const forged = join(scratch, 'forged');
    cpSync(whole.directory, forged, { recursive: true });
    const path = join(forged, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as { files: Record<string, string> };
    manifest.files['tables/agents.csv'] = 'f'.repeat(64);
    writeFileSync(path, JSON.stringify(manifest));
    const verification = await verifyRun(forged, options);
    expect(verification.ok).toBe(false);
    expect(verification.differences.map(({ what }) => what)).toEqual([
      'tables/agents.csv, as it lies in the folder',
      'tables/agents.csv',
    ]);
  });

  it('names what was edited by hand', async () => {
    const edited = join(scratch, 'edited');
    cpSync(whole.directory, edited, { recursive: true });
    const results = JSON.parse(readFileSync(join(edited, 'results.json'), 'utf8')) as typeof whole.results;
    results.agents[0].value.mean *= 2;
    writeFileSync(join(edited, 'results.json'), JSON.stringify(results));
    rmSync(join(edited, 'tables', 'agents.csv'));
    const { ok, differences } = await verifyRun(edited, options);
    expect(ok).toBe(false);
    expect(differences.map(({ what }) => what)).toEqual([
      'results.json, as it lies in the folder',
      'tables/agents.csv, as it lies in the folder',
    ]);
  });

  it('where V8 is another it says so, and values that are far apart still count', async () => {
    const forged = join(scratch, 'other-v8');
    cpSync(whole.directory, forged, { recursive: true });
    const path = join(forged, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as typeof whole.manifest;
    manifest.versions.v8 = '1.2.3';
    writeFileSync(path, JSON.stringify(manifest));
    const equal = await verifyRun(forged, options);
    expect(equal).toMatchObject({ ok: true, mode: 'exact' });
    expect(equal.why).toContain('every byte is the same, although V8 was 1.2.3');

    // Other bytes as another V8 might make them: within the intervals they pass, by tolerance.
    const results = JSON.parse(readFileSync(join(forged, 'results.json'), 'utf8')) as typeof whole.results;
    const rewrite = (): void => {
      const text = JSON.stringify(results);
      writeFileSync(join(forged, 'results.json'), text);
      (manifest.files as Record<string, string>)['results.json'] = sha256(text);
      writeFileSync(path, JSON.stringify(manifest));
    };
    results.agents[0].value.mean *= 1.0001;
    rewrite();
    expect(await verifyRun(forged, options)).toMatchObject({ ok: true, mode: 'tolerance' });
    results.agents[0].value.mean *= 3;
    rewrite();
    const far = await verifyRun(forged, options);
    expect(far).toMatchObject({ ok: false, mode: 'tolerance' });
    expect(far.differences.map(({ what }) => what)).toEqual(['uniform: value']);
  });
});
