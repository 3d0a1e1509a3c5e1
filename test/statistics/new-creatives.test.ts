/**
 * What the creative encoder is worth for creatives that came after the log: CTR models' log loss on them, and the regret of agents that
 * have them from the start, with and without the vectors, paired over seeds; 95 % intervals. ADSIM_FULL=1 plays 12 larger seeds, also
 * where what users respond to is measured and told (`measured: true`), and with images of the generator, which are more alike.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { pairedDifference } from '../../src/core/paired.ts';
import { experimentSchema, resolveExperiment } from '../../src/runner/config.ts';
import type { Pictured } from '../../src/runner/creative-encoding.ts';
import { readyCreatives } from '../../src/runner/creatives.ts';
import { runSeed } from '../../src/runner/seed.ts';
import { drawnCreatives } from '../models/creative-encoder/views.ts';

const FULL = process.env['ADSIM_FULL'] === '1';
const SEEDS = FULL ? 12 : 2;
const SIZES = FULL
  ? { requests: 10_000, logRequests: 24_000, referenceRequests: 20_000 }
  : { requests: 1000, logRequests: 8000, referenceRequests: 4000 };
const scratch = mkdtempSync(join(tmpdir(), 'adsim-new-creatives-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const AGENTS = FULL
  ? [{ kind: 'epsilon-greedy', model: 'shared', epsilon: 0.05 }, { kind: 'visual-prior' }]
  : [{ kind: 'epsilon-greedy', model: 'shared', epsilon: 0.05 }];
const both = ['told', 'untold'];

const experimentOf = (measured: boolean) =>
  resolveExperiment(
    experimentSchema.parse({
      name: 'new-creatives',
      world: { preset: 'quiet', users: 4000, requestsPerHour: 1000, baseCtr: 0.05 },
      creatives: {
        perCategory: 8,
        newPerCategory: 4,
        measured,
        encoder: { without: ['untold', ...AGENTS.map(({ kind }) => `untold-${kind}`)] },
      },
      ...SIZES,
      holdOut: 0.1,
      models: both.map((name) => ({ kind: 'logistic', name })),
      agents: AGENTS.flatMap((agent) => both.map((of) => ({ ...agent, name: `${of}-${agent.kind}`, warmStart: true }))),
      offPolicy: { estimators: ['ips'], coverage: false },
    }),
  );

/** Numbers of all seeds: log losses on new creatives, and regrets per 1,000 requests by agent. */
async function played(measured: boolean, { creatives, pixels }: Pictured): Promise<Record<string, number[]>> {
  const experiment = experimentOf(measured);
  const found: Record<string, number[]> = {};
  for (let s = 1; s <= SEEDS; s++) {
    const logFile = join(scratch, 'log.parquet');
    const task = {
      kind: 'seed',
      experiment,
      creatives,
      pixels,
      seed: `new-${s}`,
      logFile,
      backends: undefined,
    } as const;
    // oxlint-disable-next-line no-await-in-loop -- one heavy thing after another
    const { models, agents } = await runSeed(task, () => {});
    for (const { name, onNew } of models) (found[`${name} loss`] ??= []).push(onNew?.logLoss ?? Number.NaN);
    (found['rate loss'] ??= []).push(models[0].onNew?.baselineLogLoss ?? Number.NaN);
    agents.forEach(({ episode: { regret, requests } }, i) =>
      (found[experiment.agents[i].name] ??= []).push((1000 * regret) / requests),
    );
  }
  return found;
}

it('where nothing is measured on creatives, vectors make models and agents better on new ones', async () => {
  const { creatives, views } = drawnCreatives(8, 'new creatives');
  const uneven = { creatives, pixels: views.pixels };
  const found = {
    hidden: await played(false, uneven),
    ...(FULL && {
      measured: await played(true, uneven),
      generated: await played(false, await readyCreatives(experimentOf(false), {}, () => {})),
    }),
  };
  for (const [what, numbers] of Object.entries(found)) {
    for (const [name, values] of Object.entries(numbers)) {
      const mean = values.reduce((sum, value) => sum + value) / SEEDS;
      const less = numbers[name.replace('told', 'untold')];
      const gain = name.startsWith('told') ? pairedDifference(values, less) : null;
      console.info(what, name, mean.toFixed(4), gain && [gain.mean, ...gain.interval].map((x) => x.toFixed(4)));
    }
  }
  const { hidden } = found;
  const sum = (of: string): number => hidden[of].reduce((a, b) => a + b);
  expect(sum('told loss')).toBeLessThan(sum('untold loss'));
  expect(sum('told-epsilon-greedy')).toBeLessThan(sum('untold-epsilon-greedy'));
}, 3_600_000);
