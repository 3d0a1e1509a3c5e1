/** How fast the Gymnasium-like interface is, beside the same market stepped directly. */
import { decisionsOf, outcomesOf, trueRequestsOf } from '../src/core/batch.ts';
import { randomFrom } from '../src/core/random.ts';
import { resolveWorld } from '../src/env/config.ts';
import { market } from '../src/env/market.ts';
import { syntheticCreatives } from '../src/env/synthetic-creatives.ts';
import { make, makeVector } from '../src/gym/make.ts';
import type { Figure } from './main.ts';

const LANES = 256;
const REQUESTS = 512_000;
const SINGLE_REQUESTS = 128_000;
const REPEATS = 9;

export const parts: readonly (() => AsyncIterable<Figure>)[] = [
  () => figure('quiet, 256 sessions side by side', playVector),
  () => figure('quiet, one session after the other', playSingle),
];

async function* figure(name: string, play: () => number): AsyncGenerator<Figure> {
  const [ms, plain] = [play, playMarket].map((run) => Math.min(...Array.from({ length: REPEATS }, run)));
  yield {
    name,
    unit: 'requests',
    perSecond: 1000 / ms,
    nsPerRow: ms * 1e6,
    baseline: 'the market, 256 sessions, stepped directly',
    ratio: plain / ms,
  };
}

/** Milliseconds a request. */
function playVector(): number {
  const environment = makeVector('quiet', { lanes: LANES });
  const actions = new Int32Array(LANES);
  environment.reset({ seed: 1 });
  const start = performance.now();
  for (let t = 0; t < REQUESTS / LANES; t++) environment.step(actions.fill(t % 10));
  return (performance.now() - start) / REQUESTS;
}

function playSingle(): number {
  const environment = make('quiet');
  environment.reset({ seed: 1 });
  const start = performance.now();
  for (let t = 0; t < SINGLE_REQUESTS; t++) {
    const { terminated, truncated } = environment.step(t % 10);
    if (terminated || truncated) environment.reset();
  }
  return (performance.now() - start) / SINGLE_REQUESTS;
}

function playMarket(): number {
  const world = market(resolveWorld({ lanes: LANES }), syntheticCreatives(10, randomFrom('bench')));
  const { spec } = world;
  const shape = { rows: LANES, context: spec.contextNames.length, actions: spec.actions.length, slots: 1 };
  const requests = trueRequestsOf(shape, spec.hiddenSize);
  const decisions = decisionsOf(shape);
  const outcomes = outcomesOf(shape);
  world.reset('1');
  world.observe(requests);
  const start = performance.now();
  for (let t = 0; t < REQUESTS / LANES; t++) {
    decisions.action.fill(t % 10);
    world.step(requests, [decisions], [outcomes]);
    world.observe(requests);
  }
  return (performance.now() - start) / REQUESTS;
}
