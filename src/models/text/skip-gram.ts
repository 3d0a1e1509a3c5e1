/**
 * Vectors of things by the company they keep: skip-gram with negative sampling (Mikolov et al. 2013, Distributed
 * representations of words and phrases and their compositionality, eq. 4 and 5). Things are coded; they may be the words of
 * titles, the products of a basket (Barkan & Koenigstein 2016, Item2Vec) or the categories that a user browsed.
 */
import { exponential } from '../../core/exponential.ts';
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { fraction32 } from '../../core/random.ts';
import { InputError } from '../../core/errors.ts';

/** s sequences of codes. */
export interface CodeSequences {
  /** V: codes are in [0, levels). */
  levels: number;
  /** (s + 1) sequence i holds [starts[i], starts[i + 1]). */
  starts: Int32Array;
  codes: Int32Array;
}

export interface SkipGramSettings {
  /** D ≥ 1; default 32. */
  dimensions?: number;
  /** Codes up to so many places away are company; the reach of each place is drawn from 1 to this. Default 5. */
  window?: number;
  /** Codes drawn against each that was met; default 5. */
  negatives?: number;
  /** Default 5. */
  epochs?: number;
  /** First step size, falling to a ten-thousandth of it in a straight line; default 0.025. */
  learningRate?: number;
  /** Codes with a larger share than this are left out now and then, with odds 1 − √(this / share); default: never. */
  subsample?: number;
}

export interface SkipGram {
  /** (V×D) what stands for each code; zeros where it was never met. */
  vectors: Matrix;
  /** (V×D) what stands for it as company of another. */
  contexts: Matrix;
  /** (epochs) mean loss [nats] of a pair that was met and its negatives. */
  loss: number[];
}

/** Places of the table that negatives are drawn from. */
const TABLE = 2 ** 17;
/** Random words that are drawn at a time. */
const BURST = 4096;

/** Deterministic in its arguments. Throws `InputError` where no sequence has two codes. */
export function skipGram(sequences: CodeSequences, random: Random, settings: SkipGramSettings = {}): SkipGram {
  const { dimensions: D = 32, window = 5, negatives = 5, epochs = 5, learningRate = 0.025 } = settings;
  const { levels: V, starts, codes } = sequences;
  const counts = new Float64Array(V);
  for (const code of codes) counts[code]++;
  if (!starts.some((start, s) => s > 0 && start - starts[s - 1] > 1)) {
    throw new InputError('skip-gram: no sequence holds two things, so none has company; bring longer sequences');
  }
  const kept = keepingOdds(counts, codes.length, settings.subsample);
  const table = negativeTable(counts);
  const vectors = matrix(V, D);
  const contexts = matrix(V, D);
  const first = random.stream('vectors').sequence();
  for (let code = 0; code < V; code++) {
    for (let j = 0; j < D; j++) {
      const start = (first.uniform() - 0.5) / D;
      if (counts[code] > 0) vectors.data[code * D + j] = start;
    }
  }
  const drawn = drawing(random.stream('draws'));
  const pull = pairTrainer(vectors, contexts, table, negatives, drawn);
  const longest = starts.reduce((most, start, s) => (s > 0 ? Math.max(most, start - starts[s - 1]) : most), 0);
  const sequence = new Int32Array(longest);
  const loss: number[] = [];
  let seen = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    let sum = 0;
    let pairs = 0;
    for (let s = 0; s + 1 < starts.length; s++) {
      const rate = learningRate * Math.max(1e-4, 1 - seen / (epochs * codes.length));
      seen += starts[s + 1] - starts[s];
      let length = 0;
      for (let at = starts[s]; at < starts[s + 1]; at++) {
        if (kept === null || fraction32(drawn()) < kept[codes[at]]) sequence[length++] = codes[at];
      }
      for (let at = 0; at < length; at++) {
        const reach = 1 + Math.floor(fraction32(drawn()) * window);
        const end = Math.min(length - 1, at + reach);
        for (let near = Math.max(0, at - reach); near <= end; near++) {
          if (near === at) continue;
          sum += pull(sequence[at], sequence[near], rate);
          pairs++;
        }
      }
    }
    loss.push(sum / Math.max(1, pairs));
  }
  return { vectors, contexts, loss };
}

/** One step of one pair and its negatives; answers with the loss before it. */
function pairTrainer(
  vectors: Matrix,
  contexts: Matrix,
  table: Int32Array,
  negatives: number,
  drawn: () => number,
): (code: number, near: number, rate: number) => number {
  const D = vectors.columns;
  const own = vectors.data;
  const company = contexts.data;
  const moved = new Float64Array(D);
  return (code, near, rate) => {
    const at = code * D;
    moved.fill(0);
    let loss = 0;
    for (let n = 0; n <= negatives; n++) {
      const to = (n === 0 ? near : table[drawn() >>> 15]) * D;
      let score = 0;
      for (let j = 0; j < D; j++) score += own[at + j] * company[to + j];
      const small = exponential(-Math.abs(score));
      const met = n === 0 ? 1 : 0;
      const odds = score >= 0 ? 1 / (1 + small) : small / (1 + small);
      loss += Math.log1p(small) + Math.max(0, met === 1 ? -score : score);
      const step = rate * (met - odds);
      for (let j = 0; j < D; j++) {
        moved[j] += step * company[to + j];
        company[to + j] += step * own[at + j];
      }
    }
    for (let j = 0; j < D; j++) own[at + j] += moved[j];
    return loss;
  };
}

/** (V) odds that a code is looked at; null where all always are. */
function keepingOdds(counts: Float64Array, total: number, subsample: number | undefined): Float64Array | null {
  if (subsample === undefined) return null;
  return counts.map((count) => Math.min(1, Math.sqrt((subsample * total) / Math.max(1, count))));
}

/** Codes, each as often as its count to the power ¾ says. */
function negativeTable(counts: Float64Array): Int32Array {
  const weights = counts.map((count) => Math.sqrt(count) * Math.sqrt(Math.sqrt(count)));
  const total = weights.reduce((a, b) => a + b, 0);
  const table = new Int32Array(TABLE);
  let code = 0;
  let until = weights[0];
  for (let place = 0; place < TABLE; place++) {
    while (((place + 0.5) * total) / TABLE > until && code + 1 < weights.length) until += weights[++code];
    table[place] = code;
  }
  return table;
}

/** Random words, one after the other. */
function drawing(random: Random): () => number {
  let words: Int32Array = new Int32Array(0);
  let at = BURST;
  let bursts = 0;
  return () => {
    if (at === BURST) {
      words = random.burst(BURST, bursts++, 0);
      at = 0;
    }
    return words[at++];
  };
}
