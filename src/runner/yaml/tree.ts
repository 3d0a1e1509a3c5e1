/** A configuration as a tree in which every key and value knows the place it was written at. */
import type { LineCounter } from 'yaml';

/** A file, or one `--set path=value`. */
export interface Source {
  /** What the user calls it: the path as given, or `--set path=value`. */
  label: string;
  /** Relative paths inside the source start here. */
  folder: string;
  text: string;
  /** Null for a `--set`: it has no lines. */
  lines: LineCounter | null;
}

/** A stretch [start, end) of a source's text. */
export interface Place {
  source: Source;
  start: number;
  end: number;
}

export type Value = string | number | boolean | null;

export interface Leaf {
  kind: 'leaf';
  place: Place;
  value: Value;
}

export interface List {
  kind: 'list';
  place: Place;
  items: readonly Tree[];
}

export interface Branch {
  kind: 'map';
  place: Place;
  entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  /** Where the key stands. */
  key: Place;
  tree: Tree;
}

export type Tree = Leaf | List | Branch;

/** Something wrong in a configuration. */
export interface Problem {
  place: Place;
  /** Dotted key path; empty for the whole document. */
  path: string;
  message: string;
}

/** Maps merge key by key, everything else replaces: `over` wins. */
export function merge(under: Tree, over: Tree): Tree {
  if (under.kind !== 'map' || over.kind !== 'map') return over;
  const entries = new Map(under.entries);
  for (const [name, entry] of over.entries) {
    const below = under.entries.get(name);
    entries.set(name, below ? { key: entry.key, tree: merge(below.tree, entry.tree) } : entry);
  }
  return { kind: 'map', place: over.place, entries };
}

/** The plain value of a tree. Keys called `__proto__` never get this far. */
export function plain(tree: Tree): unknown {
  if (tree.kind === 'leaf') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plain);
  return Object.fromEntries([...tree.entries].map(([name, entry]) => [name, plain(entry.tree)]));
}

/** A step down a path: a key of a map or an index of a list. */
export type Step = string | number;

/** The tree one step down, or undefined. */
export function child(tree: Tree, step: Step): Tree | undefined {
  if (tree.kind === 'map') return tree.entries.get(String(step))?.tree;
  if (tree.kind === 'list') return tree.items[Number(step)];
  return undefined;
}

/** The tree at a path (undefined where nothing is written there), and the place nearest to it. */
export function find(tree: Tree, path: readonly Step[]): { tree: Tree | undefined; place: Place } {
  let here: Tree = tree;
  for (const step of path) {
    const below = child(here, step);
    if (below === undefined) return { tree: undefined, place: here.place };
    here = below;
  }
  return { tree: here, place: here.place };
}

/** A value as a message shows it: short, on one line. */
export function shown(tree: Tree): string {
  if (tree.kind === 'list') return tree.items.length === 0 ? 'an empty list' : `a list of ${tree.items.length}`;
  if (tree.kind === 'map') return tree.entries.size === 0 ? 'an empty map' : 'a map';
  if (tree.value === null) return 'nothing';
  const text = typeof tree.value === 'number' ? String(tree.value) : JSON.stringify(tree.value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
