/**
 * A cold start with and without the creative encoder: clicks in the first requests to creatives that nobody has seen, after a log of
 * others. Paired over seeds that share users and luck; 95 % intervals. ADSIM_FULL=1 plays 20 seeds instead of 6.
 */
import { expect, it } from 'vitest';
import { createAgent } from '../../src/agents/registry.ts';
import type { AgentInput } from '../../src/agents/registry.ts';
import type { ActionTable, Environment } from '../../src/core/contracts.ts';
import { impressionLog } from '../../src/core/log.ts';
import { pairedDifference } from '../../src/core/paired.ts';
import { randomFrom } from '../../src/core/random.ts';
import { resolveWorld } from '../../src/env/config.ts';
import { market } from '../../src/env/market.ts';
import { creativeEncoder } from '../../src/models/creative-encoder/encoder.ts';
import { playEpisode } from '../../src/runner/episode.ts';
import { drawnCreatives } from '../models/creative-encoder/views.ts';

const SEEDS = process.env['ADSIM_FULL'] === '1' ? 20 : 6;
const LOGGED = 20_000;
const FIRST = 5000;

const { views, creatives } = drawnCreatives(8, 'cold');
const world = market(resolveWorld({ preset: 'quiet' }), creatives, 1);
const { spec } = world;

/** The world with half of its actions on offer: pairs of a calm and a pushy one, by turns. */
function offering(half: number): Environment {
  const k = world.actions.size;
  return {
    ...world,
    observe(out, player) {
      const more = world.observe(out, player);
      for (let cell = 0; cell < out.size * k; cell++) if (((cell % k) >> 1) % 2 !== half) out.eligible[cell] = 0;
      return more;
    },
  };
}

/** Clicks per 1,000 of the first requests to the new half, by agents that know the log of the old half. */
function coldStart(seed: string): Record<'none' | 'measured' | 'encoded', number> {
  const log = impressionLog(spec, { capacity: LOGGED + 1000 });
  const random = randomFrom(seed);
  const uniform = createAgent(
    { kind: 'uniform' },
    { spec, actions: world.actions, random: random.stream('agent'), models: new Map() },
  );
  playEpisode({
    environment: offering(0),
    agent: uniform,
    seed,
    luck: 'log',
    requests: LOGGED,
    random: random.stream('draws', 'log'),
    onTick: ({ requests, decisions, outcomes }) => log.append(requests, decisions, outcomes),
  });
  const [shown, clicks] = [new Float64Array(creatives.size), new Float64Array(creatives.size)];
  for (let i = 0; i < log.size; i++) {
    if (log.outcomes.won[i] !== 1) continue;
    const creative = world.actions.creative[log.decisions.action[i]];
    shown[creative]++;
    clicks[creative] += log.outcomes.click[i];
  }
  const features = creativeEncoder(views, shown, clicks, random.stream('encoder')).embed(views);
  const encoded: ActionTable = {
    ...world.actions,
    features,
    featureNames: Array.from({ length: features.columns }, (_, j) => `vector-${j + 1}`),
  };
  const play = (config: AgentInput, actions: ActionTable): number => {
    let sum = 0;
    playEpisode({
      environment: offering(1),
      agent: createAgent(config, {
        spec,
        actions,
        random: random.stream('agent'),
        models: new Map(),
        log: { rows: log, tickRows: spec.lanes },
      }),
      seed,
      luck: '',
      requests: FIRST,
      random: random.stream('draws', config.kind),
      onTick({ outcomes }) {
        for (const reward of outcomes.reward) sum += reward;
      },
    });
    return (1000 * sum) / FIRST;
  };
  return {
    none: play({ kind: 'thompson', warmStart: true }, world.actions),
    measured: play({ kind: 'visual-prior', warmStart: true }, world.actions),
    encoded: play({ kind: 'visual-prior', warmStart: true }, encoded),
  };
}

it('new creatives whose vectors are like those of good ones are shown first, and earn more', () => {
  const seeds = Array.from({ length: SEEDS }, (_, s) => coldStart(`encoder-${s}`));
  const lead = (a: keyof (typeof seeds)[0], b: keyof (typeof seeds)[0]) =>
    pairedDifference(
      seeds.map((one) => one[a]),
      seeds.map((one) => one[b]),
    );
  const over = lead('encoded', 'none');
  console.info('clicks per 1,000 requests', {
    over,
    measured: lead('measured', 'none'),
    behind: lead('encoded', 'measured'),
    none: seeds.map(({ none }) => none),
  });
  expect(over?.interval[0]).toBeGreaterThan(0);
}, 300_000);
