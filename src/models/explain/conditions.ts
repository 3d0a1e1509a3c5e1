/** The way down a tree in words: `PageValues is above 12 and Month is Nov or Dec`. */
import type { Examples, Field } from '../supervised/examples.ts';
import { goesLeft } from '../supervised/trees/tree.ts';
import type { Trees } from '../supervised/trees/tree.ts';

/** What the values of one column are where a leaf is. */
export type Condition =
  | { kind: 'number'; name: string; above: number; upTo: number; missing: boolean }
  | { kind: 'field'; name: string; levels: readonly string[]; others: readonly string[] };

/**
 * All that leads from the root of tree 0 to a node, each column once, in the order in which the tree asks. Levels and missing
 * values that none of the `rows` has are not spoken of.
 */
export function conditionsAt(tree: Trees, node: number, rows: Examples): Condition[] {
  const way: { at: number; left: boolean }[] = [];
  for (let child = node; child !== tree.root[0];) {
    const at = tree.feature.findIndex((_, n) => tree.left[n] === child || tree.right[n] === child);
    way.unshift({ at, left: tree.left[at] === child });
    child = at;
  }
  const columns = [...new Set(way.map(({ at }) => tree.feature[at]))];
  return columns.map((column) => {
    const splits = way.filter(({ at }) => tree.feature[at] === column);
    if (column < tree.numbers) {
      return {
        kind: 'number',
        name: rows.numericNames[column],
        above: Math.max(-Infinity, ...splits.flatMap(({ at, left }) => (left ? [] : [tree.threshold[at]]))),
        upTo: Math.min(Infinity, ...splits.flatMap(({ at, left }) => (left ? [tree.threshold[at]] : []))),
        missing: splits.every(({ at, left }) => (tree.missingLeft[at] === 1) === left) && hasMissing(rows, column),
      };
    }
    const field = rows.fields[column - tree.numbers];
    const codes = [...new Set(field.codes)].sort((a, b) => a - b);
    const inside = codes.filter((code) => splits.every(({ at, left }) => goesLeft(tree, at, code) === left));
    const named = (code: number): string => nameOf(field, code);
    const others = codes.filter((code) => !inside.includes(code));
    return { kind: 'field', name: field.name, levels: inside.map(named), others: others.map(named) };
  });
}

function hasMissing({ numeric, size }: Examples, column: number): boolean {
  for (let i = 0; i < size; i++) if (Number.isNaN(numeric.data[i * numeric.columns + column])) return true;
  return false;
}

function nameOf({ labels }: Field, code: number): string {
  return code === 0 ? 'missing' : (labels?.[code] ?? String(code));
}

/** Joined by `and`; empty where there are none. */
export function conditionWords(conditions: readonly Condition[]): string {
  return conditions.map(words).join(' and ');
}

function words(condition: Condition): string {
  const { name } = condition;
  if (condition.kind === 'field') {
    const { levels, others } = condition;
    return levels.length <= others.length ? `${name} is ${listed(levels)}` : `${name} is not ${listed(others)}`;
  }
  const { above, upTo, missing } = condition;
  const number = (value: number): string => String(Number(value.toPrecision(4)));
  let said = `is above ${number(above)} and at most ${number(upTo)}`;
  if (above === -Infinity) said = `is at most ${number(upTo)}`;
  else if (upTo === Infinity) said = `is above ${number(above)}`;
  return `${name} ${said}${missing ? ' or missing' : ''}`;
}

const MOST_NAMED = 6;

function listed(names: readonly string[]): string {
  if (names.length > MOST_NAMED) {
    return `one of ${names.slice(0, MOST_NAMED - 1).join(', ')} and ${names.length - MOST_NAMED + 1} more`;
  }
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names[names.length - 1]}`;
}
