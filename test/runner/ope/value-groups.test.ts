/** Whole episodes and pages of a log that somebody brought: the same numbers as from columns in the right order, and no others. */
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { createEpisodeEstimators, evaluateEpisodes } from '../../../src/ope/sequential/evaluate.ts';
import { createSlateEstimators, evaluateSlates } from '../../../src/ope/slates/evaluate.ts';
import type { Grouping, LogSource } from '../../../src/runner/logs/source.ts';
import { valueGroups } from '../../../src/runner/ope/groups/value-groups.ts';
import type { GroupOptions } from '../../../src/runner/ope/groups/value-groups.ts';
import { openPolicy } from '../../../src/runner/policies/open-policy.ts';
import { broughtLog } from '../policies/brought-log.ts';

/** Two actions; logged with odds 0.6 and 0.4, asked about with 0.3 and 0.7. */
const [LOGGED, ASKED, PREDICTED] = [[0.6, 0.4] as const, [0.3, 0.7] as const, [0.2, 0.5] as const];

interface Step {
  visit: string;
  step: number;
  action: number;
  reward: number;
}

/** Visits of 1 to 4 steps, in order. */
function visits(n: number): Step[][] {
  const draw = randomFrom('visits').sequence();
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: 1 + Math.floor(4 * draw.uniform()) }, (__, step) => {
      const action = draw.uniform() < LOGGED[0] ? 0 : 1;
      return { visit: `v${i}`, step: step + 1, action, reward: draw.uniform() < 0.2 + 0.3 * action ? 1 : 0 };
    }),
  );
}

/** The steps as a file may hold them: visits interleaved, the last step first. */
function shuffled(all: readonly Step[][]): Step[] {
  return all.flat().toSorted((a, b) => b.step - a.step);
}

function source(steps: readonly Step[], grouping: Omit<Grouping, 'column'>, predicted = false) {
  const table = (row: readonly [number, number]) => steps.flatMap(() => row);
  const log: LogSource = broughtLog({
    actions: ['0', '1'],
    action: steps.map(({ action }) => action),
    propensity: steps.map(({ action }) => LOGGED[action]),
    reward: steps.map(({ reward }) => reward),
    columns: {
      visit: steps.map(({ visit }) => visit),
      step: steps.map(({ step }) => step),
      'pi:0': steps.map(() => ASKED[0]),
      'pi:1': steps.map(() => ASKED[1]),
      mb: steps.map(({ action }) => LOGGED[action]),
      me: steps.map(({ action }) => ASKED[action]),
    },
  });
  const whole: LogSource & { grouping: Grouping } = { ...log, grouping: { column: 'visit', ...grouping } };
  if (predicted) {
    whole.blocks = async function* blocks(size) {
      for await (const block of log.blocks(size)) {
        const n = block.log.size;
        yield { ...block, predicted: matrix(n, 2, Float64Array.from(table(PREDICTED)).subarray(0, 2 * n)) };
      }
    };
  }
  return whole;
}

async function value(
  log: LogSource & { grouping: Grouping },
  options: Partial<GroupOptions> = {},
  policy = 'columns:pi',
) {
  const random = randomFrom('seed');
  const opened = await openPolicy(policy, log, { random: random.stream('policy') });
  return valueGroups(log, opened, { level: 0.95, coverage: 'off', random, ...options });
}

describe('episodes', () => {
  const all = visits(300);
  const steps = all.flat();
  const offset = Int32Array.from([0, ...all.map((_, i) => all.slice(0, i + 1).flat().length)]);
  const episodes = {
    size: all.length,
    offset,
    propensity: Float64Array.from(steps, ({ action }) => LOGGED[action]),
    evaluation: Float64Array.from(steps, ({ action }) => ASKED[action]),
    reward: Float64Array.from(steps, ({ reward }) => reward),
    predicted: Float64Array.from(steps, ({ action }) => PREDICTED[action]),
    expected: Float64Array.from(steps, () => 0.3 * 0.2 + 0.7 * 0.5),
    discount: 0.9,
  };

  it('are put together from rows in any order', async () => {
    const names = ['tis', 'pdis', 'wis', 'wpdis', 'dm', 'dr', 'wdr'];
    const expected = evaluateEpisodes(episodes, createEpisodeEstimators(names, 4), { rule: 'delta-t' });
    const found = await value(source(shuffled(all), { kind: 'episode', position: 'step' }, true), { discount: 0.9 });
    expect(found.estimates.map(({ estimator }) => estimator)).toEqual(names);
    found.estimates.forEach((one, e) => {
      expect(one.value).toBeCloseTo(expected[e].value, 9);
      // The model says the same of every state, so that the direct method has no spread.
      const low = one.estimator === 'dm' ? -Infinity : expected[e].interval[0];
      expect(one.interval[0]).toBeCloseTo(low, 9);
      expect(one.effectiveSampleSize).toBeCloseTo(expected[e].effectiveSampleSize, 6);
    });
    expect(found.log.groups).toEqual({ kind: 'episode', count: 300, longest: 4 });
  });

  it('in the order of the file are others: the order is used', async () => {
    const names = { estimators: ['pdis'] };
    const ordered = await value(source(shuffled(all), { kind: 'episode', position: 'step' }), names);
    const backwards = await value(source(shuffled(all), { kind: 'episode' }), names);
    expect(Math.abs(backwards.estimates[0].value - ordered.estimates[0].value)).toBeGreaterThan(1e-3);
  });

  it('the logged policy is worth what episodes brought, whatever the estimator', async () => {
    const brought = steps.reduce((sum, { reward }) => sum + reward, 0) / all.length;
    const { estimates, logged } = await value(source(steps, { kind: 'episode' }), {}, 'behaviour');
    expect(logged.value).toBeCloseTo(brought, 12);
    for (const one of estimates) expect(one.value).toBeCloseTo(brought, 9);
  });

  it('have intervals of measured coverage; the same seed, the same bytes', async () => {
    const log = source(steps, { kind: 'episode' });
    const found = await value(log, { coverage: 'quick' });
    expect(found.measured).toMatchObject({ worlds: 400, rows: 300 });
    for (const { coverage, rule } of found.estimates) {
      expect(coverage).toBeGreaterThan(0.9);
      expect(['delta-t', 'twin-t']).toContain(rule);
    }
    expect(JSON.stringify(await value(log, { coverage: 'quick' }))).toBe(JSON.stringify(found));
  });
});

