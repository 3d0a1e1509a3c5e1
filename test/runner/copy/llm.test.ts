/** An endpoint on this machine that is busy, slow, wrong or right: what comes of it, and that nothing is asked twice. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/core/random.ts';
import { writeCopyByLlm } from '../../../src/runner/copy/llm.ts';
import type { LlmSettings } from '../../../src/runner/copy/llm.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'adsim-llm-'));
const KEY = 'sk-secret-123';
let server: Server;
let url = '';
let asked: { body: { messages: { content: string }[]; seed: number }; authorization: string | undefined }[] = [];
let waited: number[] = [];
let answers: ((response: ServerResponse) => void)[] = [];

const says = (text: string) => (response: ServerResponse) =>
  response.end(JSON.stringify({ choices: [{ message: { content: text } }] }));
const fails =
  (status: number, body = '', headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, headers).end(body);

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      asked.push({ body: JSON.parse(Buffer.concat(chunks).toString()) as never, authorization: request.headers.authorization }); // prettier-ignore
      (answers.shift() ?? fails(404))(response);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  [asked, waited, answers] = [[], [], []];
});

const settings = (name: string, more: Partial<LlmSettings> = {}): LlmSettings => ({
  url,
  model: 'tiny',
  key: KEY,
  cacheFolder: path.join(folder, name),
  wait: async (ms) => void waited.push(ms),
  ...more,
});
const request = (more: object = {}) => ({ slots: { name: 'Luna', price: '$49' }, count: 1, random: randomFrom('l'), ...more }); // prettier-ignore
const refusal = (how: LlmSettings, more: object = {}): Promise<string> =>
  writeCopyByLlm(request(more), how).then(
    () => 'no refusal',
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe('an endpoint', () => {
  it('writes, and is not asked again for the same', async () => {
    answers = [says('"Luna for $49."'), says('Get Luna at $49!')];
    const first = await writeCopyByLlm(request({ count: 2, bans: ['cheap'] }), settings('a'));
    expect(first.map(({ text, by }) => [text, by])).toEqual([
      ['Luna for $49.', 'llm'],
      ['Get Luna at $49!', 'llm'],
    ]);
    expect(asked.map(({ authorization }) => authorization)).toEqual([`Bearer ${KEY}`, `Bearer ${KEY}`]);
    expect(asked[0].body.messages[1].content).toBe('name: Luna\nprice: $49\nNever use these words: cheap');
    // Replayed from disk, on a machine without key or network.
    const offline = settings('a', { key: undefined, retries: 0 });
    expect(await writeCopyByLlm(request({ count: 2, bans: ['cheap'] }), offline)).toEqual(first);
    expect(asked).toHaveLength(2);
  });

  it('leaves no key on disk', () => {
    const kept = readdirSync(path.join(folder, 'a', 'llm')).map((name) => readFileSync(path.join(folder, 'a', 'llm', name), 'utf8')); // prettier-ignore
    expect(kept).toHaveLength(2);
    expect(kept.join()).toContain('Luna');
    expect(kept.join()).not.toContain(KEY);
  });

  it('is asked again where it forgets a fact or says a banned word, with what is wrong', async () => {
    answers = [says('Luna!'), says('Luna, ch-eap at $49'), says('Luna at $49')];
    const [{ text }] = await writeCopyByLlm(request({ bans: ['cheap'] }), settings('b'));
    expect(text).toBe('Luna at $49');
    const last = asked[2].body.messages.map(({ content }) => content);
    expect(last.slice(-4)).toEqual([
      'Luna!',
      "Not good: it doesn't say price = $49. Write it again.",
      'Luna, ch-eap at $49',
      'Not good: it has the banned word "cheap". Write it again.',
    ]);
  });

  it('is given up where it never keeps the terms', async () => {
    answers = Array.from({ length: 9 }, () => says('Luna!'));
    expect(await refusal(settings('c'))).toMatch(/^InputError: .*asked 4 times.*doesn't say price = \$49/u);
    expect(asked).toHaveLength(4);
  });

  it('is waited for where it is busy: longer each time, or as long as it says', async () => {
    answers = [fails(429), fails(503), fails(500, '', { 'retry-after': '3' }), says('Luna at $49')];
    await writeCopyByLlm(request(), settings('d'));
    expect(waited).toEqual([500, 1000, 3000]);
  });

  it.each([
    ['busy for ever', { retries: 1 }, [fails(503), fails(503)], /gave no answer in 2 attempts \(status 503\)/u],
    ['refusing the key', {}, [fails(401, KEY)], /refuses the key \(status 401\); set ADSIM_LLM_KEY/u],
    ['missing', {}, [fails(404, `no such model for ${KEY}`)], /status 404: no such model for …$/u],
    ['no chat', {}, [(r: ServerResponse) => r.end('<html>')], /does not answer as OpenAI's chat does: <html>/u],
    ['silent', { timeout: 50, retries: 0 }, [() => undefined], /1 attempts \(no answer within 0.05 s\)/u],
    ['nowhere', { url: 'http://127.0.0.1:9', retries: 0 }, [], /gave no answer in 1 attempts/u],
    ['no address', { url: 'nonsense' }, [], /nonsense is no address; for instance http/u],
  ])('%s: one clear sentence, without the key', async (name, more, list, sentence) => {
    answers = [...list] as typeof answers;
    const said = await refusal(settings(name, more));
    expect(said).toMatch(/^InputError: /u);
    expect(said).toMatch(sentence);
    expect(said).not.toContain(KEY);
  });

  it('whose kept answer is damaged is not asked behind your back', async () => {
    answers = [says('Luna at $49')];
    await writeCopyByLlm(request(), settings('e'));
    const [name] = readdirSync(path.join(folder, 'e', 'llm'));
    writeFileSync(path.join(folder, 'e', 'llm', name), '{');
    expect(await refusal(settings('e'))).toContain('this kept answer is damaged; delete the file');
  });
});
