/** The metrics against published vectors; every case in the file is found by its shape, and none may be left over. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BleuSettings, Smoothing } from '../../../../src/models/copy/metrics/bleu.ts';
import { bleu, bleuCounts, bleuOf, brevityPenalty } from '../../../../src/models/copy/metrics/bleu.ts';
import { chrf } from '../../../../src/models/copy/metrics/chrf.ts';
import { corpusValue, sentenceScore } from '../../../../src/models/copy/metrics/metric.ts';
import { ngramCounts, common } from '../../../../src/models/copy/metrics/ngrams.ts';
import type { RougeKind } from '../../../../src/models/copy/metrics/rouge.ts';
import { cocoRougeL, longestCommonSubsequence, rougeScore, scored } from '../../../../src/models/copy/metrics/rouge.ts';
import { ter } from '../../../../src/models/copy/metrics/ter.ts';
import type { TokeniserName } from '../../../../src/models/copy/metrics/tokenise.ts';
import { dataFolder } from '../../../folders.ts';

const folder = dataFolder();
const file = folder === undefined ? undefined : path.join(folder, 'nlg_metrics', 'golden.json');
type Json = Record<string, unknown>;
const golden = (file === undefined ? {} : JSON.parse(readFileSync(file, 'utf8'))) as Json;

interface Case {
  name: string;
  got: number;
  want: number;
  within: number;
}

/** Streams of references, as sacrebleu takes them, turned into references of each sentence. */
const perSentence = (streams: string[][], n: number): string[][] =>
  Array.from({ length: n }, (_, i) => (streams.length === 1 && n === 1 ? streams[0] : streams.map((one) => one[i])));
const corpus = (settings: BleuSettings, texts: string[], streams: string[][]): number =>
  corpusValue(bleu(settings), texts, streams[0].length === texts.length ? perSentence(streams, texts.length) : streams);
const RAW: BleuSettings = { tokeniser: 'none', smoothing: 'floor', smoothingValue: 0.01, effectiveOrder: true };

/** sacrebleu's test_bleu, by the name of the list. */
function bleuCases(name: string, entry: unknown[], epsilon: number): Case[] {
  const of = (got: number, want: number, within = epsilon): Case[] => [{ name, got, want, within }];
  const [texts, streams] = entry as [string[], string[][]];
  if (/raw_bleu|effective_order/u.test(name)) return of(corpus(RAW, texts, streams) / 100, entry[2] as number);
  if (/corpus_bleu/u.test(name)) {
    const { tokenize, smooth_method: smoothing } = entry[2] as { tokenize?: TokeniserName; smooth_method?: Smoothing };
    const settings = { ...(tokenize && { tokeniser: tokenize }), ...(smoothing && { smoothing }) };
    return of(corpus(settings, texts, streams), entry[3] as number, 1e-6);
  }
  if (/offset/u.test(name)) {
    const with0 = (value: number): number => corpus({ ...RAW, smoothingValue: value }, texts, streams) / 100;
    return [...of(with0(0.1), entry[2] as number), ...of(with0(0), entry[3] as number)];
  }
  if (/statistics/u.test(name)) {
    const { correct, total } = bleuCounts(texts[0].split(' '), streams.flat().map((one) => one.split(' ')), 4); // prettier-ignore
    const { common: both, total: all } = entry[2] as { common: number[]; total: number[] };
    return [...both, ...all].flatMap((want, i) => of([...correct, ...total][i], want));
  }
  if (/scoring|degenerate/u.test(name)) {
    const [{ common: correct, total }, length, referenceLength] = entry[0] as [
      { common: number[]; total: number[] },
      number,
      number,
    ];
    const value = entry.length > 2 ? (entry[1] as number) : undefined;
    const settings: BleuSettings = value === undefined ? {} : { smoothing: 'floor', smoothingValue: value };
    return of(bleuOf({ correct, total, length, referenceLength }, settings) / 100, entry.at(-1) as number);
  }
  if (/max_order/u.test(name)) {
    const [order, hypotheses, references, want] = entry as [number, string[], string[][], string];
    const got = corpus({ order }, hypotheses, references);
    return of(Number(got.toFixed(2)), Number(want), 1e-12);
  }
  throw new Error(`golden: no reader for ${name}`);
}

