/** The contract must catch broken worlds: each law is tried on at least one. */
import { describe, expect, it } from 'vitest';
import type { Decisions, Environment, Outcomes, TrueRequests } from '../../src/core/contracts.ts';
import type { WorldInput } from '../../src/env/config.ts';
import { worldOf } from '../env/play.ts';
import { ENVIRONMENT_LAWS } from './environment.ts';

const sound = (): Environment => worldOf({ preset: 'quiet', lanes: 64, users: 640 });

type Break = (world: Environment) => Partial<Environment>;

/** A sound world in which `observe` is followed by a change of what it filled. */
const observing =
  (change: (r: TrueRequests, tick: number) => void): Break =>
  (world) => {
    let tick = 0;
    return {
      observe(out) {
        const more = world.observe(out);
        change(out, tick++);
        return more;
      },
    };
  };

/** A sound world in which `step` is followed by a change of the outcomes. */
const stepping =
  (change: (o: Outcomes, d: Decisions, r: TrueRequests) => void): Break =>
  (world) => ({
    step(requests, decisions, out) {
      world.step(requests, decisions, out);
      change(out[0], decisions[0], requests);
    },
  });

const BROKEN: Readonly<Record<keyof typeof ENVIRONMENT_LAWS, Readonly<Record<string, Break>>>> = {
  'has a specification that fits its actions': {
    'two actions of one name': (world) => ({ spec: { ...world.spec, actions: world.spec.actions.map(() => 'ad') } }),
  },
  'fills whole columns with numbers': {
    'a NaN in the context': observing((r) => (r.context.data[7] = Number.NaN)),
    'nothing eligible': observing((r) => r.eligible.fill(0)),
  },
  'numbers impressions uniquely and keeps rows in time order': {
    'ids that start again': observing((r, tick) => (r.impression[1] = tick % 2 === 0 ? r.impression[1] : 1)),
    'a clock that goes back': observing((r) => (r.hour[r.size - 1] -= 1)),
  },
  'repeats itself under the same seed, whatever was played before': {
    'a seed that remembers': (world) => {
      let episodes = 0;
      return { reset: (seed) => world.reset(`${seed}${episodes++}`) };
    },
  },
  'differs under another seed': { 'a deaf reset': (world) => ({ reset: () => world.reset('a') }) },
  'does not listen: unlike agents meet the same users and the same luck': {
    'luck that follows the action before': (world) => {
      const before = new Int32Array(world.spec.lanes);
      return stepping((o, d) => {
        for (let i = 0; i < o.click.length; i++) {
          if (before[i] === 9 && o.won[i] === 1) o.click[i] = 1 - o.click[i];
          before[i] = d.action[i];
        }
      })(world);
    },
    'luck that follows the bid': stepping((o, d) => {
      for (let i = 0; i < o.click.length; i++) if (o.won[i] === 1 && d.bid[i] === 1) o.click[i] = 0;
    }),
    'users who come by what was shown': (world) => {
      let shown = 0;
      return {
        ...observing((r) => r.user.forEach((u, i) => (r.user[i] = u + 1000 * (shown % 7))))(world),
        ...stepping((_, d) => (shown += Math.max(0, d.action[0])))(world),
      };
    },
    'users who leave when they see the last ad': stepping((o, d) => {
      for (let i = 0; i < o.click.length; i++) if (d.action[i] === 9) o.ended[i] = 1;
    }),
  },
  'keeps a row its session until it ends, and refills it in the same step': {
    'endings forgotten': stepping((o) => o.ended.fill(0)),
    'endings invented': stepping((o) => o.ended.fill(1)),
    'no horizon': stepping((o) => o.ended.forEach((e, i) => (o.ended[i] = Math.min(e, 1)))),
    'no final context': stepping((o) => o.finalContext.data.fill(0)),
  },
  'counts what can be counted: clicks where shown, conversions where clicked, rewards within their range': {
    'clicks on nothing': stepping((o) => o.won.forEach((w, i) => (o.click[i] = w === 0 ? 1 : o.click[i]))),
    'conversions without clicks': stepping((o) => (o.conversion[3] = 1)),
    'revenue without conversions': stepping((o) => (o.revenue[3] = 5)),
    'rewards out of range': stepping((o) => o.click.forEach((c, i) => (o.reward[i] = 2 * c))),
  },
  'has a truth that matches what happens': {
    'pages worth a tenth more': (world) => ({
      truth: {
        ...world.truth,
        page(r, action, out) {
          world.truth.page(r, action, out);
          for (let i = 0; i < r.size; i++) out[i] *= 1.1;
        },
      },
    }),
    'truth a tenth too high': (world) => ({
      truth: {
        ...world.truth,
        predict(r, out) {
          world.truth.predict(r, out);
          for (let j = 0; j < out.data.length; j++) out.data[j] *= 1.1;
        },
      },
    }),
    'truth of another action': (world) => ({
      truth: {
        ...world.truth,
        predict(r, out) {
          world.truth.predict(r, out);
          out.data.reverse();
        },
      },
    }),
  },
  'has a truth that is a pure function of each row': {
    'truth by place in the tick': (world) => ({
      truth: {
        ...world.truth,
        predict(r, out) {
          world.truth.predict(r, out);
          for (let j = 0; j < out.data.length; j++) out.data[j] *= 1 + 1e-9 * j;
        },
      },
    }),
  },
  'refuses actions it does not have': {
    'takes the last instead': (world) => ({
      step(requests, decisions, out) {
        const last = world.actions.size - 1;
        const action = decisions[0].action.map((a) => Math.min(a, last));
        world.step(requests, [{ ...decisions[0], action }], out);
      },
    }),
  },
};

