/** Launch decisions on real logs: where a handful of clicks carries the estimate, nobody can tell, and it says why. */
import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import { decideLaunch } from '../../src/ope/launch/decide.ts';
import { goldenFolder } from '../folders.ts';
import { findCases } from './ope-cases.ts';

const folder = goldenFolder();
/** Clicks of equal weight below which no interval is believed. */
const FEW = 30;

describe.skipIf(folder === undefined)('launch decisions on golden logs', () => {
  const { cases } = folder === undefined ? { cases: [] } : findCases(folder);
  let thin = 0;

  test.each(cases.map((c) => [c.name, c] as const))('%s', async (name, { evidence }) => {
    const { log, evaluation } = evidence();
    const candidates = [{ name: 'policy', evidence: { log, evaluation } }];
    const options = { baseline: 'behaviour', minLift: 0.02, risk: 0.05, random: randomFrom('golden') } as const;
    const {
      verdict,
      reasons,
      candidates: [one],
    } = await decideLaunch({ candidates, ...options });
    const rewarded = log.outcomes.reward.subarray(0, log.size).filter((r) => r !== 0).length;
    console.info(
      `launch ${name}: ${verdict}; ${rewarded} rewarded rows worth ${one.effectiveRewards.toFixed(1)}, ` +
        `lift ${one.lift?.toFixed(3)} [${one.interval?.map((x) => x.toFixed(3)).join(', ')}]`,
    );
    expect(reasons.length).toBeGreaterThan(0);
    const owed = (one.effectiveSampleSize * rewarded) / log.size; // by rows of the policy at the baseline's rate
    if (owed >= 2 * FEW || one.effectiveRewards >= FEW) return;
    thin++;
    // oxlint-disable-next-line vitest/no-conditional-expect -- only logs of few clicks must be refused an answer
    expect(verdict).toBe('cannot-tell');
  });

  test('some of them are too thin to tell', () => expect(thin).toBeGreaterThan(0));
});