function sentenceBleuCases(group: Json, name: string, entry: unknown[]): Case[] {
  const zero = name.includes('zero');
  const [smoothing, value, lowerCase, tokeniser, want] = entry as [
    Smoothing,
    number | null,
    boolean,
    TokeniserName,
    number,
  ];
  const text = String(group[zero ? 'SYS_0' : 'SYS']);
  const reference = String(group[zero ? 'REF_0' : 'REF']);
  const metric = bleu({
    smoothing,
    lowerCase,
    tokeniser,
    effectiveOrder: true,
    ...(value !== null && { smoothingValue: value }),
  });
  return [{ name, got: sentenceScore(metric, text, [reference]), want, within: Number(group['EPSILON']) }];
}

function chrfCases(name: string, entry: unknown[], within: number): Case[] {
  const want = entry[2] as number;
  if (typeof entry[0] === 'string') {
    return [{ name, got: sentenceScore(chrf({ allOrders: true }), entry[0], entry[1] as string[]), want, within }];
  }
  const allOrders = name === 'test_cases';
  const metric = chrf({ beta: 3, allOrders, whitespace: name.includes('whitespace') });
  const [texts, references] = entry as [string[], string[]];
  return [{ name, got: corpusValue(metric, texts, references.map((one) => [one])), want, within }]; // prettier-ignore
}

function terCases(name: string, entry: unknown[], within: number): Case[] {
  const [texts, references, want] = entry as [string[], string[], number];
  return [{ name, got: corpusValue(ter(), texts, references.map((one) => [one])) / 100, want, within }]; // prettier-ignore
}

/** nltk: [fn, …]; `same three` points at the case before. */
function nltkCases(entries: Json[]): Case[] {
  return entries.flatMap((entry, i) => {
    const name = String(entry['fn']);
    const refs = entry['refs'] === 'same three' ? entries[i - 1]['refs'] : entry['refs'];
    const within = 1e-4;
    if (name === 'brevity_penalty') {
      const length = Number(entry['hyp_len']);
      const tokens = (n: number): string[] => Array.from({ length: n }, () => 'w');
      const lengths = entry['ref_lens'] as number[];
      const { referenceLength } = bleuCounts(tokens(length), lengths.map(tokens), 1);
      return [{ name, got: brevityPenalty(length, referenceLength), want: Number(entry['expected']), within }];
    }
    const own = String(entry['hyp']).split(' ');
    const counts = bleuCounts(own, (refs as string[]).map((one) => one.split(' ')), 4); // prettier-ignore
    if (name === 'modified_precision') {
      return ['n1', 'n2'].map((key, n) => ({
        name,
        got: counts.correct[n] / counts.total[n],
        want: Number(entry[key]),
        within: 1e-7,
      }));
    }
    if (name === 'sentence_bleu.method4') {
      // Chen & Cherry's method 4: the k-th zero counts for ln(length) / (5·2^k).
      let zeros = 0;
      const correct = counts.correct.map((hits) => (hits > 0 ? hits : Math.log(own.length) / (5 * 2 ** ++zeros)));
      const total = counts.total.map((all) => Math.max(1, all));
      const got = bleuOf({ ...counts, correct, total }, { smoothing: 'none' }) / 100;
      return [{ name, got, want: Number(entry['expected']), within }];
    }
    throw new Error(`golden: no reader for nltk ${name}`);
  });
}

/** Metrics of nlg-eval that adsim doesn't have: METEOR needs WordNet, CIDEr an image-caption corpus. */
const ABSENT = /^(?:METEOR|CIDEr)$/u;

function nlgEvalCases(entry: Json): Case[] {
  const { refs, hyps, ...scores } = entry as Json & { refs: string[][]; hyps: string[] };
  return Object.entries(scores)
    .filter(([name]) => !ABSENT.test(name))
    .map(([name, want]) => {
      const order = Number(/^Bleu_(\d)$/u.exec(name)?.[1]);
      if (!order && name !== 'ROUGE_L') throw new Error(`golden: no reader for ${name}`);
      // COCO's BLEU puts 10⁻¹⁵ in place of no match.
      const metric = order
        ? bleu({ order, tokeniser: 'none', smoothing: 'floor', smoothingValue: 1e-15 })
        : cocoRougeL();
      const got = corpusValue(metric, hyps, refs) / (order ? 100 : 1);
      return { name, got, want: Number(want), within: 2e-6 };
    });
}

