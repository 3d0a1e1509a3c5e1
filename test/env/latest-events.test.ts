import { describe, expect, it } from 'vitest';
import { impressionLog, selectRows, slice } from '../../src/core/log.ts';
import { randomFrom } from '../../src/core/random.ts';
import { createAgent } from '../../src/agents/registry.ts';
import { latestEvents } from '../../src/env/latest-events.ts';
import { market } from '../../src/env/market.ts';
import { resolveWorld } from '../../src/env/config.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { playEpisode } from '../../src/runner/episode.ts';
import { syntheticCreatives } from '../../src/env/synthetic-creatives.ts';

describe('latestEvents', () => {
  it('keeps the last T, oldest first, and sorts a past in by age', () => {
    const events = latestEvents(3, 4);
    const out = new Int32Array(10).fill(7);
    const read = (user: number): number[] => [events.read(user, out, 2), ...out.subarray(2, 6)];
    expect(read(1)).toEqual([0, 0, 0, 0, 0]);
    for (const [category, age] of [[5, 3], [9, 1000], [2, 0], [0, 40], [3, 500]]) events.remember(category, age); // prettier-ignore
    events.keep(1);
    expect(read(1)).toEqual([4, 4, 1, 6, 3]);
    events.add(1, 8);
    events.add(1, 0);
    expect(read(1)).toEqual([4, 6, 3, 9, 1]);
    expect(read(0)).toEqual([0, 0, 0, 0, 0]);
    events.add(2, 1);
    expect(read(2)).toEqual([1, 2, 0, 0, 0]);
    events.forget(1);
    expect(read(1)).toEqual([0, 0, 0, 0, 0]);
    expect([...out.subarray(0, 2), ...out.subarray(6)]).toEqual(Array(6).fill(7));
  });
});

describe('a market that shows events', () => {
  const play = (world: WorldInput) => {
    const config = resolveWorld({ users: 300, lanes: 32, requestsPerHour: 200, baseCtr: 0.2, ...world });
    const creatives = syntheticCreatives(config.categories, randomFrom('creatives'));
    const environment = market(config, creatives);
    const { spec, actions } = environment;
    const log = impressionLog(spec, { capacity: 64 });
    const setup = { spec, actions, models: new Map(), random: randomFrom('own'), requests: 640 };
    playEpisode({
      environment,
      agent: createAgent({ kind: 'uniform' }, setup),
      seed: 'events',
      requests: 640,
      random: randomFrom('draws'),
      onTick: ({ requests, decisions, outcomes }) => log.append(requests, decisions, outcomes),
    });
    log.close();
    return { log, actions };
  };

  it('is the same market in every other number', () => {
    const [without, shown] = [play({}).log, play({ observed: { events: 8 } }).log];
    expect(without.requests.history).toBeUndefined();
    expect(shown.outcomes.click).toEqual(without.outcomes.click);
    expect(shown.requests.context).toEqual(without.requests.context);
    expect(shown.requests.user).toEqual(without.requests.user);
  });

  it('shows a click as the latest event of the next request, and shifts the others', () => {
    const { log, actions } = play({ observed: { events: 8 } });
    const { history, session } = log.requests;
    if (!history) throw new Error('no history');
    expect(history).toMatchObject({ steps: 8, levels: 11 });
    const eventsOf = (i: number): number[] => [...history.codes.subarray(i * 8, i * 8 + history.length[i])];
    let clicks = 0;
    for (let i = 0; i + 32 < log.size; i++) {
      const next = i + 32;
      if (session[next] !== session[i]) continue;
      const clicked = log.outcomes.click[i] === 1 ? [1 + actions.category[log.decisions.action[i]]] : [];
      clicks += clicked.length;
      expect(eventsOf(next)).toEqual([...eventsOf(i), ...clicked].slice(-8));
    }
    expect(clicks).toBeGreaterThan(30);
  });

  it('is carried by views and copies of its log', () => {
    const { log } = play({ observed: { events: 8 } });
    const codes = log.requests.history?.codes;
    expect(slice(log, 5, 9).requests.history?.codes).toEqual(codes?.slice(40, 72));
    expect(selectRows(log, [8, 5]).requests.history?.codes.slice(8)).toEqual(codes?.slice(40, 48));
  });
});
