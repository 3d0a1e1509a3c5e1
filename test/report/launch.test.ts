/** The report and the text of a launch decision say what was decided, with its doubt, and nothing that a name brings in. */
import { describe, expect, test } from 'vitest';
import { randomFrom } from '../../src/core/random.ts';
import type { LaunchInput } from '../../src/ope/launch/decide.ts';
import { buildLaunchReport } from '../../src/report/launch.ts';
import { launchText } from '../../src/report/launch-text.ts';
import { reportHtml } from '../../src/report/render-html.ts';
import { launchOn } from '../../src/runner/launch/launch.ts';
import type { LaunchDecision } from '../../src/runner/launch/launch.ts';
import { evidenceOf } from '../statistics/launch-worlds.ts';

const WORLD = { logged: [0.4, 0.3, 0.2, 0.1], rates: [0.1, 0.15, 0.2, 0.3], rows: 8000 };
const [better, worse] = evidenceOf(
  WORLD,
  [
    [0.2, 0.3, 0.3, 0.2],
    [0.7, 0.2, 0.05, 0.05],
  ],
  randomFrom('report'),
  true,
);
better.log.requests.hour.forEach((_, i) => (better.log.requests.hour[i] = i / 100)); // 2,400 rows a day
const index = Int32Array.from({ length: WORLD.rows }, (_, i) => (i < 20 ? 2 : i % 2));
const segments = [{ column: 'device', names: ['phone', 'desktop', 'tv'], index }];

const decided = (given: Partial<LaunchInput> = {}): Promise<LaunchDecision> =>
  launchOn({
    candidates: [{ name: 'new', evidence: better }],
    baseline: 'behaviour',
    minLift: 0.05,
    risk: 0.05,
    random: randomFrom('bounds'),
    segments,
    coverage: ({ level }) => ({ worlds: 500, level, actual: level }),
    ...given,
  });

const sectionsOf = (decision: LaunchDecision): string[] =>
  buildLaunchReport(decision, 'log.csv').sections.map(({ id }) => id);

describe('a launch', () => {
  test('is signed with its lift, interval, rule, coverage, mixture, segments and traffic', async () => {
    const decision = await decided();
    const report = buildLaunchReport(decision, 'log.csv');
    expect(report.title).toBe('Launch: new');
    expect(report.answer).toMatch(/^Launch\. The lift is at least \+5 %: its lower bound is \+1\d/);
    expect(sectionsOf(decision)).toEqual(['lift', 'mixture', 'segments', 'traffic', 'method']);
    const page = await reportHtml(report, { static: true });
    for (const said of [
      'DR, delta-skew',
      'of 500 worlds',
      'desktop',
      'too few rows',
      'All of the traffic',
      '2,400 requests a day',
      'no comparison left',
    ]) {
      expect(page).toContain(said);
    }
    expect(page).not.toMatch(/NaN|undefined|null/);
  });

  test('in the terminal', async () => {
    const lines = launchText(await decided(), (title) => `<${title}>`).split('\n');
    expect(lines[0]).toMatch(/^<LAUNCH>: new, instead of behaviour \(0\.1\d+ reward a request\)$/);
    expect(lines.join('\n')).toMatch(/harmed +none of 2 segments; 1 with too few rows/);
    expect(lines.join('\n')).toMatch(/50\.0\D+% +[\d,]+ requests in both arms, [\d.]+ days/);
  });
});

describe('other verdicts', () => {
  test('hold: how many more rows, and a ramp that ends at the safe share', async () => {
    const lift = (await decided()).candidates[0].lift as number;
    const decision = await decided({ minLift: lift + 0.01 });
    expect(decision.verdict).toBe('hold');
    expect(launchText(decision)).toMatch(/more rows +[\d,]+\n/);
    expect(sectionsOf(decision)).toContain('traffic');
  });

  test('no-go: harmed segments are named, no traffic is planned', async () => {
    const decision = await decided({ candidates: [{ name: 'old', evidence: worse }] });
    const text = launchText(decision);
    expect(text).toMatch(/^NO-GO: old/);
    expect(text).toMatch(/harmed +device (?:phone|desktop) \(−\d/);
    expect(sectionsOf(decision)).not.toContain('traffic');
  });

  test('can’t tell: what is in the way comes with its advice, and no share is called safe', async () => {
    const [few] = evidenceOf({ ...WORLD, rows: 150 }, [[0.2, 0.3, 0.3, 0.2]], randomFrom('few'));
    const decision = await decided({ candidates: [{ name: 'few', evidence: few }], segments: [] });
    const report = buildLaunchReport(decision, 'log.csv');
    expect(report.sections[0].id).toBe('warnings');
    expect(report.warnings.map(({ kind }) => kind)).toContain('few-rewards');
    expect(JSON.stringify(report)).toContain('no share of traffic can be called safe');
    expect(launchText(decision)).toMatch(
      /CAN’T TELL: few[^]*in the way: .*rewarded rows.*; intervals by the normal approximation are too narrow on so few/,
    );
  });

  test('a rule that falls short everywhere shows none', async () => {
    const decision = await decided({ coverage: ({ level }) => ({ worlds: 500, level, actual: 0.4 }) });
    expect(decision.verdict).toBe('cannot-tell');
    expect(await reportHtml(buildLaunchReport(decision, 'log.csv'), { static: true })).toContain('none that holds');
  });
});

test('a name from a log stays text', async () => {
  const name = '<script>alert(1)</script>';
  const hostile = [{ column: name, names: [name, 'b', 'c'], index }];
  const decision = await decided({ candidates: [{ name, evidence: better }], segments: hostile });
  const page = await reportHtml(buildLaunchReport(decision, name), { static: true });
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script&gt;alert(1)');
});
