/** A YAML or JSON file, what it extends and every `--set`, checked by a schema: the whole truth or one clear error. */
import type * as z from 'zod';
import { InputError } from '../core/errors.ts';
import { inputError, where } from './yaml/frame.ts';
import { problemsOf } from './yaml/issues.ts';
import { readLayers } from './yaml/layers.ts';
import { override } from './yaml/overrides.ts';
import type { Branch, Step } from './yaml/tree.ts';
import { find, plain } from './yaml/tree.ts';

/** Where a configuration came from; it lets later checks (a missing image folder) point at the line to mend. */
export interface ConfigSource {
  /** The path as given. */
  path: string;
  /** Every file that was read, extended ones first. */
  files: readonly string[];
  /** The merged input before defaults. */
  input: unknown;
  /** `file:line:column` or `--set path=value` of the value at a path, or of the nearest thing above it. */
  where(path: readonly Step[]): string;
  /** Folder that a relative path written at this key starts from: the file's own, or `.` for a `--set`. */
  folder(path: readonly Step[]): string;
  /** An InputError in the loader's own format. */
  error(path: readonly Step[], message: string): InputError;
  /** Another check's `key.path: what is wrong` in the loader's format; any other error is returned as it is. */
  placed(error: unknown): unknown;
}

/**
 * Loads a configuration. Throws InputError: every problem on a line of its own (`file:line:column  key.path: what
 * (got …); what to do`), each followed by the line of the file with a caret.
 */
export function loadConfig<T>(
  path: string,
  schema: z.ZodType<T>,
  options: { set?: readonly string[] } = {},
): { config: T; source: ConfigSource } {
  const layers = readLayers(path);
  let tree: Branch = layers.tree;
  for (const text of options.set ?? []) tree = override(tree, text);
  const input = plain(tree);
  const result = schema.safeParse(input, { reportInput: true });
  if (!result.success) throw inputError(problemsOf(result.error.issues, tree, schema));
  const at = (steps: readonly Step[]) => find(tree, steps).place;
  const error = (steps: readonly Step[], message: string): InputError =>
    inputError([{ place: at(steps), path: steps.join('.'), message }]);
  const source: ConfigSource = {
    path,
    files: layers.files,
    input,
    where: (steps) => where(at(steps)),
    folder: (steps) => at(steps).source.folder,
    error,
    placed(other) {
      const named = other instanceof InputError ? /^(\w+(?:\.\w+)*): (.+)$/su.exec(other.message) : null;
      const known = named && tree.entries.has(named[1].split('.')[0]);
      return known ? error(named[1].split('.'), named[2]) : other;
    },
  };
  return { config: result.data, source };
}
