/** The program, spawned: exit codes, channels, and nothing half-written. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/runner/config-file.ts';
import { experimentSchema, resolveExperiment } from '../../src/runner/config.ts';
import { trainConfig } from '../../src/runner/supervised/train-config.ts';
import { adsim, PROGRAM } from './spawned.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'adsim-cli-'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

it('a bad config: every mistake with its line, exit code 2, no results folder', () => {
  writeFileSync(join(cwd, 'bad.yaml'), 'name: bad\nseedz: 3\nagents:\n  - kind: linucbb\n');
  const { code, out, err } = adsim(['run', 'bad.yaml', '--out', 'results'], { cwd });
  expect([code, out]).toEqual([2, '']);
  expect(err.split('\n').filter((line) => line.startsWith('bad.yaml'))).toEqual([
    'bad.yaml:2:1  seedz: unknown key "seedz" - did you mean "seeds"?',
    'bad.yaml:4:11  agents.0.kind: unknown "linucbb" - did you mean "lin-ucb"?',
  ]);
  expect(existsSync(join(cwd, 'results'))).toBe(false);
});

it('init writes a config that run accepts, and never overwrites', () => {
  const first = adsim(['init', 'sub/mine.yaml'], { cwd });
  expect(first).toEqual({ code: 0, out: 'sub/mine.yaml\n', err: 'next: adsim run sub/mine.yaml\n' });
  const path = join(cwd, 'sub/mine.yaml');
  const text = readFileSync(path, 'utf8');
  expect(loadConfig(path, experimentSchema).config.name).toBe('my-experiment');
  const second = adsim(['init', 'sub/mine.yaml'], { cwd });
  expect(second).toEqual({
    code: 2,
    out: '',
    err: 'sub/mine.yaml: is there already; choose another name: adsim init FILE\n',
  });
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(readdirSync(join(cwd, 'sub'))).toEqual(['mine.yaml']);
});

it('schema describes what may be written, extends included', () => {
  const { code, out } = adsim(['schema'], { cwd });
  expect(code).toBe(0);
  const schema = JSON.parse(out) as { properties: Record<string, unknown>; additionalProperties: boolean };
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining(['extends', 'name', 'seeds', 'agents', 'world']),
  );
  expect(schema.additionalProperties).toBe(false);
});

it('report and verify refuse a folder without a run', () => {
  for (const command of ['report', 'verify']) {
    const { code, out, err } = adsim([command, '.'], { cwd });
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^\.: holds no finished run .*\n$/);
  }
});

it('a reader that stops reading is no error', () => {
  const { stderr, stdout } = spawnSync(
    'bash',
    ['-c', '"$0" "$1" list | true; echo "${PIPESTATUS[0]}"', process.execPath, PROGRAM],
    { encoding: 'utf8' },
  );
  expect([stdout, stderr]).toEqual(['0\n', '']);
});

it('colour only on request where stdout is no terminal', () => {
  // oxlint-disable-next-line no-control-regex -- looking for the escape character is the point
  const escape = /\u001B\[/;
  expect(adsim(['list', 'worlds']).out).not.toMatch(escape);
  expect(adsim(['list', 'worlds'], { env: { FORCE_COLOR: '1' } }).out).toMatch(escape);
  expect(adsim(['list', 'worlds'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).out).not.toMatch(escape);
});

const EXPERIMENTS = fileURLToPath(new URL('../../experiments/', import.meta.url));
const files = readdirSync(EXPERIMENTS, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.yaml') && !/^(?:papers|estimators|models)\b/u.test(path), // those have schemas of their own
);
it.each(files)('experiments/%s is accepted', (path) => {
  const { config } = loadConfig(join(EXPERIMENTS, path), experimentSchema);
  expect(resolveExperiment(config).agents.length).toBeGreaterThan(0);
  // The manifest keeps the config with its defaults; verify reads it again and must find the same.
  expect(experimentSchema.parse(JSON.parse(JSON.stringify(config)))).toEqual(JSON.parse(JSON.stringify(config)));
});

const models = readdirSync(join(EXPERIMENTS, 'models'));
it.each(models)('experiments/models/%s is accepted', (path) => {
  const { config } = loadConfig(join(EXPERIMENTS, 'models', path), trainConfig);
  expect(trainConfig.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
});
