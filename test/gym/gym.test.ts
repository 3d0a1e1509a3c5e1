/** The Gymnasium-like interface: its semantics, and that `checkEnvironment` tells broken environments. */
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { checkEnvironment } from '../../src/gym/check.ts';
import { matrix } from '../../src/core/matrix.ts';
import { make, makeVector } from '../../src/gym/make.ts';
import type { SingleEnvironment } from '../../src/gym/single.ts';
import type { VectorEnvironment, VectorStep } from '../../src/gym/vector.ts';

const SMALL = { users: 200 };

describe('one session after the other', () => {
  it.each(['quiet', 'long-session', 'slate', 'delivery', 'auction'])('%s keeps all that is checked', (name) => {
    expect(checkEnvironment(make(name, SMALL)).filter(({ ok }) => !ok)).toEqual([]);
  });

  it('tells a user who left from a session that was cut', () => {
    const environment = make('quiet', { ...SMALL, sessions: { horizonRequests: 4 } });
    const endings = { terminated: 0, truncated: 0 };
    environment.reset({ seed: 1 });
    for (let i = 0; i < 2000; i++) {
      const { terminated, truncated, observation } = environment.step(i % 10);
      expect(terminated && truncated).toBe(false);
      if (terminated) endings.terminated++;
      if (truncated) endings.truncated++;
      expect(truncated ? observation[15] : 1).toBe(1); // session-step: the horizon is reached
      if (terminated || truncated) environment.reset();
    }
    expect(Math.min(endings.terminated, endings.truncated)).toBeGreaterThan(50);
  });

  it('ends a visit with what was known of it, and begins the next with its own user', () => {
    const environment = make('quiet', SMALL);
    let { info, observation } = environment.reset({ seed: 1 });
    expect(() => environment.reset()).toThrow(/the visit goes on/);
    let changed = 0;
    for (let visits = 0; visits < 50;) {
      const step = environment.step(0);
      expect(step.info.user).toBe(info.user);
      if (!step.terminated && !step.truncated) {
        ({ observation } = step);
        continue;
      }
      expect(step.observation).not.toBe(observation);
      visits++;
      const { user } = info;
      ({ info, observation } = environment.reset());
      expect(observation[15]).toBe(0);
      if (info.user !== user) changed++;
    }
    expect(changed).toBeGreaterThan(25);
  });

  it('lets an agent bid for one page', () => {
    const environment = make('auction', SMALL);
    const shown = (bid: number): number => {
      let paid = 0;
      environment.reset({ seed: 1 });
      for (let i = 0; i < 200; i++) {
        const { reward, terminated, truncated } = environment.step(i % 10, { bid });
        if (reward !== 0) paid++;
        if (terminated || truncated) environment.reset();
      }
      return paid;
    };
    expect(shown(0)).toBe(0);
    expect(shown(100)).toBe(200);
    environment.reset({ seed: 1 });
    expect(() => environment.step(0, { bid: -1 })).toThrow(/row 0 bids -1; bids are 0 or more/);
  });

  it('refuses a first reset without a seed, and worlds that there are not', () => {
    expect(() => make('quiet', SMALL).reset()).toThrow(/give a seed/);
    expect(() => make('quite')).toThrow(/no world "quite"; use one of quiet/);
  });
});

