/** `adsim ope`, as a user types it: what cannot be read is refused in one sentence, what cannot be told is not told. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../src/cli/command-line.ts';
import { randomFrom } from '../../src/core/random.ts';
import type { LogValue } from '../../src/runner/ope/results.ts';
import { dataFolder } from '../folders.ts';
import { fakeTerminal } from './fake-terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'adsim-ope-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function said(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = fakeTerminal();
  const code = await commandLine(['ope', ...words], terminal);
  return { code, ...terminal.said() };
}

/** What `--json` prints; anything but success fails. */
async function found(...words: string[]): Promise<LogValue> {
  const { code, out, err } = await said(...words, '--json');
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as LogValue;
}

interface Written {
  rows?: number;
  /** In words of the log. */
  reward?: (action: string, i: number) => string | number;
  propensity?: string;
}

/** Three actions with odds 0.5, 0.3 and 0.2, clicked at 5, 10 and 15 %. */
function log({ rows = 400, reward, propensity }: Written = {}): string {
  const draw = randomFrom('rows').sequence();
  const lines = Array.from({ length: rows }, (_, i) => {
    const u = draw.uniform();
    const a = u < 0.5 ? 0 : u < 0.8 ? 1 : 2;
    const click = draw.uniform() < 0.05 * (a + 1) ? 1 : 0;
    return `${'abc'[a]},${propensity ?? [0.5, 0.3, 0.2][a]},${reward ? reward('abc'[a], i) : click},${i % 2 ? 'uk' : 'de'}`;
  });
  return `action,propensity,reward,country\n${lines.join('\n')}\n`;
}

const good = file('good.csv', log());

/** Refused: exit code 2, one sentence, nothing printed and no folder made. */
async function refusal(...words: string[]): Promise<string> {
  const out = join(folder, 'refused');
  const { code, out: printed, err } = await said(...words, '--out', out);
  expect([code, printed, existsSync(out)]).toEqual([2, '', false]);
  return err;
}

