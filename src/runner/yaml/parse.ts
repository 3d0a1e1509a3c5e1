/** YAML 1.2 (and so JSON) text to a tree of placed values, with every mistake of form as a problem. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Document, Node } from 'yaml';
import type { Entry, Place, Problem, Source, Tree } from './tree.ts';

/** Aliases can blow a few lines up into billions of values. */
const MOST_VALUES = 100_000;
const DEEPEST = 64;

/** The source of a file's text. */
export function fileSource(label: string, folder: string, text: string): Source {
  return { label, folder, text, lines: new LineCounter() };
}

/** Parses a source. `tree` is undefined where the text is empty or where there are problems. */
export function parse(source: Source): { tree: Tree | undefined; problems: Problem[] } {
  const problems: Problem[] = [];
  const whole: Place = { source, start: 0, end: source.text.length };
  let document: Document.Parsed;
  try {
    // `yaml` recurses; a text of nothing but brackets overflows its stack.
    document = parseDocument(source.text, {
      version: '1.2',
      uniqueKeys: true,
      prettyErrors: false,
      ...(source.lines ? { lineCounter: source.lines } : {}),
    });
  } catch (error) {
    return { tree: undefined, problems: [{ place: whole, path: '', message: `cannot be parsed (${String(error)})` }] };
  }
  for (const mistake of [...document.errors, ...document.warnings]) {
    const [start, end] = mistake.pos;
    problems.push({ place: { source, start, end }, path: '', message: sentence(mistake.code, mistake.message) });
  }
  if (problems.length > 0 || document.contents === null) return { tree: undefined, problems };
  const tree = treeOf(document, source, problems);
  return { tree: problems.length > 0 ? undefined : tree, problems };
}

/** The parser's words, where they would not help a user. */
function sentence(code: string, message: string): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here; keep one document in a file';
  if (code === 'DUPLICATE_KEY') return 'this key stands here a second time; remove one of the two';
  if (code === 'TAB_AS_INDENT') return 'a tab indents this line; YAML wants spaces';
  if (code === 'TAG_RESOLVE_FAILED') return 'this tag is not supported; write a plain value';
  return `not valid YAML: ${message.split('\n')[0]}`;
}

function treeOf(document: Document.Parsed, source: Source, problems: Problem[]): Tree {
  let values = 0;
  const nothing = (place: Place): Tree => ({ kind: 'leaf', place, value: null });

  function convert(node: Node | null, path: string, depth: number, fallback: Place): Tree {
    const place = node?.range ? { source, start: node.range[0], end: node.range[1] } : fallback;
    if (node === null || problems.length > 0) return nothing(place);
    const refuse = (message: string): Tree => {
      problems.push({ place, path, message });
      return nothing(place);
    };
    if (++values > MOST_VALUES) return refuse(`holds more than ${MOST_VALUES} values; use fewer aliases`);
    if (depth > DEEPEST) return refuse(`is nested deeper than ${DEEPEST} levels; does an alias hold itself?`);
    if (isAlias(node)) {
      const target = node.resolve(document);
      return target ? convert(target, path, depth + 1, place) : refuse('refers to an unknown anchor');
    }
    if (isSeq(node)) {
      const items = node.items.map((item, i) => convert(item as Node | null, join(path, i), depth + 1, place));
      return { kind: 'list', place, items };
    }
    if (isMap(node)) {
      const entries = new Map<string, Entry>();
      for (const pair of node.items) {
        const keyNode = pair.key as Node | null;
        const key = keyNode?.range ? { source, start: keyNode.range[0], end: keyNode.range[1] } : place;
        const name = isScalar(keyNode) ? String(keyNode.value) : null;
        if (name === null || name === '__proto__') return refuse('a key must be a plain word');
        entries.set(name, { key, tree: convert(pair.value as Node | null, join(path, name), depth + 1, key) });
      }
      return { kind: 'map', place, entries };
    }
    const value: unknown = isScalar(node) ? node.value : undefined;
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return { kind: 'leaf', place, value };
    }
    return refuse('this kind of value is not supported; write text, a number, true or false');
  }
  return convert(document.contents, '', 0, { source, start: 0, end: 0 });
}

/** A dotted path one step longer. */
export function join(path: string, step: string | number): string {
  return path === '' ? String(step) : `${path}.${step}`;
}
