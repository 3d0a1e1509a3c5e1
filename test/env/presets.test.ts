/** Each named world is what its question needs. Margins are wide: the order of things is tested, on fixed seeds. */
import { describe, expect, it } from 'vitest';
import { anyAction, bestAction, rates, worldOf } from './play.ts';
import type { Choice } from './play.ts';

const ROWS = 40_000;

describe('quiet', () => {
  it('has a click rate of 1 to 3.5 % and an oracle of 1.5 to 3.2 times as much', () => {
    const world = worldOf({ preset: 'quiet' });
    const uniform = rates(world, anyAction, ROWS).reward;
    const lift = rates(world, bestAction, ROWS).reward / uniform;
    expect(uniform).toBeGreaterThan(0.01);
    expect(uniform).toBeLessThan(0.035);
    expect(lift).toBeGreaterThan(1.5);
    expect(lift).toBeLessThan(3.2);
    expect(world.spec.sequential).toBe(false);
  });
});

describe('fatigue', () => {
  it('makes one creative shown to all lose against any, which it does not in quiet', () => {
    const always: Choice = () => 1;
    const tired = worldOf({ preset: 'fatigue' });
    expect(rates(tired, always, ROWS).reward).toBeLessThan(0.75 * rates(tired, anyAction, ROWS).reward);
    const rested = worldOf({ preset: 'quiet' });
    expect(rates(rested, always, ROWS).reward).toBeGreaterThan(0.85 * rates(rested, anyAction, ROWS).reward);
    expect(tired.spec.sequential).toBe(true);
    // Switched off, the world is as rested.
    const off = worldOf({ preset: 'fatigue', fatigue: { weight: 0, weightAll: 0 } });
    expect(rates(off, always, ROWS).reward).toBe(rates(rested, always, ROWS).reward);
  });
});

describe('long-session', () => {
  const input = { preset: 'long-session' } as const;
  /** The best of the calm creatives: even variants of even categories, odd ones of odd categories. */
  const calm: Choice = (truth, i) => {
    let best = -1;
    for (let a = 0; a < truth.columns; a++) {
      if (((a % 2) + Math.floor(a / 2)) % 2 === 1) continue;
      if (best < 0 || truth.data[i * truth.columns + a] > truth.data[i * truth.columns + best]) best = a;
    }
    return best;
  };

  it('rewards patience with twice the clicks per session that greed brings', () => {
    const world = worldOf(input);
    const greedy = rates(world, bestAction, ROWS);
    const patient = rates(world, calm, ROWS);
    expect(greedy.reward).toBeGreaterThan(1.2 * patient.reward);
    expect(patient.perSession).toBeGreaterThan(1.8 * greedy.perSession);
    expect(world.spec.sequential).toBe(true);
  });

  it('does so by satisfaction alone: uncoupled, greed is better', () => {
    const world = worldOf({ ...input, sessions: { satisfactionCoupling: 0 } });
    const greedy = rates(world, bestAction, ROWS);
    expect(greedy.perSession).toBeGreaterThan(1.2 * rates(world, calm, ROWS).perSession);
    expect(world.spec.sequential).toBe(false);
    expect(world.spec.contextNames).toContain('session-annoyance');
  });
});

it('pays a better generator: the less recognisable the images, the fewer the clicks', () => {
  const worse = worldOf({ response: { recognisabilityWeight: 1 } });
  const indifferent = worldOf({ response: { recognisabilityWeight: 0 } });
  // Synthetic creatives are on average 0.15 nats less recognisable than real images.
  expect(rates(worse, anyAction, ROWS).reward).toBeLessThan(0.95 * rates(indifferent, anyAction, ROWS).reward);
});