function googleCases(entry: Json): Case[] {
  if (typeof entry['target'] !== 'string') return []; // of a file that is not in the folder
  return Object.entries(entry)
    .filter(([key]) => key.startsWith('rouge'))
    .flatMap(([key, want]) => {
      const [, kind, stem] = /^rouge(\d|L|Lsum)(_stem)?$/u.exec(key) ?? [];
      const text = [entry['prediction'], entry['target']].map(String);
      const got = rougeScore(kind as RougeKind, text[0], text[1], { stem: stem !== undefined });
      return Object.entries(want as Record<keyof typeof got, number>).map(([part, value]) => ({
        name: `${key}.${part}`,
        got: got[part as keyof typeof got],
        want: value,
        within: 5.1e-5 * (String(value).length > 7 ? 1e-6 : 1),
      }));
    });
}

/** pltrdy's rouge counts every n-gram once, and its F of rouge-l weighs recall by precision / recall. */
function pltrdyCases(entry: Json): Case[] {
  const scores = entry['scores'] as Record<string, Record<'f' | 'p' | 'r', number>>;
  const [own, theirs] = [entry['hyp'], entry['ref']].map((text) => String(text).split(/\s+/u));
  return Object.entries(scores).flatMap(([name, want]) => {
    const n = Number(/^rouge-(\d)$/u.exec(name)?.[1]);
    const once = (all: string[]): Map<string, number> =>
      new Map([...ngramCounts(all, n).keys()].map((one) => [one, 1]));
    const [a, b] = [own, theirs].map(once);
    const { precision, recall, fmeasure } = n
      ? scored(common(a, b), a.size, b.size)
      : scored(longestCommonSubsequence(own, theirs), own.length, theirs.length);
    const weight = (precision / recall) ** 2;
    const odd = ((1 + weight) * recall * precision) / (recall + weight * precision);
    const parts = { p: precision, r: recall, f: n ? fmeasure : odd };
    return (['p', 'r', 'f'] as const).map((part) => ({
      name: `${name}.${part}`,
      got: parts[part],
      want: want[part],
      within: 1e-7,
    }));
  });
}

/** Every case of the file. */
function cases(): [string, Case[]][] {
  return Object.entries(golden).flatMap(([name, group]): [string, Case[]][] => {
    if (name === 'sacrebleu.how') return [];
    if (name.startsWith('sacrebleu.')) {
      const lists = Object.entries(group as Json).filter(([key]) => key.startsWith('test_'));
      const epsilon = Number((group as Json)['EPSILON']);
      return lists.map(([key, list]) => [
        `${name} ${key}`,
        (list as unknown[][]).flatMap((entry) => {
          if (name.endsWith('sentence_bleu')) return sentenceBleuCases(group as Json, key, entry);
          if (name.endsWith('chrf')) return chrfCases(key, entry, epsilon);
          if (name.endsWith('ter')) return terCases(key, entry, epsilon);
          return bleuCases(key, entry, epsilon);
        }),
      ]);
    }
    if (name === 'nltk') return [[name, nltkCases(group as Json[])]];
    if (name === 'nlg_eval') return [[name, (group as Json[]).flatMap(nlgEvalCases)]];
    if (name === 'google_rouge') return [[name, ((group as Json)['cases'] as Json[]).flatMap(googleCases)]];
    if (name === 'pltrdy_rouge') return [[name, (group as Json[]).flatMap(pltrdyCases)]];
    throw new Error(`golden: no reader for ${name}`);
  });
}

describe.skipIf(file === undefined)('the golden vectors', () => {
  const all = file === undefined ? [] : cases();

  it.each(all)('%s', (_, list) => {
    expect(list.length).toBeGreaterThan(0);
    const wrong = list.filter(({ got, want, within }) => !(Math.abs(got - want) <= within));
    expect(wrong).toEqual([]);
  });

  it('are many', () => {
    expect(all.flatMap(([, list]) => list).length).toBeGreaterThan(120);
  });
});

it('the longest common subsequence', () => {
  expect(longestCommonSubsequence('ABCBDAB'.split(''), 'BDCABA'.split(''))).toBe(4);
});
