/** What zod found wrong, as problems with a place, a plain sentence and what to do. */
import * as z from 'zod';
import { closest, suggestion } from '../did-you-mean.ts';
import { expectation, plainWord } from './expectation.ts';
import { join } from './parse.ts';
import { jsonSchemaOf, keysOf, pathsTo, schemaAt } from './schema.ts';
import type { JsonSchema } from './schema.ts';
import type { Problem, Step, Tree } from './tree.ts';
import { find, plain, shown } from './tree.ts';

type Issue = z.core.$ZodIssue;

const localeError = z.locales.en().localeError;

/** Zod's own words for an issue; other words were written by the author of the schema, who knows better than we do. */
function standard(issue: Issue): string {
  const message = localeError(issue as Parameters<typeof localeError>[0]);
  return typeof message === 'string' ? message : (message?.message ?? '');
}

/** Translates the issues of a failed parse of `plain(tree)`. Never returns an empty list. */
export function problemsOf(issues: readonly Issue[], tree: Tree, schema: z.ZodType): Problem[] {
  const root = jsonSchemaOf(schema);
  const data = plain(tree);
  return issues.flatMap((issue) => translate(issue, [], tree, root, data));
}

function translate(issue: Issue, above: readonly Step[], tree: Tree, root: JsonSchema, data: unknown): Problem[] {
  const path = [...above, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
  const dotted = path.reduce<string>(join, '');
  const { tree: found, place } = find(tree, path);
  const here = schemaAt(root, path, data);
  const one = (message: string): Problem[] => [{ place, path: dotted, message }];

  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path, tree, root, here));
  if (issue.code === 'invalid_union') {
    const inner = nearestBranch(issue);
    if (inner) return inner.flatMap((below) => translate(below, path, tree, root, data));
  }
  if (issue.message !== standard(issue)) return one(`${issue.message}${got(found)}`);
  const choices = choicesAt(issue, path, root, data);
  if (found === undefined)
    return one(`is missing; give ${choices ? choiceText(choices) : expectation(here)}${about(here)}`);
  if (choices && found.kind === 'leaf' && typeof found.value === 'string') {
    return one(`unknown ${shown(found)}${suggestion(found.value, choices)}`);
  }
  if (choices) return one(`must be ${choiceText(choices)}${got(found)}`);
  const wanted = expectation(here);
  if (wanted === 'another value') return one(`${standard(issue).toLowerCase()}${got(found)}`);
  return one(`must be ${wanted}${got(found)}${advice(here, found)}`);
}

/** The words that are allowed, where the issue is about one of several. */
function choicesAt(issue: Issue, path: readonly Step[], root: JsonSchema, data: unknown): string[] | undefined {
  if (issue.code === 'invalid_value') return issue.values.length > 1 ? issue.values.map(plainWord) : undefined;
  if (issue.code !== 'invalid_union' || typeof issue.discriminator !== 'string') return undefined;
  const options = (issue as { options?: readonly unknown[] }).options;
  if (options) return options.map(plainWord);
  const parent = schemaAt(root, path.slice(0, -1), data);
  const branches = parent.oneOf ?? parent.anyOf ?? [];
  return branches.map((option) => plainWord(option.properties?.[issue.discriminator as string]?.const));
}

function choiceText(choices: readonly string[]): string {
  return choices.length > 1 ? `one of ${choices.join(', ')}` : choices[0];
}

function unknownKey(key: string, path: readonly Step[], tree: Tree, root: JsonSchema, here: JsonSchema): Problem {
  const map = find(tree, path).tree;
  const entry = map?.kind === 'map' ? map.entries.get(key) : undefined;
  const keys = keysOf(root, here);
  const written = [...path, key].reduce<string>(join, '');
  const elsewhere = closest(key, keys) === undefined ? pathsTo(root, key, 1).find((one) => one !== written) : undefined;
  const end = elsewhere === undefined ? suggestion(key, keys) : `; it belongs at ${elsewhere}`;
  const place = entry?.key ?? find(tree, path).place;
  return { place, path: written, message: `unknown key "${key}"${end}` };
}

/** Of a union without a discriminator: the only branch that is of the value's own type, if there is one. */
function nearestBranch(issue: Extract<Issue, { code: 'invalid_union' }>): readonly Issue[] | undefined {
  const near = issue.errors.filter(
    (branch) => !branch.some((e) => e.path.length === 0 && (e.code === 'invalid_type' || e.code === 'invalid_value')),
  );
  return near.length === 1 ? near[0] : undefined;
}

function got(found: Tree | undefined): string {
  return found === undefined ? '' : ` (got ${shown(found)})`;
}

function about(schema: JsonSchema): string {
  return schema.description === undefined ? '' : ` (${schema.description.replace(/\.$/u, '')})`;
}

/** What to write instead. */
function advice(schema: JsonSchema, found: Tree): string {
  if (found.kind === 'leaf') {
    const number = typeof found.value === 'string' ? found.value.replaceAll(/[_,' ]/gu, '') : '';
    const numeric = schema.type === 'number' || schema.type === 'integer';
    if (numeric && /^-?\d+(?:\.\d+)?$/u.test(number)) return `; write ${number}`;
    if (schema.type === 'string' && typeof found.value === 'number') return `; put it in quotes: "${found.value}"`;
    if (schema.type === 'string' && typeof found.value === 'boolean') return `; put it in quotes: "${found.value}"`;
  }
  const example = schema.examples?.[0];
  if (example !== undefined) return `; for instance ${JSON.stringify(example)}`;
  if (schema.default === undefined || typeof schema.default === 'object') return '';
  return `; the default is ${JSON.stringify(schema.default)}`;
}
