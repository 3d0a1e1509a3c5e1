/**
 * A report as data: sections of plain blocks, so that HTML, Markdown or a notebook can each render the same content.
 * Every string is plain text; whoever renders it escapes it.
 */
import type { TopLevelSpec } from 'vega-lite';
import type { Warning } from '../core/warnings.ts';

export interface Report {
  title: string;
  question: string;
  /** The question answered in a sentence, with its doubt. */
  answer: string;
  /** What the answer rests on: one sentence each. */
  grounds: readonly string[];
  /** Doubts the program has about its own numbers. */
  warnings: readonly Warning[];
  signature: string;
  sections: readonly Section[];
}

export interface Section {
  /** Anchor, unique in the report. */
  id: string;
  title: string;
  blocks: readonly Block[];
}

export type Block =
  | { kind: 'text'; text: string }
  | { kind: 'facts'; facts: readonly (readonly [name: string, value: string])[] }
  | { kind: 'command'; label: string; command: string }
  | { kind: 'folded'; label: string; text: string }
  | { kind: 'list'; items: readonly string[] }
  | { kind: 'warnings'; warnings: readonly Warning[] }
  | { kind: 'table'; table: Table }
  | { kind: 'charts'; charts: readonly Chart[] }
  | { kind: 'gallery'; items: readonly GalleryItem[] };

export interface Table {
  /** What the table shows, how its intervals are made. */
  caption: string;
  columns: readonly { title: string; numeric: boolean }[];
  rows: readonly TableRow[];
}

export interface TableRow {
  cells: readonly Cell[];
  /** `best` stands out, `reference` steps back (a row that knows the truth and so can't be launched). */
  tone?: 'best' | 'reference';
}

/** A cell's text, and what steps back beside it (its doubt). */
export interface Cell {
  text: string;
  doubt?: string;
  /** True where the number should not be relied on. */
  doubtful?: boolean;
}

export interface Chart {
  /** Unique in the report. */
  id: string;
  title: string;
  /** What to see in it and how to read its bands. */
  caption: string;
  /** Stands for the chart where it can't be seen; with the main numbers. */
  alternative: string;
  /** Vega-Lite; its width is the wide layout's and is changed by whoever renders. */
  spec: TopLevelSpec;
  /** Width [px] of the wide layout; charts up to 420 stand side by side. */
  width: number;
}

export interface GalleryItem {
  title: string;
  subtitle: string;
  /** PNG data URI; null where there are no pixels. */
  image: string | null;
  alternative: string;
  lines: readonly string[];
}