describe('checkEnvironment', () => {
  type Single = SingleEnvironment<number>;
  let calls = 0;
  const single: Readonly<Record<string, (good: Single) => Partial<Single>>> = {
    'a step before the first reset is refused': (good) => {
      good.reset({ seed: 1 });
      return {};
    },
    'samples of a space lie in it': (good) => ({ actionSpace: { ...good.actionSpace, sample: () => 99 } }),
    'reset gives an observation of the space': (good) => ({
      reset: (options) => ({ ...good.reset(options), observation: new Float64Array(3) }),
    }),
    'steps give observations of the space, finite rewards, and true or false for both endings': (good) => ({
      step: (action) => ({ ...good.step(action), reward: Number.NaN }),
    }),
    'the same seed and the same actions give the same': (good) => ({
      step: (action) => ({ ...good.step(action), reward: calls++ }),
    }),
    'another seed gives something else': (good) => ({
      reset: (options) => good.reset(options?.seed === undefined ? {} : { seed: 1 }),
    }),
    'what was returned is not overwritten': (good) => {
      const buffer = new Float64Array(16);
      const over = <T extends { observation: Float64Array }>(given: T): T => {
        buffer.set(given.observation);
        return { ...given, observation: buffer };
      };
      return { reset: (options) => over(good.reset(options)), step: (action) => over(good.step(action)) };
    },
    'a step after the end is refused': (good) => ({
      step(action) {
        const step = good.step(action);
        if (step.terminated || step.truncated) good.reset();
        return step;
      },
    }),
    'actions outside the space are refused': (good) => ({
      step: (action) => good.step(action === 1e9 ? 0 : action),
    }),
  };

  const after = (good: VectorEnvironment, change: (step: VectorStep) => Partial<VectorStep>) => ({
    step: (...given: Parameters<VectorEnvironment['step']>) => {
      const step = good.step(...given);
      return { ...step, ...change(step) };
    },
  });
  const vector: Readonly<Record<string, (good: VectorEnvironment) => Partial<VectorEnvironment>>> = {
    'a step before the first reset is refused': (good) => {
      good.reset({ seed: 1 });
      return {};
    },
    'reset gives an observation of the space for every row': (good) => ({
      reset: (options) => ({ ...good.reset(options), observations: matrix(3, 16) }),
    }),
    'steps give observations of the space, finite rewards, and at most one ending a row': (good) =>
      after(good, ({ terminated }) => ({ truncated: terminated })),
    'where a session ends, the next one is there in the same step': (good) =>
      after(good, ({ terminated }) => ({ terminated: terminated.slice().fill(0) })),
    'the last observation of a truncated session is kept': (good) =>
      after(good, () => ({ finalObservations: { ...matrix(8, 16), data: new Float64Array(128).fill(Number.NaN) } })),
    'the same seed and the same actions give the same': (good) =>
      after(good, ({ rewards }) => ({ rewards: rewards.map(() => calls++) })),
    'another seed gives something else': (good) => ({ reset: () => good.reset({ seed: 1 }) }),
    'another number of actions, and actions outside the space, are refused': (good) => ({
      step: (actions) => good.step(actions.map((a) => Math.min(a, 9))),
    }),
  };

  it.each([
    ['one session after the other', single, () => make('quiet', SMALL) as Single],
    ['side by side', vector, () => makeVector('quiet', { ...SMALL, lanes: 8 })],
  ] as const)(
    '%s: a sound one passes, and of every check an environment is known that breaks it',
    (_, broken, sound) => {
      const checks = checkEnvironment(sound() as Single);
      expect(checks.filter(({ ok }) => !ok)).toEqual([]);
      expect(Object.keys(broken)).toEqual(checks.map(({ check }) => check));
      for (const [check, mutate] of Object.entries(broken)) {
        const good = sound();
        const mutant = { ...good, ...(mutate as (good: unknown) => object)(good) };
        const finding = checkEnvironment(mutant as Single).find((one) => one.check === check);
        expect(finding).toMatchObject({
          check,
          ok: false,
          message: expect.stringMatching(/./),
          advice: expect.stringMatching(/./),
        });
      }
    },
  );

  it.each(['quiet', 'slate', 'auction', 'long-session'])('%s side by side keeps all that is checked', (name) => {
    expect(checkEnvironment(makeVector(name, { ...SMALL, lanes: 8 })).filter(({ ok }) => !ok)).toEqual([]);
  });
});

describe('side by side', () => {
  it('resets in the same step, keeps the last observation of those cut, and repeats itself', () => {
    const record = (): string => {
      const environment = makeVector('quiet', { ...SMALL, lanes: 16, sessions: { horizonRequests: 5 } });
      const luck = randomFrom('vector').sequence();
      let { info } = environment.reset({ seed: 'a' });
      let before = info.session.slice();
      const seen: string[] = [];
      const count = { terminated: 0, truncated: 0 };
      for (let t = 0; t < 100; t++) {
        const step = environment.step(Int32Array.from({ length: 16 }, () => luck.integer(10)));
        ({ info } = step);
        for (let i = 0; i < 16; i++) {
          const ended = step.terminated[i] + step.truncated[i];
          expect(ended).toBeLessThan(2);
          expect(info.session[i] === before[i]).toBe(ended === 0);
          expect(step.observations.data[i * 16 + 15] === 0).toBe(ended === 1);
          count.terminated += step.terminated[i];
          count.truncated += step.truncated[i];
          expect(step.truncated[i] === 1 ? step.finalObservations.data[i * 16 + 15] : 1).toBe(1);
        }
        before = info.session.slice();
        seen.push(step.observations.data.join(), step.rewards.join());
      }
      expect(Math.min(count.terminated, count.truncated)).toBeGreaterThan(20);
      return seen.join('\n');
    };
    expect(record()).toBe(record());
  });

  it('truncates every session that goes on when the requests are used up, and then wants a reset', () => {
    const environment = makeVector('quiet', { ...SMALL, lanes: 8 }, { requests: 24 });
    expect(() => environment.step(new Int32Array(8))).toThrow(/call reset/);
    environment.reset({ seed: 1 });
    environment.step(new Int32Array(8));
    environment.step(new Int32Array(8));
    const { terminated, truncated } = environment.step(new Int32Array(8));
    expect(terminated.every((x, i) => x + truncated[i] === 1)).toBe(true);
    expect(() => environment.step(new Int32Array(8))).toThrow(/over/);
  });

  it('masks what may not be shown, refuses what there is not, and lets agents bid', () => {
    const campaigns = [{ name: 'all', frequencyCap: 1, valuePerClickUsd: 0.5 }];
    const environment = makeVector('auction', { ...SMALL, lanes: 4, users: 4, campaigns });
    environment.reset({ seed: 1 });
    expect(() => environment.step(new Int32Array(3))).toThrow(/3 actions for 4 rows/);
    expect(() => environment.step(Int32Array.of(0, 0, 0, 10))).toThrow(/row 3 takes 10/);
    expect(() => environment.step(new Int32Array(4), { bids: new Float64Array(3) })).toThrow(/3 bids for 4 rows/);
    expect(() => makeVector('quiet', { ...SMALL, lanes: 4 }, { requests: 0 })).toThrow(/requests: 0 is not above 0/);
    const { rewards, info } = environment.step(new Int32Array(4), { bids: 100 });
    expect(rewards.every((reward) => reward !== 0)).toBe(true);
    expect(info.actionMask.every((may) => may === 0)).toBe(true);
    expect(environment.step(new Int32Array(4), { bids: 100 }).rewards.every((reward) => reward === 0)).toBe(true);
  });
});
