/**
 * Does the coverage that the program foretells from a log come true? Three overlaps, two click rates: actual coverage over
 * worlds whose truth is known, beside what the twins of some of their logs foretold, each for the rule that needs no twin
 * and for the one that is made of it. ADSIM_FULL=1 takes 1,000 worlds a setting instead of 120.
 */
import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/core/contracts.ts';
import { matrix } from '../../src/core/matrix.ts';
import { randomFrom } from '../../src/core/random.ts';
import { snips } from '../../src/ope/estimators/snips.ts';
import { standardError } from '../../src/ope/intervals/delta.ts';
import { intervalRule } from '../../src/ope/intervals/registry.ts';
import { addRows, moments } from '../../src/ope/moments.ts';
import { measureCoverage } from '../../src/ope/twin/measure-coverage.ts';
import { pivotBounds, twinInterval, TWIN_T } from '../../src/ope/twin/pivots.ts';
import { twinOf } from '../../src/ope/twin/twin.ts';
import { logOfWorld, OVERLAPS, valueOf } from '../ope/twin/design.ts';

const WORLDS = process.env['ADSIM_FULL'] ? 1000 : 120;
const LEVEL = 0.95;
const ROWS = 2000;
const RULE = intervalRule('delta-t');

interface Share {
  hits: number;
  /** Sum and sum of squares of what was foretold. */
  foretold: number;
  squares: number;
}

function judge(shares: Record<string, Share>, evidence: Evidence, world: number, truth: number): void {
  const estimator = snips();
  const rows = matrix(evidence.log.size, estimator.columns);
  estimator.contributions(evidence, rows);
  const found = moments(estimator.columns);
  addRows(found, rows);
  const random = randomFrom(`twin ${world}`);
  const [{ rules, pivots }] = measureCoverage(twinOf(evidence), [estimator], [RULE], {
    level: LEVEL,
    rows: ROWS,
    worlds: 200,
    random,
    ranges: [undefined],
    keepRows: false,
    rewardRange: [0, 1],
  });
  const value = estimator.value(found.sums, ROWS);
  const intervals: Record<string, readonly [number, number]> = {
    [RULE.name]: RULE.interval({ estimator, moments: found, binary: true, random }, LEVEL),
    [TWIN_T]: twinInterval(value, standardError(estimator, found), pivotBounds(pivots, LEVEL), [0, 1]),
  };
  for (const { rule, coverage } of rules) {
    const [low, high] = intervals[rule];
    const share = (shares[rule] ??= { hits: 0, foretold: 0, squares: 0 });
    share.hits += low <= truth && truth <= high ? 1 : 0;
    share.foretold += coverage;
    share.squares += coverage * coverage;
  }
}

describe.each(Object.keys(OVERLAPS))('%s overlap', (overlap) => {
  test.each([0.02, 0.3])('clicks of %d', (base) => {
    const odds = OVERLAPS[overlap];
    const truth = valueOf(odds, base);
    const shares: Record<string, Share> = {};
    for (let world = 0; world < WORLDS; world++) {
      judge(shares, logOfWorld(odds, base, { n: ROWS, world, whole: world % 2 === 0 }), world, truth);
    }
    for (const [rule, { hits, foretold, squares }] of Object.entries(shares)) {
      const actual = hits / WORLDS;
      const mean = foretold / WORLDS;
      const spread = squares / WORLDS - mean * mean;
      const error = Math.sqrt((actual * (1 - actual) + spread) / WORLDS);
      // eslint-disable-next-line no-console -- the table is what the test is for
      console.log(
        `${overlap} overlap, clicks ${base}, ${rule}: nominal ${LEVEL}, foretold ${mean.toFixed(3)}, actual ${actual.toFixed(3)} ± ${error.toFixed(3)}`,
      );
      expect(Math.abs(actual - mean), `${rule}: ${actual} against ${mean}`).toBeLessThan(4 * error);
      // Where the plain rule fails, the twin's must not: its own bar is the level, less chance.
      const bar = rule === TWIN_T ? LEVEL - 4 * Math.sqrt((LEVEL * (1 - LEVEL)) / WORLDS) : 0;
      expect(actual).toBeGreaterThan(bar);
    }
  });
});
