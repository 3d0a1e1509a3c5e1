/** Composited creatives in the market: planted effects come out, and agents that see elements find the best sooner. */
import { describe, expect, it } from 'vitest';
import { createAgent } from '../../src/agents/registry.ts';
import type { AgentInput } from '../../src/agents/registry.ts';
import type { Creatives, Environment } from '../../src/core/contracts.ts';
import type { Elements } from '../../src/core/elements.ts';
import { crossed, elementNames } from '../../src/core/elements.ts';
import { impressionLog } from '../../src/core/log.ts';
import { pairedDifference } from '../../src/core/paired.ts';
import { randomFrom } from '../../src/core/random.ts';
import { resolveWorld } from '../../src/env/config.ts';
import { market } from '../../src/env/market.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';
import { compositeFactors, compositeSchema } from '../../src/models/images/composite.ts';
import { experimentSchema, resolveExperiment } from '../../src/runner/config.ts';
import { elementEffects } from '../../src/runner/element-effects.ts';
import { playEpisode } from '../../src/runner/episode.ts';

const factors = compositeFactors(compositeSchema.parse({}));
const plain = syntheticCreatives({ categories: 2, perCategory: 1 }, randomFrom('composites'));
const creatives = crossed(plain, factors);
const names = elementNames(factors);
const elements = creatives.elements as Elements;
const PLANTED = { 'background:grey': 0.4, 'background:stripes': -0.4, 'badge:disc-top-right': 0.6, 'headline:short-bottom': 0.4 }; // prettier-ignore

const world = (response: object, shown: Creatives = creatives): Environment =>
  market(resolveWorld({ preset: 'quiet', users: 1000, lanes: 64, categories: 2, baseCtr: 0.05, response }), shown);
const agentOf = (input: AgentInput, { spec, actions }: Environment, seed: string, requests: number) =>
  createAgent(input, { spec, actions, models: new Map(), random: randomFrom(seed), requests });

/** Share of what the best creatives bring beyond an even choice, in requests `from` to `requests`. */
function shareOfBest(input: AgentInput, seed: string, from: number, requests: number): number {
  const environment = world({ interestWeight: 0.5, elementAppeal: PLANTED });
  const k = environment.actions.size;
  let [got, best, even, at] = [0, 0, 0, 0];
  playEpisode({
    environment,
    agent: agentOf(input, environment, seed, requests),
    seed,
    requests,
    random: randomFrom(seed).stream('draws'),
    needsTruth: true,
    onTick: ({ requests: rows, decisions, truth }) => {
      for (let i = 0; i < rows.size; i++, at++) {
        if (at < from || !truth) continue;
        const values = truth.data.subarray(i * k, (i + 1) * k);
        got += values[decisions.action[i]];
        best += values.reduce((most, value) => Math.max(most, value));
        even += values.reduce((sum, value) => sum + value) / k;
      }
    },
  });
  return (got - even) / (best - even);
}

describe('agents that see elements', () => {
  it('show better creatives after 3,000 impressions than one that learns each combination after 9,000', () => {
    const seeds = ['1', '2', '3', '4', '5', '6'];
    const wise = seeds.map((seed) => shareOfBest({ kind: 'epsilon-greedy', model: 'shared' }, seed, 2000, 3000));
    const alone = seeds.map((seed) => shareOfBest({ kind: 'thompson' }, seed, 8000, 9000));
    const gain = pairedDifference(wise, alone);
    expect(Math.min(...wise)).toBeGreaterThan(0.5);
    expect(gain?.interval[0]).toBeGreaterThan(0.1);
  });
});

