/** Who imports whom, read from the text: no compiler needed. */
import { posix } from 'node:path';

/** Sources by path from the root, `src/core/random.ts`. */
export type Sources = ReadonlyMap<string, string>;

export interface Import {
  from: string;
  /** A path from the root, or the name of a package. */
  to: string;
  kind: 'value' | 'type' | 'dynamic';
}

/** Code without comments; a `//` counts only after a space, so that addresses in strings survive. */
export function code(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//gu, '').replaceAll(/(^|\s)\/\/.*$/gmu, '$1');
}

const STATIC = /(?:^|\n)\s*(?:import|export)\s+(?<type>type\s+)?(?:[^'"`;=]*?\sfrom\s+)?['"](?<to>[^'"\n]+)['"]/gu;
const DYNAMIC = /\bimport\(\s*['"](?<to>[^'"]+)['"]/gu;

/** Every import of a file, in order: static ones, then dynamic ones. */
export function importsOf(from: string, text: string): Import[] {
  const whole = (to: string): string =>
    to.startsWith('.') ? posix.join(posix.dirname(from), to) : to.split('/', to.startsWith('@') ? 2 : 1).join('/');
  const found = [...code(text).matchAll(STATIC)].map(({ groups }) => ({
    from,
    to: whole(groups?.['to'] ?? ''),
    kind: groups?.['type'] ? ('type' as const) : ('value' as const),
  }));
  const later = [...code(text).matchAll(DYNAMIC)].map(({ groups }) => ({
    from,
    to: whole(groups?.['to'] ?? ''),
    kind: 'dynamic' as const,
  }));
  return [...found, ...later];
}

/** Every import of every file. */
export const allImports = (sources: Sources): Import[] => [...sources].flatMap(([path, text]) => importsOf(path, text));
/** True for a path, false for a package. */
export const isOurs = (to: string): boolean =>
  to.startsWith('src/') || to.startsWith('test/') || to.startsWith('bench/');

/** Every value import that runs when the files of `start` are loaded. */
export function closure(sources: Sources, start: readonly string[]): Import[] {
  const seen = new Set(start);
  const reached: Import[] = [];
  for (const path of seen) {
    const statics = importsOf(path, sources.get(path) ?? '').filter(({ kind }) => kind === 'value');
    reached.push(...statics);
    for (const { to } of statics) if (isOurs(to)) seen.add(to);
  }
  return reached;
}

/** A circle of value imports through each file that has one. */
export function circles(sources: Sources): string[] {
  const values = new Map(
    [...sources].map(([path, text]) => [path, importsOf(path, text).filter(({ kind }) => kind === 'value')]),
  );
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'open') found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    if (state.has(path)) return;
    state.set(path, 'open');
    for (const { to } of values.get(path) ?? []) if (isOurs(to)) visit(to, [...trail, path]);
    state.set(path, 'done');
  };
  for (const path of sources.keys()) visit(path, []);
  return found;
}