describe('a log that cannot be read', () => {
  const row = (text: string): string => `action,propensity,reward\na,0.5,1\nb,0.5,0\n${text}`;
  it.each([
    ['propensity 0', row('a,0,1\n'), /:4:3: propensity 0 is not in \(0, 1\]; correct the row, or .* --skip-bad\n$/],
    ['propensity above 1', row('a,1.5,1\n'), /:4:3: propensity 1\.5 is not in/],
    ['propensity missing', row('a,,1\n'), /:4:3: propensity is missing/],
    ['propensity too small', row('a,1e-300,1\n'), /:4:3: propensity 1e-300 is below 1e-50/],
    ['reward NaN', row('a,0.5,NaN\n'), /:4:7: reward NaN is not a finite number/],
    ['reward too large', row('a,0.5,1e300\n'), /:4:7: reward 1e300 is beyond ±1e\+50, too large to square/],
    ['reward too small', row('a,0.5,1e-300\n'), /:4:7: reward 1e-300 is nearer to 0 than ±1e-50/],
    ['torn last line', row('a,0.'), /:4: the row has 2 fields, the header 3/],
    ['no rows', 'action,propensity,reward\n', /no rows; give a log with rows/],
    ['empty', '', /is empty; give a log with rows/],
    ['renamed columns', 'shown,odds,money\na,0.5,1\n', /it has shown, odds, money; .*--columns map\.yaml/],
    ['two columns of a name', 'action,propensity,reward,reward\na,1,1,1\n', /two columns are named reward/],
    ['one JSON array', '[{"action":"a","propensity":0.5,"reward":1}]', /is one JSON array; give one object a line/],
    [
      'columns in spaces',
      ' action  propensity  reward\n a  0.5  1\n',
      /separates its columns by spaces; write it as CSV, for instance by: sed/,
    ],
    ['one row', 'action,propensity,reward\na,0.5,1\n', /has one row, .* 2 folds, .*--estimators ips,snips/],
    [
      'behaviour that does not sum to 1',
      'action,propensity,reward,propensity:a,propensity:b\na,0.5,1,0.5,0.5\na,0.5,1,0.5,0.6\n',
      /:3: the behaviour policy's probabilities sum to 1\.1, not to 1/,
    ],
    [
      'behaviour and propensity apart',
      'action,propensity,reward,propensity:a,propensity:b\na,0.9,1,0.5,0.5\n',
      /:2: the propensity is 0\.9, and the behaviour policy gives the logged action "a" the probability 0\.5/,
    ],
  ])('%s', async (name, content, sentence) => {
    const said = await refusal(file(`${name.replaceAll(' ', '-')}.csv`, content), '--policy', 'uniform');
    expect(said).toMatch(sentence);
    expect(said.trim().split('\n')).toHaveLength(1);
  });

  it('bad rows are left out and counted, if one asks', async () => {
    const path = file('some.csv', `${log({ rows: 60 })}a,0,1,uk\na,0.5,x,uk\nb,2,1,uk\n`);
    const { log: read } = await found(path, '--policy', 'uniform', '--skip-bad', '--coverage', 'off');
    expect(read.rows).toBe(60);
    expect(read.skipped.map(({ reason, count }) => [reason, count])).toEqual([
      ['propensity not in (0, 1]', 2],
      ['reward no number', 1],
    ]);
  });

  it('rows without odds of the policy, or of the logged one, are left out and counted too', async () => {
    const sound = Array.from({ length: 60 }, (_, i) => `${'ab'[i % 2]},0.5,${i % 3 === 0 ? 1 : 0},0.5,0.5,0.3,0.7\n`);
    const bad = [
      'a,0.5,1,0.5,0.5,0.3,0.8\n', // odds that sum to 1.1
      'a,0.5,1,0.5,0.5,NaN,0.7\n',
      'b,0.5,1,0.5,0.5,x,0.7\n',
      'b,0.5,1,0.5,0.6,0.3,0.7\n', // a behaviour policy that sums to 1.1
      'a,2,1,0.5,0.5,0.3,0.7\n', // bad for the log itself
    ];
    const header = 'action,propensity,reward,propensity:a,propensity:b,new:a,new:b\n';
    const path = file('odds.csv', `${header}${sound.slice(0, 30).join('')}${bad.join('')}${sound.slice(30).join('')}`);
    const words = ['--policy', 'columns:new', '--coverage', 'off'];
    const { log: read, estimates } = await found(path, ...words, '--skip-bad');
    expect(read.rows).toBe(60);
    expect(read.skipped.map(({ reason, count }) => [reason, count])).toEqual([
      ['propensity not in (0, 1]', 1],
      ['policy "new" without odds', 3],
      ['behaviour policy without odds', 1],
    ]);
    expect(read.skipped[1].first).toMatch(/odds\.csv:32: policy "new" has probabilities that sum to 1\.1, not to 1$/u);
    const same = await found(file('sound.csv', header + sound.join('')), ...words);
    expect(estimates).toEqual(same.estimates);
    await expect(refusal(path, ...words)).resolves.toMatch(/odds\.csv:36:\d+: propensity 2 is not in/u);
    const all = file('no-odds.csv', `${header}${bad[0]}${bad[1]}`);
    expect(await refusal(all, ...words, '--skip-bad')).toMatch(/no-odds\.csv: every row is bad, the first: .*:2: /u);
  });
});

describe('a column of texts', () => {
  const map = 'action: action\npropensity: propensity\nreward: reward\n';
  const uniform = file(
    'by-segment.yaml',
    'kind: by-segment\ncolumn: country\nvalues:\n  uk: { kind: uniform }\n  de: { kind: uniform }\n',
  );
  it.each(['segments: [country]', 'context: [country]'])(
    'named once, as %s, is one that rules may ask for',
    async (key) => {
      const columns = file('once.yaml', `${map}${key}\n`);
      const words = ['--columns', columns, '--coverage', 'off', '--estimators', 'ips,snips'];
      const { estimates } = await found(good, '--policy', uniform, ...words);
      const plain = await found(good, '--policy', 'uniform', ...words);
      expect(estimates).toEqual(plain.estimates);
    },
  );
});

