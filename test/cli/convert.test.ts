/** A log on its way to another program, as a user sends it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../src/cli/command-line.ts';
import { openLog } from '../../src/runner/logs/open-log.ts';
import { fakeTerminal } from './fake-terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'adsim-convert-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);
writeFileSync(file('log.csv'), 'shown,odds,money\na,0.5,1\nb,0.25,0\n');
writeFileSync(file('bad.csv'), 'action,propensity,click\na,0.5,1\nb,0,0\n');
writeFileSync(file('map.yaml'), 'action: shown\npropensity: odds\nreward: money\n');

async function said(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = fakeTerminal();
  const code = await commandLine(['convert', ...words], terminal);
  return { code, ...terminal.said() };
}

describe('adsim convert', () => {
  it('with a map of columns, to text for VW', async () => {
    const ended = await said(file('log.csv'), '--columns', file('map.yaml'), '--to', 'vw', '--out', file('log.vw'));
    expect(ended).toEqual({ code: 0, out: file('log.vw'), err: '' });
    expect(readFileSync(file('log.vw'), 'utf8')).toBe('1:-1:0.5 |\n2:0:0.25 |\n');
  });

  it.each(['vw-adf', 'dsjson', 'csv', 'parquet', 'obd'])('to %s and back', async (form) => {
    const out = file(`back-${form}`);
    const words = [file('log.csv'), '--columns', file('map.yaml'), '--to', form, '--out', out];
    expect((await said(...words)).code).toBe(0);
    const source = await openLog(out);
    expect(source.rows).toBe(2);
    expect(source.spec.actions).toEqual(form === 'obd' ? ['0', '1'] : ['a', 'b']);
  });

  it('bad rows end it, or are counted', async () => {
    const words = [file('bad.csv'), '--to', 'csv', '--out', file('good.csv'), '--json'];
    const refused = await said(...words);
    expect(refused.code).toBe(2);
    expect(refused.err).toContain('bad.csv:3:3: propensity 0 is not in (0, 1]');
    const skipped = await said(...words, '--skip-bad');
    expect(JSON.parse(skipped.out)).toMatchObject({ rows: 1, skipped: [{ count: 1 }] });
    expect(skipped.err).toContain('left out 1 (propensity not in (0, 1])');
  });

  it('forms are named', async () => {
    expect((await said(file('log.csv'), '--to', 'wv', '--out', 'x')).err).toContain('did you mean "vw"?');
    expect((await said(file('log.csv'), '--to', 'vw')).err).toContain('--out: give the file to write');
    expect((await said(file('log.csv'), '--out', 'x')).err).toContain('--to: give the form');
    writeFileSync(file('typo.yaml'), 'action: shown\npropensty: odds\nreward: money\n');
    const typo = await said(file('log.csv'), '--columns', file('typo.yaml'), '--to', 'vw', '--out', 'x');
    expect(typo.code).toBe(2);
    expect(typo.err).toContain('propensity');
  });
});
