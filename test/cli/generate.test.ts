/** `adsim generate`, as a user types it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../src/cli/command-line.ts';
import { readIdxFolder } from '../../src/models/images/idx.ts';
import { meaningOf, smallExamples } from '../models/copy/small-examples.ts';
import { fakeTerminal } from './fake-terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'adsim-generate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);
const ENVIRONMENT = { ADSIM_BACKEND: 'wasm', ADSIM_CACHE: file('cache') };
const SLOTS = '{"name": "Luna", "price": "$49"}';

async function said(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = fakeTerminal({ ...ENVIRONMENT, ADSIM_LLM_KEY: 'sk-test' });
  const code = await commandLine(['generate', ...words], terminal);
  return { code, ...terminal.said() };
}

describe('adsim generate copy', () => {
  it('writes different texts of the facts, the same for the same seed', async () => {
    const words = ['copy', '--slots', SLOTS, '-n', '4', '--ban', 'choice', '--must', 'free returns', '--seed', '7'];
    const { code, out, err } = await said(...words);
    expect([code, err]).toEqual([0, '']);
    const lines = out.split('\n');
    expect(new Set(lines).size).toBe(4);
    for (const line of lines) expect(line).toMatch(/^(?!.*choice)(?=.*Luna)(?=.*\$49).*Free returns\.$/u);
    expect((await said(...words)).out).toBe(out);
  });

  it('takes facts from a file, and says how many texts there are', async () => {
    writeFileSync(file('slots.json'), '{"name": "Luna"}');
    const { out, err } = await said('copy', '--slots', file('slots.json'), '-n', '50', '--json');
    const texts = JSON.parse(out) as { text: string; by: string }[];
    expect(err).toBe(`note: only ${texts.length} different texts of 50 came about\n`);
    expect(texts[0].by).toBe('grammar');
  });

  it('learns a model of a file, and writes by it', async () => {
    const rows = smallExamples().flatMap(({ slots, references }) => references.map((text) => `"${meaningOf(slots)}","${text}"`)); // prettier-ignore
    writeFileSync(file('texts.csv'), ['mr,ref', ...rows].join('\n'));
    const trained = await said('copy', '--train', file('texts.csv'), '--out', file('model'), '--epochs', '2');
    expect([trained.code, trained.out]).toEqual([0, file('model')]);
    expect(trained.err).toMatch(/copy model +100 % .*\nlearned from 58 texts .*nats a word on 6 texts held out/u);
    const slots = '{"name": "Bella", "customerRating": "high", "familyFriendly": true}';
    const { code, out } = await said('copy', '--model', file('model'), '--slots', slots, '-n', '2');
    expect([code, out.includes('Bella')]).toEqual([0, true]);
    const unknown = await said('copy', '--model', file('model'), '--slots', SLOTS);
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('slots.price: the copy model knows name') });
  });

  it('asks an endpoint, its key from the environment', async () => {
    let authorization: string | undefined;
    const server = createServer((request, response) => {
      ({ authorization } = request.headers);
      response.end(JSON.stringify({ choices: [{ message: { content: 'Luna at $49.' } }] }));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const words = ['copy', '--slots', SLOTS, '-n', '1', '--llm-url', url, '--llm-model', 'tiny'];
    expect(await said(...words)).toEqual({ code: 0, out: 'Luna at $49.', err: '' });
    expect(authorization).toBe('Bearer sk-test');
    server.closeAllConnections();
    server.close();
    expect((await said(...words)).out).toBe('Luna at $49.');
  });

  it.each([
    ['', 'adsim generate: WHAT is missing'],
    ['texts', 'adsim generate: unknown "texts"'],
    ['copy', '--slots: give the facts; for instance --slots'],
    ['copy --slots {"a"', '--slots: this is no JSON'],
    ['copy --slots [1]', '--slots: [1] is neither JSON nor a file'],
    ['copy --slots {"name":""}', 'slots.name: is empty'],
    ['copy --slots {"name":"Luna"} --ban luna', 'slots.name: "Luna" holds the banned word "luna"; drop the ban'],
    ['copy --slots {"name":"Luna"} -n 0', '--count: must be a whole number from 1'],
    ['copy --slots {"name":"Luna"} --temperature 0', '--temperature: must be a number at least 0.01'],
    ['copy --slots {"name":"Luna"} --model nowhere', 'copy-model.json: no such file'],
    ['copy --slots {"name":"Luna"} --llm-url http://x', '--llm-model: give the model to ask for'],
    ['copy --slots {"name":"Luna"} --llm-url http://x --model y', '--model and --llm-url both write'],
    ['copy --train x.csv', '--out: give the folder'],
    ['copy --train nowhere.csv --out y', 'nowhere.csv does not exist'],
    ['images', '--config: give an experiment'],
    ['images --config x.yaml', '--out: give the folder'],
    ['images --config nowhere.yaml --out y', 'nowhere.yaml: no such file'],
  ])('refuses %j in one sentence', async (words, sentence) => {
    const { code, out, err } = await said(...words.split(' ').filter((word) => word !== ''));
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(sentence);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('adsim generate images', () => {
  it('draws the creatives of a config: files, one sheet, and a data set that can be read', async () => {
    const config = [
      'name: small',
      'world: {categories: 2}',
      'creatives: {steps: 2, batchSize: 8, width: 4, latentSize: 4, classifierSteps: 2}',
      'agents: [{kind: uniform}]',
    ];
    writeFileSync(file('small.yaml'), config.join('\n'));
    const words = ['images', '--config', file('small.yaml'), '--per-category', '3', '--out', file('images')];
    const { code, out, err } = await said(...words);
    expect([code, out, err]).toEqual([0, join(file('images'), 'sheet.png'), expect.stringContaining('6 images, learned from')]); // prettier-ignore
    const restyled = ['images', '--config', file('small.yaml'), '--style', 'plain,dots', '--out', file('styled')];
    expect((await said(...restyled)).code).toBe(0);
    expect(readdirSync(file('styled'))).toContain('trouser-1_dots.png');
    const names = readdirSync(file('images'));
    expect(names.filter((name) => /^(?:t-shirt|trouser)-[123]\.png$/u.test(name))).toHaveLength(6);
    const { creatives } = JSON.parse(readFileSync(join(file('images'), 'creatives.json'), 'utf8')) as { creatives: { headline: string }[] }; // prettier-ignore
    expect(creatives).toHaveLength(6);
    const png = readFileSync(join(file('images'), 'sheet.png'));
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([6 * 88 + 4, 92]);
    const read = readIdxFolder(file('images'));
    expect([read.count, [...read.labels]]).toEqual([6, [0, 0, 0, 1, 1, 1]]);
  });

  it('that have no pixels are refused', async () => {
    writeFileSync(file('synthetic.yaml'), 'name: s\ncreatives: {generator: synthetic}\nagents: [{kind: uniform}]\n');
    const { code, err } = await said('images', '--config', file('synthetic.yaml'), '--out', file('none'));
    expect([code, err]).toEqual([2, 'creatives.generator: synthetic creatives have no pixels; use generator: gan\n']);
  });
});
