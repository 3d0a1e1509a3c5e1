/**
 * What attention to the order of events earns in a market where interests change from day to day: the true value, on later
 * requests, of the greedy policy of DIN against that of the network 128-64-1's kind on counted features.
 */
import { expect, it } from 'vitest';
import { createAgent } from '../../../../src/agents/registry.ts';
import { impressionLog, selectRows, slice } from '../../../../src/core/log.ts';
import { matrix } from '../../../../src/core/matrix.ts';
import type { Matrix } from '../../../../src/core/matrix.ts';
import { pairedDifference } from '../../../../src/core/paired.ts';
import { randomFrom } from '../../../../src/core/random.ts';
import { resolveWorld } from '../../../../src/env/config.ts';
import { market } from '../../../../src/env/market.ts';
import { syntheticCreatives } from '../../../../src/env/synthetic-creatives.ts';
import { createModel } from '../../../../src/models/ctr/registry.ts';
import { splitRows } from '../../../../src/models/ctr/split.ts';
import { playEpisode } from '../../../../src/runner/episode.ts';

const FULL = process.env['ADSIM_FULL'] === '1';
const REQUESTS = 20_000;
const WORLD = resolveWorld({
  users: 400,
  lanes: 32,
  requestsPerHour: 100,
  baseCtr: 0.2,
  observed: { events: 8 },
  response: { interestWeight: 2.5 },
  behaviour: { temperature: 0.2, halfLifeHours: 168 },
  drift: { pullPerDay: 0.3, noisePerDay: 1 },
});

/** Mean true click rate of the action that is predicted best. */
function greedyValue(predicted: Matrix, truth: Matrix): number {
  const k = truth.columns;
  let sum = 0;
  for (let i = 0; i < predicted.rows; i++) {
    let best = 0;
    for (let a = 1; a < k; a++) if (predicted.data[i * k + a] > predicted.data[i * k + best]) best = a;
    sum += truth.data[i * k + best];
  }
  return sum / predicted.rows;
}

/** True values of the greedy policies of models trained on the first 70 % of a uniform log, on the rest. */
async function values(seed: string, kinds: readonly string[]): Promise<number[]> {
  const random = randomFrom(seed);
  const environment = market(WORLD, syntheticCreatives({ categories: 10, perCategory: 1 }, random));
  const { spec, actions } = environment;
  const log = impressionLog(spec, { capacity: REQUESTS, truth: true });
  playEpisode({
    environment,
    agent: createAgent({ kind: 'uniform' }, { spec, actions, models: new Map(), random, requests: REQUESTS }),
    seed,
    requests: REQUESTS,
    needsTruth: true,
    random: random.stream('draws'),
    onTick: ({ requests, decisions, outcomes, truth }) => log.append(requests, decisions, outcomes, truth),
  });
  log.close();
  const boundary = Math.round(0.7 * log.size);
  const [early, late] = [slice(log, 0, boundary), slice(log, boundary, log.size)];
  const [train, held] = splitRows(early.requests.session, early.size, [0.8, 0.2], random.stream('split')).map((rows) =>
    selectRows(early, rows),
  );
  const found: number[] = [];
  for (const kind of kinds) {
    const model = createModel({ kind, hidden: [32, 16], epochs: 25 }, { actions, contextNames: spec.contextNames });
    // oxlint-disable-next-line no-await-in-loop -- one back end, one model at a time
    await model.fit(train, random.stream(kind), held);
    const predicted = matrix(late.size, actions.size);
    model.predict(late.requests, predicted);
    found.push(greedyValue(predicted, late.truth as Matrix));
  }
  return found;
}

// About five minutes on two quiet cores.
it.runIf(FULL)('greedy on DIN is worth more than greedy on the counted features', { timeout: 3_600_000 }, async () => {
  const [mlp, din]: [number[], number[]] = [[], []];
  for (let s = 1; s <= 10; s++) {
    // oxlint-disable-next-line no-await-in-loop -- one back end, one seed at a time
    const [a, b] = await values(`d${s}`, ['mlp', 'din']);
    mlp.push(a);
    din.push(b);
  }
  const difference = pairedDifference(din, mlp);
  console.log({ mlp, din, difference });
  expect(difference?.interval[0]).toBeGreaterThan(0);
});