describe('a map of columns that is wrong', () => {
  const map = 'action: action\npropensity: propensity\nreward: reward\n';
  it.each([
    ['an action twice', `${map}actions: [a, b, c, c]\n`, /:4:10 +actions: names an action twice/],
    ['a range upside down', `${map}rewardRange: [1, 0]\n`, /:4:14 +rewardRange: the first number, the least/],
    [
      'one column for two things',
      map.replace('reward: reward', 'reward: propensity'),
      /propensity and reward are both read from the column "propensity"/,
    ],
    ['an unknown key', map.replace('propensity:', 'propensty:'), /propensty" - did you mean "propensity"\?/],
    ['nothing', '', /is empty; write `key: value` lines/],
  ])('%s', async (_, content, sentence) => {
    expect(await refusal(good, '--policy', 'uniform', '--columns', file('map.yaml', content))).toMatch(sentence);
  });
});

describe('a policy that is none', () => {
  it.each([
    ['command: ', /--policy command: : names no program/],
    ['column:nope', /--policy column:nope: the log has no column "nope"; use country/],
    ['', /--policy: wants a value; for instance --policy uniform/],
    ['unifrom', /did you mean "uniform"\?/],
  ])('%j', async (policy, sentence) => {
    expect(await refusal(good, '--policy', policy)).toMatch(sentence);
  });

  it('and two of them', async () => {
    expect(await refusal(good, '--policy', 'uniform', '--policy', 'logged')).toMatch(/--policy: is given twice/);
  });

  it('whose key belongs nowhere else', async () => {
    const said = await refusal(good, '--policy', file('rule.yaml', 'kind: uniform\nepsilon: 1\n'));
    expect(said).toMatch(/rule\.yaml:2:1 +epsilon: unknown key "epsilon"; use one of kind, name, over/);
  });

  it('whose column leaves [0, 1], or is empty', async () => {
    for (const [value, sentence] of [
      ['1.5', /:3: column "mine" is 1\.5; .* \[0, 1\]; correct the row/],
      ['', /:3: column "mine" is empty or no number; correct the row/],
    ] as const) {
      const path = file('mine.csv', `action,propensity,reward,mine\na,0.5,1,0.4\nb,0.5,0,${value}\n`);
      // oxlint-disable-next-line no-await-in-loop
      expect(await refusal(path, '--policy', 'column:mine')).toMatch(sentence);
    }
  });
});

describe('options that are wrong', () => {
  it.each([
    ['--estimators ips,nope', /--estimators: there is no estimator "nope"; the estimators are: ips, /],
    ['--estimators ips,,dr', /--estimators: there is a comma without a name/],
    ['--estimators ips,IPS', /--estimators: ips is named twice/],
    ['--rule nope', /--rule: there is no interval rule "nope"; the rules are .*delta-t.*twin-t/],
    ['--rule wilson', /--rule wilson: it has no interval for ips: .*; leave --rule away/],
    ['--rule twin-t --coverage off', /--rule twin-t: it is made of the logs that measure coverage/],
    ['--propensity-floor 0.9', /--propensity-floor 0\.9: the log has a propensity of 0\.2, which is below it/],
    ['--propensity-floor 0', /--propensity-floor: must be a number above 0 and at most 1/],
    ['--level 95', /--level: must be a number at least 0\.5 and below 1 \(got "95"\)/],
    ['--folds 3000', /--folds: must be a whole number from 2 to 100/],
    ['--coverage quik', /Given: "quik"/],
  ])('%s', async (words, sentence) => {
    expect(await refusal(good, '--policy', 'uniform', ...words.split(' '))).toMatch(sentence);
  });

  it('a logistic model of what is no click, or has none', async () => {
    const logistic = ['--policy', 'uniform', '--model', 'logistic'];
    const money = file('money.csv', log({ reward: (_, i) => i / 7 }));
    expect(await refusal(money, ...logistic)).toMatch(
      /--model logistic: .*money\.csv:3 has the reward 0\.14\d+, which is no click \(0 or 1\); use --model means/,
    );
    expect(await refusal(file('none.csv', log({ reward: () => 0 })), ...logistic)).toMatch(
      /--model logistic: no click in .*, or use --model means/,
    );
  });
});

describe('what a log cannot tell is not told', () => {
  const nothing = /NaN|undefined|Infinity/u;

  it.each([
    ['rewards that are all 0', log({ reward: () => 0 }), 'no-rewards'],
    ['rewards that are all 0.7', log({ reward: () => 0.7 }), 'constant-reward'],
  ])('%s have no interval, and nobody wins', async (_, content, doubt) => {
    const path = file('flat.csv', content);
    const value = await found(path, '--policy', 'uniform');
    expect(value.logged.interval).toEqual([null, null]);
    const ips = value.estimates.find(({ estimator }) => estimator === 'snips');
    expect(ips).toMatchObject({ interval: [null, null] });
    expect(ips).not.toHaveProperty('coverage');
    const kinds = [...value.diagnostics.warnings, ...(ips?.warnings ?? [])].map(({ kind }) => kind);
    expect(kinds).toEqual(expect.arrayContaining([doubt, 'no-interval']));
    const { out } = await said(path, '--policy', 'uniform');
    expect(out).not.toMatch(nothing);
    expect(out.replaceAll(/\s+/gu, ' ')).toMatch(/but this log tells little of it/);
    expect(out).not.toMatch(/looks (?:better|worse)/);
  });

  it('a policy that never takes a logged action', async () => {
    const path = file('never.csv', log().replaceAll(',uk', ',0').replaceAll(',de', ',0'));
    const out = join(folder, 'never');
    const { code, out: text } = await said(path, '--policy', 'column:country', '--out', out);
    expect(code).toBe(0);
    expect(text).toMatch(/This log cannot tell what country is worth: it never takes a logged action\./);
    expect(text).not.toMatch(nothing);
    const page = readFileSync(join(out, 'report.html'), 'utf8');
    expect(page).toContain('href="#warnings"');
    expect(page).toContain('id="warnings"');
    const json = readFileSync(join(out, 'ope.json'), 'utf8');
    expect(json).not.toMatch(nothing);
    const value = JSON.parse(json) as LogValue;
    expect(value.estimates.find(({ estimator }) => estimator === 'snips')?.value).toBeNull();
    expect(value.leftOut.map(({ estimator }) => estimator)).toEqual(['dm', 'dr', 'sndr', 'switch-dr', 'dros']);
  });

  it('propensities that are plainly others', async () => {
    const path = file('half.csv', log({ propensity: '0.9' }));
    const { code, out } = await said(path, '--policy', 'uniform', '--coverage', 'off');
    expect(code).toBe(0);
    expect(out).toMatch(/the weights average 0\.3704, and all alike, so that chance has no part in it/);
    expect(out).not.toMatch(nothing);
  });

  it('better and worse are said of intervals that were tried, and lie apart', async () => {
    const path = file('apart.csv', log({ rows: 3000, reward: (a) => (a === 'c' ? 1 : 0) }));
    const fixed = file('c.yaml', 'kind: fixed\naction: c\n');
    // As `action` decides the reward here, the doubt that it is all alike among c's is none: IPS still varies.
    const words = [path, '--policy', fixed, '--estimators', 'ips'];
    expect((await said(...words)).out.replaceAll(/\s+/gu, ' ')).toMatch(
      /the intervals do not overlap, so on this log c looks better/,
    );
    expect((await said(...words, '--coverage', 'off')).out.replaceAll(/\s+/gu, ' ')).toMatch(
      /do not overlap, but how often this one holds was not measured/,
    );
  });

  it('no level below 1 is called 100 %', async () => {
    const { out } = await said(good, '--policy', 'uniform', '--level', '0.99999', '--coverage', 'off');
    expect(out).toContain('99.999\u202f% interval');
  });
});

describe('what it prints', () => {
  it('estimators may be named as the table names them', async () => {
    const value = await found(good, '--policy', 'uniform', '--coverage', 'off', '--estimators', 'IPS, switch-dr slope');
    expect(value.estimates.map(({ estimator }) => estimator)).toEqual(['ips', 'switch-dr slope']);
  });

  it('a folder with the report and the JSON; the same seed, the same bytes', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')];
    for (const out of [one, two]) {
      // oxlint-disable-next-line no-await-in-loop
      const { code, out: text } = await said(good, '--policy', 'uniform', '--seed', '7', '--out', out);
      expect([code, text]).toEqual([0, expect.stringContaining(join(out, 'report.html'))]);
    }
    for (const name of ['ope.json', 'report.html']) {
      expect(readFileSync(join(one, name)).equals(readFileSync(join(two, name)))).toBe(true);
    }
  });
});

