/**
 * What every environment must do. Each law is a function that throws where it is broken, so that the laws themselves
 * can be tried on broken worlds (environment.test.ts); `environmentContract` runs them all on a world.
 */
import { describe, expect, it } from 'vitest';
import { decisionsOf, outcomesOf, trueRequestsOf } from '../../src/core/batch.ts';
import { CONVERTED, GOES_ON, NO_CONVERSION, TERMINATED, TRUNCATED } from '../../src/core/contracts.ts';
import type { Decisions, Environment, Outcomes } from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import { meetings, play, playUnvalued, record } from './players.ts';

export type EnvironmentFactory = () => Environment;

/** `expect` for hot loops: millions of them would take minutes. */
function hold(condition: boolean, sentence: string): void {
  if (!condition) throw new Error(`broken law: ${sentence}`);
}

/** True where every ad decided on was shown in its own place: a purse or a cap may hold one back. */
function shownAsDecided(o: Outcomes, i: number, L: number, x: Decisions): boolean {
  for (let l = 0; l < L; l++) if (o.slot[i * L + l] !== (x.action[i * L + l] < 0 ? -1 : l)) return false;
  return true;
}

/** The laws, by the sentence that says them. */
export const ENVIRONMENT_LAWS: Readonly<Record<string, (factory: EnvironmentFactory) => void>> = {
  'has a specification that fits its actions': (factory) => {
    const { spec, actions } = factory();
    expect(actions.size).toBe(spec.actions.length);
    expect(new Set(spec.actions).size).toBe(actions.size);
    expect(new Set(spec.contextNames).size).toBe(spec.contextNames.length);
    for (const column of [actions.names, actions.creative, actions.priceUsd, actions.category]) {
      expect(column.length).toBe(actions.size);
    }
    expect(actions.features.data.length).toBe(actions.size * actions.featureNames.length);
    expect(actions.priceUsd.every((price) => price > 0)).toBe(true);
  },

  'fills whole columns with numbers': (factory) => {
    const world = factory();
    const { lanes, contextNames, hiddenSize } = world.spec;
    let any = false;
    play(world, 'any', 'a', 4000, ({ requests: r, outcomes: o, truth, value }) => {
      hold(value.subarray(0, r.size).every(Number.isFinite), 'every page is worth a finite number');
      hold(r.size > 0 && r.size <= lanes, 'a tick has at least one row and at most one per lane');
      for (const [column, width] of [
        [r.context.data, contextNames.length],
        [r.hidden.data, hiddenSize],
        [truth.data, truth.columns],
        [o.cost, world.spec.slots],
        [o.adReward, world.spec.slots],
        [o.reward, 1],
        [o.revenue, world.spec.slots],
      ] as const) {
        hold(column.subarray(0, r.size * width).every(Number.isFinite), 'every column holds finite numbers');
      }
      for (let i = 0; i < r.size; i++) {
        const eligible = r.eligible.subarray(i * truth.columns, (i + 1) * truth.columns);
        hold(
          eligible.every((e) => e === 0 || e === 1),
          'eligible is 0 or 1',
        );
        any ||= eligible.includes(1);
      }
    });
    hold(any, 'something is eligible at least sometimes');
  },

  'numbers impressions uniquely and keeps rows in time order': (factory) => {
    const ids = new Set<number>();
    let before = -Infinity;
    let rows = 0;
    playUnvalued(factory(), 'any', 'a', 20_000, ({ requests: r }) => {
      for (let i = 0; i < r.size; i++) {
        ids.add(r.impression[i]);
        hold(r.hour[i] >= before, 'hours do not decrease');
        before = r.hour[i];
        rows++;
      }
    });
    expect(ids.size).toBe(rows);
    expect(before).toBeGreaterThan(0);
  },

  'repeats itself under the same seed, whatever was played before': (factory) => {
    const world = factory();
    const first = record(world, 'any', 'a', 6000);
    record(world, 'last', 'b', 6000);
    expect(record(world, 'any', 'a', 6000)).toEqual(first);
    expect(record(factory(), 'any', 'a', 6000)).toEqual(first);
  },

  'differs under another seed': (factory) => {
    const world = factory();
    const first = record(world, 'any', 'a', 1000);
    expect(record(world, 'any', 'b', 1000)).not.toEqual(first);
  },

  'does not listen: unlike agents meet the same users and the same luck': (factory) => {
    const world = factory();
    const rows = 15_000;
    const players = (['any', 'first', 'last', 'nothing'] as const).map((player) => meetings(world, player, rows));
    // With several slots or players, what it takes to win depends on one's other ads and on what the others may show.
    const several = world.spec.slots > 1 || world.spec.players > 1;
    let shared = 0;
    for (const other of players.slice(1)) {
      for (const [key, a] of players[0]) {
        const b = other.get(key);
        if (!b) continue;
        const listens = world.spec.visitsRespond;
        hold(listens || b.user === a.user, 'the same session is the same user’s');
        if (b.user !== a.user) continue; // who was annoyed may have stayed away
        hold(listens || (b.hour === a.hour && b.ended === a.ended), 'the same hours and endings');
        if (a.action !== b.action || a.truth !== b.truth || a.place !== b.place) continue;
        // Whether a user looks further down may depend on the ads above.
        if (a.place > 0) continue;
        hold(b.click === a.click && b.conversion === a.conversion, 'the same luck');
        hold(listens || b.late === a.late, 'the same purchases later');
        hold(b.toWin === a.toWin || Number.isNaN(b.toWin) || several, 'the same rivals');
        shared++;
      }
      if (!world.spec.visitsRespond) expect([...other.keys()]).toEqual([...players[0].keys()]);
    }
    expect(shared).toBeGreaterThan(50);
  },

  'keeps a row its session until it ends, and refills it in the same step': (factory) => {
    const world = factory();
    const endings = new Set<number>();
    for (const player of ['first', 'any', 'last'] as const) {
      const seen = new Set<number>();
      const session = new Int32Array(world.spec.lanes).fill(-1);
      const user = new Int32Array(world.spec.lanes);
      playUnvalued(world, player, 'a', 12_000, ({ requests: r, outcomes: o }) => {
        for (let i = 0; i < r.size; i++) {
          if (session[i] === -1) {
            hold(!seen.has(r.session[i]), 'a new session has a new id');
            seen.add(r.session[i]);
          } else hold(r.session[i] === session[i] && r.user[i] === user[i], 'a session goes on in its row');
          session[i] = o.ended[i] === GOES_ON ? r.session[i] : -1;
          user[i] = r.user[i];
          endings.add(o.ended[i]);
          if (o.ended[i] === TRUNCATED) {
            const d = r.context.columns;
            const final = o.finalContext.data.subarray(i * d, (i + 1) * d);
            hold(final.every(Number.isFinite) && final.some((x) => x !== 0), 'a truncated row has a final context');
          }
        }
      });
    }
    expect(endings).toEqual(new Set([GOES_ON, TERMINATED, TRUNCATED]));
  },

  'counts what can be counted: clicks where shown, conversions where clicked, rewards within their range': (
    factory,
  ) => {
    const world = factory();
    const { slots: L, auction, conversionWindowHours } = world.spec;
    const [low, high] = world.spec.rewardRange ?? [-Infinity, Infinity];
    let conversions = 0;
    for (const player of ['any', 'nothing'] as const) {
      const clicked = new Map<string, number>(); // hour of clicked ads that have not been bought
      let due: number[] = []; // [h] of what came late with the tick before
      playUnvalued(world, player, 'a', 30_000, ({ requests: r, decisions: x, outcomes: o }) => {
        hold(
          due.every((hour) => hour <= r.hour[0] + 1e-9),
          'nothing comes before its time',
        );
        due = [];
        for (let i = 0; i < r.size; i++) {
          const places = new Set<number>();
          let sum = 0;
          for (let c = i * L; c < i * L + L; c++) {
            const shown = o.slot[c] >= 0;
            if (shown) {
              hold(o.slot[c] < L && !places.has(o.slot[c]), 'each place holds one ad');
              places.add(o.slot[c]);
              hold(x.action[c] >= 0, 'an empty slot shows nothing');
              hold(r.eligible[i * world.actions.size + x.action[c]] === 1, 'only what is eligible is shown');
              const most = auction ? x.bid[i] : Infinity;
              hold(o.cost[c] <= most * (1 + 1e-12), 'nobody pays more than they bid');
            } else hold(o.cost[c] === 0 && o.click[c] === 0, 'what is not shown costs and brings nothing');
            hold(auction?.unit !== 'click' || o.click[c] === 1 || o.cost[c] === 0, 'only clicks are paid for');
            hold(o.click[c] === 0 || shown, 'only what is shown is clicked');
            hold(o.click[c] === 1 || o.conversion[c] === NO_CONVERSION, 'only what is clicked converts');
            hold(o.conversion[c] === CONVERTED ? o.revenue[c] > 0 : o.revenue[c] === 0, 'revenue comes of conversions');
            hold(o.cost[c] >= 0, 'cost is not negative');
            if (o.conversion[c] === CONVERTED) conversions++;
            else if (o.click[c] === 1) clicked.set(`${r.impression[i]}:${c - i * L}`, r.hour[i]);
            sum += o.adReward[c];
          }
          hold(o.won[i] === (places.size > 0 ? 1 : 0), 'won says whether anything was shown');
          hold(player !== 'nothing' || o.won[i] === 0, 'an empty page wins nothing');
          hold(Math.abs(o.reward[i] - sum) < 1e-9, 'the rewards of ads add up to that of the page');
          hold(o.reward[i] >= low && o.reward[i] <= high, 'rewards lie in their range');
        }
        for (const late of o.late) {
          const key = `${late.impression}:${late.slot}`;
          const hour = clicked.get(key);
          hold(hour !== undefined, 'what comes late was clicked, and comes once');
          hold(late.delayHours <= (conversionWindowHours ?? 0), 'nothing comes after its window');
          hold(late.delayHours > 0 && late.revenueUsd > 0, 'what comes late comes later, and is paid for');
          hold((hour as number) + late.delayHours >= r.hour[0], 'nothing comes later than it should');
          due.push((hour as number) + late.delayHours);
          clicked.delete(key);
          conversions++;
        }
      });
    }
    expect(conversions).toBeGreaterThan(0);
  },

  'has a truth that matches what happens': (factory) => {
    // Σ(reward − truth) is a sum of martingale differences: z = Σ / √Σ² is standard normal. Overall and in five bins of
    // the truth, for two players: 12 tests at α = 1e-4 together, |z| < 4.3 each. Rewards include what came late, so only
    // rows are compared whose window has closed; in auctions, what was paid is added back and only winners are compared.
    const world = factory();
    const { slots: L, auction, conversionWindowHours: window = 0, actions } = world.spec;
    const k = actions.length;
    const money = world.spec.rewardUnit !== 'click';
    for (const player of ['any', 'last'] as const) {
      const rows = new Map<number, { hour: number; expected: number; reward: number; column: number }>();
      let last = 0;
      // Purchases are rare, and most windows must close.
      const most = window > 0 || money ? 150_000 : 60_000;
      play(world, player, 'calibration', most, ({ requests: r, decisions: x, outcomes: o, truth, value }) => {
        for (let i = 0; i < r.size; i++) {
          // Auctions: the ad at the top of the page, whichever of the player's it is.
          const column = auction ? o.slot.subarray(i * L, i * L + L).indexOf(0) : 0;
          const a = column < 0 ? -1 : x.action[i * L + column];
          if (a >= 0 && (auction || shownAsDecided(o, i, L, x))) {
            const cell = i * L + column;
            const alone = auction !== undefined || L === 1;
            const expected = alone ? truth.data[i * k + a] : value[i];
            hold(L > 1 || Math.abs(value[i] - expected) < 1e-12 * k, 'a page of one ad is worth that ad');
            const reward = auction ? o.adReward[cell] + (money ? o.cost[cell] : 0) : o.reward[i];
            rows.set(r.impression[i], { hour: r.hour[i], expected, reward, column });
          }
          last = r.hour[i];
        }
        for (const late of o.late) {
          const row = rows.get(late.impression);
          if (row && (!auction || late.slot === row.column)) row.reward += late.reward;
        }
      });
      const pairs: [truth: number, difference: number][] = [];
      for (const { hour, expected, reward } of rows.values()) {
        if (hour + window < last) pairs.push([expected, reward - expected]);
      }
      expect(pairs.length).toBeGreaterThan(1000);
      pairs.sort((a, b) => a[0] - b[0]);
      const bins = [
        pairs,
        ...[0, 1, 2, 3, 4].map((b) => pairs.slice((b * pairs.length) / 5, ((b + 1) * pairs.length) / 5)),
      ];
      for (const bin of bins) {
        let sum = 0;
        let squares = 0;
        for (const [, difference] of bin) {
          sum += difference;
          squares += difference * difference;
        }
        expect(Math.abs(sum) / Math.sqrt(squares)).toBeLessThan(4.3);
      }
      expect(pairs[pairs.length - 1][0]).toBeGreaterThan(pairs[0][0]);
    }
  },

  'has a truth that is a pure function of each row': (factory) => {
    const world = factory();
    const k = world.spec.actions.length;
    play(world, 'any', 'a', 2000, ({ requests: r, truth }) => {
      const before = Array.from(truth.data.subarray(0, r.size * k));
      // The first half of the rows, in reverse, after the world has moved on.
      const half = Math.ceil(r.size / 2);
      const h = r.hidden.columns;
      const d = r.context.columns;
      const reversed = trueRequestsOf({ rows: half, context: d, actions: k, slots: world.spec.slots }, h);
      reversed.size = half;
      for (let i = 0; i < half; i++) {
        const from = half - 1 - i;
        reversed.user[i] = r.user[from];
        reversed.hour[i] = r.hour[from];
        reversed.hidden.data.set(r.hidden.data.subarray(from * h, (from + 1) * h), i * h);
        reversed.context.data.set(r.context.data.subarray(from * d, (from + 1) * d), i * d);
        reversed.eligible.set(r.eligible.subarray(from * k, (from + 1) * k), i * k);
      }
      const again = matrix(half, k);
      world.truth.predict(reversed, again);
      for (let i = 0; i < half; i++) {
        const from = half - 1 - i;
        expect(Array.from(again.data.subarray(i * k, (i + 1) * k))).toEqual(before.slice(from * k, (from + 1) * k));
      }
    });
  },

  'refuses actions it does not have': (factory) => {
    const world = factory();
    let refused = false;
    play(world, 'any', 'a', 1, () => {});
    const { spec } = world;
    const shape = {
      rows: spec.lanes,
      context: spec.contextNames.length,
      actions: spec.actions.length,
      slots: spec.slots,
    };
    const requests = trueRequestsOf(shape, spec.hiddenSize);
    const decisions = decisionsOf(shape);
    world.observe(requests);
    decisions.action.fill(spec.actions.length);
    try {
      const all = Array.from({ length: spec.players }, () => decisions);
      world.step(
        requests,
        all,
        all.map(() => outcomesOf(shape)),
      );
    } catch {
      refused = true;
    }
    expect(refused).toBe(true);
  },
};

/** Runs every law on a world. The factory makes a fresh one each time. */
export function environmentContract(name: string, factory: EnvironmentFactory): void {
  describe(`environment contract: ${name}`, () => {
    for (const [sentence, law] of Object.entries(ENVIRONMENT_LAWS)) {
      it(`it ${sentence}`, () => expect(() => law(factory)).not.toThrow());
    }
  });
}
