/**
 * Copy from any endpoint that speaks OpenAI's chat completions: asked with a time limit, again where it is busy, and never
 * twice for the same: answers are kept on disk by what was asked, so that a run comes out the same without the network.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { broken, termsOf } from '../../models/copy/copywriter.ts';
import type { CopyRequest, CopyTerms, WrittenCopy } from '../../models/copy/copywriter.ts';
import { writeWhole } from '../atomic.ts';
import { digestOf } from '../digest.ts';

export interface LlmSettings {
  /** For instance `http://localhost:8000/v1`. */
  url: string;
  model: string;
  /** Sent as a bearer token, written nowhere. */
  key?: string | undefined;
  /** Where answers are kept. */
  cacheFolder: string;
  /** [ms] for one answer; 60,000. */
  timeout?: number;
  /** How often it is asked again where it is busy or gone; 4. */
  retries?: number;
  /** Waits so many milliseconds; tests don't. */
  wait?: (milliseconds: number) => Promise<void>;
}

interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

interface Question {
  messages: readonly Message[];
  temperature: number;
  seed: number;
}

/** How often a text is asked for that breaks the terms. */
const ATTEMPTS = 4;
const LONGEST_ANSWER = 1000;

/**
 * Different texts that keep the terms; a text that breaks them is asked for again, with what is wrong with it. Throws
 * `InputError` where the endpoint can't be reached or won't keep the terms.
 */
export async function writeCopyByLlm(request: CopyRequest, settings: LlmSettings): Promise<WrittenCopy[]> {
  const terms = termsOf(request);
  const texts: string[] = [];
  const seed = request.random
    .stream('llm')
    .sequence()
    .integer(2 ** 31);
  for (let n = 0; n < request.count; n++) {
    // oxlint-disable-next-line no-await-in-loop -- the next text must differ from those before
    texts.push(await oneText(terms, texts, { temperature: request.temperature ?? 0.8, seed: seed + n }, settings));
  }
  return texts.map((text) => ({ text, by: 'llm' }));
}

async function oneText(
  terms: CopyTerms,
  before: readonly string[],
  how: Omit<Question, 'messages'>,
  settings: LlmSettings,
): Promise<string> {
  const messages = opening(terms, before);
  let complaint = '';
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // oxlint-disable-next-line no-await-in-loop
    const answer = await askLlm({ messages, ...how }, settings);
    const text = answer
      .trim()
      .replace(/^["“]([^]*)["”]$/u, '$1')
      .replaceAll(/\s+/gu, ' ');
    const wrong = before.includes(text) ? 'it has been written already' : problemOf(text, terms);
    if (wrong === undefined) return text;
    complaint = wrong;
    messages.push({ role: 'assistant', content: answer }, { role: 'user', content: `Not good: ${wrong}. Write it again.` }); // prettier-ignore
  }
  throw new InputError(
    `--llm-url: ${settings.model} was asked ${ATTEMPTS} times and its text still won't do: ${complaint}; try another model or fewer terms`,
  );
}

function problemOf(text: string, terms: CopyTerms): string | undefined {
  if (text === '') return 'it is empty';
  return text.length > LONGEST_ANSWER ? `it is longer than ${LONGEST_ANSWER} characters` : broken(text, terms);
}

function opening({ slots, bans, must }: CopyTerms, before: readonly string[]): Message[] {
  const lines = [
    ...Object.entries(slots).map(([name, value]) => `${name}: ${value}`),
    ...must.map((phrase) => `Use these words exactly: ${phrase}`),
    ...(bans.words.length > 0 ? [`Never use these words: ${bans.words.join(', ')}`] : []),
    ...before.map((text) => `Write something else than: ${text}`),
  ];
  return [
    {
      role: 'system',
      content:
        'You write one short advertising text. Say every fact, values word by word, and nothing that is not given. Answer with the text alone.',
    },
    { role: 'user', content: lines.join('\n') },
  ];
}

/** One answer: from disk where this was asked before. Throws `InputError`. */
export async function askLlm(question: Question, settings: LlmSettings): Promise<string> {
  const { url, model, cacheFolder } = settings;
  const body = { model, ...question };
  const file = join(cacheFolder, 'llm', `${digestOf({ url, body })}.json`);
  if (existsSync(file)) return kept(file);
  const answer = await fetched(JSON.stringify(body), settings);
  writeWhole(file, `${JSON.stringify({ url, body, answer }, null, 1)}\n`);
  return answer;
}

function kept(file: string): string {
  try {
    const { answer } = JSON.parse(readFileSync(file, 'utf8')) as { answer?: unknown };
    if (typeof answer === 'string') return answer;
  } catch {
    // said below
  }
  throw new InputError(`${file}: this kept answer is damaged; delete the file to ask again`);
}

async function fetched(body: string, settings: LlmSettings): Promise<string> {
  const { url, retries = 4, wait = (ms) => new Promise((resolve) => void setTimeout(resolve, ms)) } = settings;
  let why = '';
  for (let attempt = 0; attempt <= retries; attempt++) {
    // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
    const outcome = await attempted(body, settings);
    if ('answer' in outcome) return outcome.answer;
    why = outcome.why;
    // oxlint-disable-next-line no-await-in-loop
    if (attempt < retries) await wait(outcome.after ?? Math.min(8000, 500 * (1 << attempt)));
  }
  throw new InputError(`--llm-url: ${url} gave no answer in ${retries + 1} attempts (${why}); check it, or try later`);
}

type Outcome = { answer: string } | { why: string; after?: number };

const LONGEST_WAIT = 30_000;

/** An answer, or why not and when to try again. Throws `InputError` where trying again won't help. */
async function attempted(body: string, { url, key, timeout = 60_000 }: LlmSettings): Promise<Outcome> {
  let response: Response;
  let text: string;
  try {
    const address = /\/chat\/completions\/?$/u.test(url) ? url : `${url.replace(/\/$/u, '')}/chat/completions`;
    response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
      body,
      signal: AbortSignal.timeout(timeout),
    });
    text = await response.text();
  } catch (error) {
    const { name, message, cause } = error as Error & { cause?: { code?: string } };
    if (name === 'TypeError' && /URL|scheme/u.test(message)) throw new InputError(`--llm-url: ${url} is no address; for instance http://localhost:8000/v1`); // prettier-ignore
    return { why: name === 'TimeoutError' ? `no answer within ${timeout / 1000} s` : (cause?.code ?? message) };
  }
  const { status } = response;
  if (status === 429 || status >= 500) {
    const seconds = Number(response.headers.get('retry-after') ?? NaN);
    return { why: `status ${status}`, ...(seconds >= 0 && { after: Math.min(LONGEST_WAIT, 1000 * seconds) }) };
  }
  if (status === 401 || status === 403) {
    throw new InputError(
      `--llm-url: ${url} refuses the key (status ${status}); set ADSIM_LLM_KEY to one that it takes`,
    );
  }
  const said = (key === undefined ? text : text.replaceAll(key, '…')).replaceAll(/\s+/gu, ' ').slice(0, 160);
  if (!response.ok) throw new InputError(`--llm-url: ${url} answers with status ${status}: ${said}`);
  const answer = contentOf(text);
  if (answer === undefined) throw new InputError(`--llm-url: ${url} does not answer as OpenAI's chat does: ${said}`);
  return { answer };
}

function contentOf(text: string): string | undefined {
  try {
    const { choices } = JSON.parse(text) as { choices?: { message?: { content?: unknown } }[] };
    const content = choices?.[0]?.message?.content;
    return typeof content === 'string' ? content : undefined;
  } catch {
    return undefined;
  }
}