const data = dataFolder();
describe.skipIf(data === undefined)('the Open Bandit Dataset', () => {
  it('uniform on bts/men', async () => {
    const path = join(data as string, 'obd', 'bts', 'men');
    const { estimates, diagnostics } = await found(path, '--policy', 'uniform', '--coverage', 'off');
    const of = (name: string) => estimates.find(({ estimator }) => estimator === name);
    expect(of('ips')?.value).toBeCloseTo(0.0030086263, 10);
    expect(of('snips')?.value).toBeCloseTo(0.0031894232, 10);
    expect(of('ips')?.effectiveSampleSize).toBeCloseTo(655.71, 2);
    expect(diagnostics.figures.find(({ name }) => name === 'largest-weight')?.value).toBeCloseTo(178.25, 2);
  });
});

describe('rows that are valued together', () => {
  const steps = file(
    'visits.csv',
    `visit,action,propensity,reward\n${Array.from({ length: 60 }, (_, i) => `${i >> 1},${'ab'[i % 3 ? 0 : 1]},0.5,${i % 5 ? 0 : 1}`).join('\n')}\n`,
  );

  it('are episodes or pages of a column', async () => {
    const { log: read, estimates, logged } = await found(steps, '--policy', 'behaviour', '--episode', 'visit');
    expect(read.groups).toEqual({ kind: 'episode', count: 30, longest: 2 });
    expect(logged.value).toBeCloseTo(0.4, 12);
    expect(estimates.map(({ estimator }) => estimator)).toEqual(['tis', 'pdis', 'wis', 'wpdis']);
    const page = await said(steps, '--policy', 'uniform', '--slate', 'visit');
    expect(page.out).toContain('60 rows in 30 slates');
    expect(page.out).toContain('reward per slate');
  });

  it('are reported as such', async () => {
    const out = join(folder, 'episodes');
    await said(steps, '--policy', 'uniform', '--episode', 'visit', '--out', out);
    const html = readFileSync(join(out, 'report.html'), 'utf8');
    expect(html).toContain('reward per episode');
    expect(html).toContain('had it run these 30 episodes');
    expect(html).not.toContain('per row');
  });

  it('cannot be two things, nor be had from a column that is not there', async () => {
    expect(await refusal(steps, '--policy', 'uniform', '--episode', 'visit', '--slate', 'visit')).toMatch(
      /^--episode, --slate: /u,
    );
    expect(await refusal(steps, '--policy', 'uniform', '--episode', 'vist')).toContain('did you mean "visit"?');
    expect(await refusal(steps, '--policy', 'uniform', '--discount', '0.9')).toMatch(/^--discount: is for episodes/u);
    expect(await refusal(steps, '--policy', 'uniform', '--slate', 'visit', '--rule', 'wilson')).toMatch(/^--rule: /u);
    const map = file('both.yaml', 'action: action\nreward: reward\nepisode: visit\nslate: visit\n');
    expect(await refusal(steps, '--policy', 'uniform', '--columns', map)).toContain('name one of both');
  });
});