describe('slates', () => {
  it('of unequal length are pages with empty places', async () => {
    const all = visits(200);
    const slots = 4;
    const padded = (of: (step: Step) => number, empty: number): Float64Array =>
      Float64Array.from(
        all.flatMap((page) => Array.from({ length: slots }, (_, l) => (page[l] ? of(page[l]) : empty))),
      );
    const odds = (of: readonly [number, number]) => {
      const given = padded(({ action }) => of[action], 1);
      return { given, marginal: given };
    };
    const names = ['sips', 'rips', 'snsips', 'snrips', 'iips', 'sniips', 'pi', 'wpi'];
    const expected = evaluateSlates(
      {
        size: all.length,
        slots,
        reward: padded(({ reward }) => reward, 0),
        behaviour: odds(LOGGED),
        evaluation: odds(ASKED),
      },
      createSlateEstimators(names, slots),
    );
    const marginal = { behaviour: 'mb', evaluation: 'me' };
    const log = source(shuffled(all), { kind: 'slate', position: 'step', marginal });
    const found = await value(log);
    expect(found.estimates.map(({ estimator }) => estimator)).toEqual(names);
    found.estimates.forEach((one, e) => expect(one.value).toBeCloseTo(expected[e].value, 9));
    expect(found.diagnostics.warnings).toEqual([]);
  });

  it('of a rule come with a doubt: it does not know what stands above', async () => {
    const log = source(visits(20).flat(), { kind: 'slate' });
    const { diagnostics } = await value(log, {}, 'uniform');
    expect(diagnostics.warnings.map(({ kind }) => kind)).toEqual(['places-by-themselves']);
  });
});

describe('refuses, in a sentence', () => {
  const steps = visits(5).flat();
  const episodes: Omit<Grouping, 'column'> = { kind: 'episode', position: 'step' };

  it('two rows in one place, naming both', async () => {
    const twice = [steps[0], ...steps];
    await expect(value(source(twice, episodes))).rejects.toThrow(
      'log.csv:3: column "step" says 1 a second time in an episode (first log.csv:2); correct one of both',
    );
  });

  it('a row that belongs to no episode', async () => {
    const lost = steps.map((one, i) => (i === 1 ? { ...one, visit: '' } : one));
    await expect(value(source(lost, episodes))).rejects.toThrow(/^log\.csv:3: column "visit" is empty/u);
  });

  it('logs without propensities, and with rows left out', async () => {
    const log = source(steps, episodes);
    await expect(value({ ...log, propensities: false })).rejects.toThrow(
      /no propensities, and those of whole episodes/u,
    );
    const skipped = [{ reason: 'propensity', count: 1, first: 'log.csv:9: propensity 0 is not in (0, 1]' }];
    await expect(value({ ...log, skipped })).rejects.toThrow(
      /^--skip-bad: episodes that miss a row are other episodes/u,
    );
  });

  it('estimators that there are not, that lack a model, and a discount of pages', async () => {
    const log = source(steps, episodes);
    await expect(value(log, { estimators: ['ips'] })).rejects.toThrow(/no episode estimator "ips"; .*wpdis/u);
    await expect(value(log, { estimators: ['wdr'] })).rejects.toThrow(/wdr needs a model/u);
    await expect(value(source(steps, { kind: 'slate' }), { discount: 0.9 })).rejects.toThrow(/^--discount: /u);
  });
});
