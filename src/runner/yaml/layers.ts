/** A file and everything it extends, merged into one tree. */
import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { inputError } from './frame.ts';
import { fileSource, parse } from './parse.ts';
import { readText } from './text.ts';
import type { Branch, Leaf, Place, Tree } from './tree.ts';
import { merge } from './tree.ts';

export interface Layers {
  tree: Branch;
  /** Every file that was read, the extended ones first. */
  files: readonly string[];
}

/** Reads `path` and, through `extends`, its bases: later bases win over earlier ones, the file wins over all. */
export function readLayers(path: string): Layers {
  const done = new Map<string, Branch>();

  function read(label: string, trail: readonly string[], asked: Place | undefined): Branch {
    const identity = identityOf(label);
    const known = done.get(identity);
    if (known) return known;
    const seen = trail.findIndex((earlier) => identityOf(earlier) === identity);
    if (asked && seen >= 0) {
      const circle = [...trail.slice(seen), label].join(' -> ');
      throw inputError([{ place: asked, path: 'extends', message: `goes round in a circle (${circle}); remove one` }]);
    }
    const tree = readOne(label, asked);
    const extension = tree.entries.get('extends');
    const entries = new Map(tree.entries);
    entries.delete('extends');
    let merged: Tree = { kind: 'map', place: tree.place, entries };
    if (extension) {
      let bases: Tree | undefined;
      for (const base of basesOf(extension.tree)) {
        const next = isAbsolute(base.value) ? base.value : join(dirname(label), base.value);
        const layer = read(next, [...trail, label], base.place);
        bases = bases ? merge(bases, layer) : layer;
      }
      if (bases) merged = merge(bases, merged);
    }
    done.set(identity, merged as Branch);
    return merged as Branch;
  }

  const labels = (): string[] => [...done.values()].map((tree) => tree.place.source.label);
  const tree = read(path, [], undefined);
  return { tree, files: labels() };
}

function identityOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function readOne(label: string, asked: Place | undefined): Branch {
  let text: string;
  try {
    text = readText(label);
  } catch (error) {
    if (!asked || !(error instanceof InputError)) throw error;
    throw inputError([{ place: asked, path: 'extends', message: error.message }]);
  }
  const source = fileSource(label, dirname(label), text);
  const { tree, problems } = parse(source);
  if (problems.length > 0) throw inputError(problems);
  if (tree === undefined)
    throw new InputError(
      `${label}: is empty; write \`key: value\` lines (\`adsim init FILE\` writes an experiment to start from)`,
    );
  if (tree.kind === 'map') return tree;
  const what = tree.kind === 'list' ? 'a list' : 'a single value';
  throw inputError([{ place: tree.place, path: '', message: `holds ${what}; a config is a map of \`key: value\`` }]);
}

function basesOf(tree: Tree): (Leaf & { value: string })[] {
  const items = tree.kind === 'list' ? tree.items : [tree];
  const bases: (Leaf & { value: string })[] = [];
  for (const item of items) {
    if (item.kind === 'leaf' && typeof item.value === 'string' && item.value !== '') {
      bases.push({ ...item, value: item.value });
      continue;
    }
    const message = 'must be a path or a list of paths; for instance `extends: quickstart.yaml`';
    throw inputError([{ place: item.place, path: 'extends', message }]);
  }
  return bases;
}
