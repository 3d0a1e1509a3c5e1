/** `--set path=value`: one value written over a configuration. */
import { InputError } from '../../core/errors.ts';
import { inputError } from './frame.ts';
import { parse } from './parse.ts';
import type { Branch, Entry, List, Place, Source, Tree } from './tree.ts';

/** Writes `path=value` (value in YAML) over the tree. Throws InputError where it can't be read or has no place. */
export function override(tree: Branch, text: string): Branch {
  const equals = text.indexOf('=');
  const label = `--set ${text}`;
  const path = text.slice(0, equals);
  const steps = path.split('.');
  if (equals < 1 || steps.some((step) => step === '' || step === '__proto__')) {
    throw new InputError(`${label}: must be path=value; for instance --set agents.0.epsilon=0.1`);
  }
  if (steps[0] === 'extends') throw new InputError(`${label}: \`extends\` can only be written in the file`);
  const source: Source = { label, folder: '.', text: text.slice(equals + 1), lines: null };
  const place: Place = { source, start: 0, end: 0 };
  const { tree: value, problems } = parse(source);
  if (problems.length > 0) throw inputError(problems);
  return write(tree, steps, 0, value ?? { kind: 'leaf', place, value: null }, place) as Branch;
}

function write(tree: Tree | undefined, steps: readonly string[], depth: number, value: Tree, place: Place): Tree {
  if (depth === steps.length) return value;
  const step = steps[depth];
  if (tree?.kind === 'list') {
    const index = indexIn(tree, step, steps.slice(0, depth).join('.'), place);
    const items = tree.items.map((item, i) => (i === index ? write(item, steps, depth + 1, value, place) : item));
    return { ...tree, items };
  }
  // A map takes the place of anything else: `creatives: silhouettes` may become `creatives: {images: PATH}`.
  const entries = new Map<string, Entry>(tree?.kind === 'map' ? tree.entries : []);
  const below = entries.get(step);
  const key = below && depth < steps.length - 1 ? below.key : place;
  entries.set(step, { key, tree: write(below?.tree, steps, depth + 1, value, place) });
  return { kind: 'map', place: tree?.kind === 'map' ? tree.place : place, entries };
}

function indexIn(list: List, step: string, path: string, place: Place): number {
  const size = list.items.length;
  const index = /^\d+$/u.test(step) ? Number(step) : NaN;
  if (index < size) return index;
  const range = size === 0 ? 'it is empty' : size === 1 ? 'its only entry is 0' : `its entries are 0 to ${size - 1}`;
  throw inputError([{ place, path, message: `is a list and has no entry "${step}"; ${range}` }]);
}