/** What needs another world to be broken: the law is that of counting. */
const COUNTING: readonly [name: string, world: WorldInput, broken: Break][] = [
  ['purchases that come twice', { preset: 'delayed' }, stepping((o) => (o.late = [...o.late, ...o.late]))],
  [
    'purchases that come before their time',
    { preset: 'delayed' },
    stepping((o) => (o.late = o.late.map((one) => ({ ...one, delayHours: one.delayHours + 1 })))),
  ],
  [
    'purchases that come after their time',
    { preset: 'delayed' },
    stepping((o) => (o.late = o.late.map((one) => ({ ...one, delayHours: one.delayHours / 2 })))),
  ],
  [
    'purchases of what was never clicked',
    { preset: 'delayed' },
    stepping((o) => (o.late = o.late.map((one) => ({ ...one, impression: one.impression + 1 })))),
  ],
  [
    'two ads in one place',
    { preset: 'slate' },
    stepping((o) => o.slot.forEach((place, c) => (o.slot[c] = place > 0 ? place - 1 : place))),
  ],
  [
    'charges for what is not shown',
    { preset: 'quiet' },
    stepping((o) => o.slot.forEach((place, c) => (o.cost[c] = place < 0 ? 0.01 : o.cost[c]))),
  ],
  [
    'charges above the bid',
    { preset: 'auction' },
    stepping((o, d) => o.cost.forEach((cost, c) => (o.cost[c] = cost > 0 ? d.bid[c] * 1.001 : 0))),
  ],
  [
    'rewards that go missing between ads and page',
    { preset: 'slate' },
    stepping((o) => o.adReward.forEach((reward, c) => (o.adReward[c] = 0.9 * reward))),
  ],
];

describe.each(COUNTING)('a world that counts what can be counted', (name, input, mutate) => {
  const counts = Object.entries(ENVIRONMENT_LAWS).find(([sentence]) => sentence.startsWith('counts'))?.[1];
  it(`is told from one with ${name}`, () => {
    const world = (): Environment => worldOf({ ...input, lanes: 64, users: 640 });
    const mutant = (): Environment => {
      const good = world();
      return { ...good, ...mutate(good) };
    };
    expect(() => counts?.(world)).not.toThrow();
    expect(() => counts?.(mutant)).toThrow(/^broken law/);
  });
});

for (const [sentence, law] of Object.entries(ENVIRONMENT_LAWS)) {
  describe(`a world that ${sentence}`, () => {
    it('passes where it does', () => expect(() => law(sound)).not.toThrow());
    for (const [name, mutate] of Object.entries(BROKEN[sentence])) {
      it(`is told from one with ${name}`, () => {
        const mutant = (): Environment => {
          const world = sound();
          return { ...world, ...mutate(world) };
        };
        // By a law that failed, not by an accident in the mutant.
        expect(() => law(mutant)).toThrow(/^expected|^broken law/);
      });
    }
  });
}