describe('elementEffects', () => {
  const effectsOf = (seed: string, input: AgentInput, requests = 6400) => {
    const environment = world({ interestWeight: 0.5, elementAppeal: PLANTED });
    const log = impressionLog(environment.spec, { capacity: requests + 64, truth: true });
    playEpisode({
      environment,
      agent: agentOf(input, environment, seed, requests),
      seed,
      requests,
      random: randomFrom(seed).stream('draws'),
      needsTruth: true,
      onTick: (tick) => log.append(tick.requests, tick.decisions, tick.outcomes, tick.truth),
    });
    log.close();
    return elementEffects(log, environment.actions, elements);
  };

  it('knows the sign and order of what was planted, exactly, and weights sum to nothing within a factor', () => {
    const effects = effectsOf('1', { kind: 'uniform' }, 640);
    const actual = Object.fromEntries(names.map((name, e) => [name, effects[e].actual]));
    expect(actual['background:grey']).toBeGreaterThan(actual['background:black']);
    expect(actual['background:black']).toBeGreaterThan(actual['background:stripes']);
    expect(actual['badge:disc-top-right']).toBeGreaterThan(0);
    expect(actual['badge:none']).toBeCloseTo(actual['badge:ribbon-top-left'], 12);
    expect(actual['template:full']).toBeCloseTo(0, 12);
    const backgrounds = names.flatMap((name, e) => (name.startsWith('background') ? [effects[e].actual] : []));
    expect(backgrounds.reduce((sum, one) => sum + one)).toBeCloseTo(0, 12);
  });

  it.each(['uniform', 'softmax'])('estimates them without bias from what %s showed', (kind) => {
    const seeds = Array.from({ length: 12 }, (_, s) => `seed ${s}`);
    // Softmax prefers what was clicked: without weights the creatives it shows most would speak for their elements.
    const all = seeds.map((seed) =>
      effectsOf(seed, kind === 'uniform' ? { kind } : { kind: 'softmax', temperature: 0.05 }),
    );
    const pValues = names.map((_, e) => {
      const of = (key: 'estimated' | 'actual') => all.map((effects) => effects[e][key]);
      return pairedDifference(of('estimated'), of('actual'))?.pValue ?? 0;
    });
    expect(Math.min(...pValues)).toBeGreaterThan(0.01 / names.length);
    const disc = names.indexOf('badge:disc-top-right');
    expect(Math.min(...all.map((effects) => effects[disc].actual))).toBeGreaterThan(0.01);
  });
});

describe('what elements are worth', () => {
  it('may differ by segment, as a list or as tastes drawn', () => {
    const value = (response: object): number[] => {
      const environment = world({ interestWeight: 0, styleWeight: 0, hourAmplitude: 0, ...response });
      const found = new Set<number>();
      playEpisode({
        environment,
        agent: agentOf({ kind: 'uniform' }, environment, 's', 640),
        seed: 's',
        requests: 640,
        random: randomFrom('s'),
        needsTruth: true,
        onTick: ({ truth }) => {
          truth?.data.forEach((value, c) => c % 108 === 0 && found.add(value));
        },
      });
      return [...found];
    };
    expect(value({})).toHaveLength(1);
    expect(value({ elementAppeal: { 'badge:none': [0, 1, 2, 3] } })).toHaveLength(4);
    expect(value({ elementWeight: 0.5 })).toHaveLength(4);
  });

  it('changes nothing in a world whose creatives have no elements', () => {
    expect(world({}, plain).actions.featureNames.at(-1)).toBe('price-level');
    expect(world({}).actions.featureNames.slice(-names.length)).toEqual(names);
  });

  it('is refused where there is no such element or segment', () => {
    const resolved = (creativesConfig: object, response: object) => () =>
      resolveExperiment(experimentSchema.parse({ name: 'c', agents: [{ kind: 'uniform' }], creatives: creativesConfig, world: { response } })); // prettier-ignore
    const appeal = (name: string, value: unknown) => ({ elementAppeal: { [name]: value } });
    expect(resolved({ composite: {} }, appeal('badge:star', 1))).toThrow(/elementAppeal.badge:star: no creative has/);
    expect(resolved({ composite: {} }, appeal('badge:none', [1, 2]))).toThrow(/2 numbers for 4 segments/);
    expect(resolved({}, appeal('badge:none', 1))).toThrow(/add creatives.composite/);
    expect(resolved({}, { elementWeight: 1 })).toThrow(/add creatives.composite/);
    expect(resolved({ composite: {}, variety: 2 }, {})).toThrow(/creatives.composite: goes with none/);
    expect(resolved({ generator: 'synthetic', styles: ['dots'] }, {})).toThrow(/styles: synthetic creatives have no/);
    expect(resolved({ styles: ['dots'] }, appeal('style:waves', 1))).toThrow(/use one of style:dots$/);
    expect(resolved({ composite: {}, styles: ['dots'] }, appeal('badge:none', 1))).not.toThrow();
  });
});
