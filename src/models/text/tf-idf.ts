/** Texts as rows of terms, each weighed by how often the text has it and how few texts do (TF-IDF; Salton & Buckley 1988). */
import { InputError } from '../../core/errors.ts';
import type { TermRows } from './terms.ts';
import { normaliseRows, termRows } from './terms.ts';

export interface Vocabulary {
  /** (v) terms in order of their code units, which is the order of the columns. */
  terms: readonly string[];
  /** (v) column of each term. */
  column: ReadonlyMap<string, number>;
  /** (v) texts that hold it. */
  documents: Int32Array;
  /** n: texts that were looked at. */
  texts: number;
}

export interface VocabularySettings {
  /** Terms of fewer texts are left out; default 1. */
  leastDocuments?: number;
  /** The most frequent so many are kept (of equals the first); default: all. */
  mostTerms?: number;
}

/** The terms of tokenised texts. Throws `InputError` where none is left. */
export function vocabularyOf(
  texts: readonly (readonly string[])[],
  { leastDocuments = 1, mostTerms = Infinity }: VocabularySettings = {},
): Vocabulary {
  const documents = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const tokens of texts) {
    for (const token of new Set(tokens)) documents.set(token, (documents.get(token) ?? 0) + 1);
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  const inOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  let terms = [...documents.keys()].filter((term) => (documents.get(term) as number) >= leastDocuments).sort(inOrder);
  if (terms.length === 0) {
    throw new InputError(
      `vocabulary: no word occurs in ${leastDocuments} or more of ${texts.length} texts; bring texts with words in them, or ask for fewer`,
    );
  }
  if (terms.length > mostTerms) {
    const ranked = terms.toSorted((a, b) => (counts.get(b) as number) - (counts.get(a) as number) || inOrder(a, b));
    terms = ranked.slice(0, mostTerms).sort(inOrder);
  }
  return {
    terms,
    column: new Map(terms.map((term, column) => [term, column])),
    documents: Int32Array.from(terms, (term) => documents.get(term) as number),
    texts: texts.length,
  };
}

/** (n×v) how often each text has each term; tokens outside the vocabulary do not count. */
export function countTerms({ column, terms }: Vocabulary, texts: readonly (readonly string[])[]): TermRows {
  return termRows(texts.length, terms.length, (i) =>
    texts[i].flatMap((token) => {
      const at = column.get(token);
      return at === undefined ? [] : [[at, 1] as const];
    }),
  );
}

/**
 * (n×v) counts times ln((1 + texts) / (1 + documents)) + 1, rows of length 1 (empty where nothing is known): scikit-learn's
 * `TfidfVectorizer` with its defaults (smooth_idf, norm l2).
 */
export function tfIdf(vocabulary: Vocabulary, texts: readonly (readonly string[])[]): TermRows {
  const rows = countTerms(vocabulary, texts);
  const rarity = Float64Array.from(
    vocabulary.documents,
    (documents) => Math.log((1 + vocabulary.texts) / (1 + documents)) + 1,
  );
  for (let e = 0; e < rows.value.length; e++) rows.value[e] *= rarity[rows.index[e]];
  normaliseRows(rows);
  return rows;
}
