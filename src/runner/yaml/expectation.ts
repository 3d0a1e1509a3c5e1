/** A schema in plain words: `a whole number of at least 1`. */
import type { JsonSchema } from './schema.ts';

const SAFE = Number.MAX_SAFE_INTEGER;

/** What a value must be; reads well after "must be". */
export function expectation(schema: JsonSchema): string {
  if (schema.const !== undefined) return quoted(schema.const);
  if (schema.enum) return oneOf(schema.enum.map(plainWord));
  const options = schema.oneOf ?? schema.anyOf;
  if (options) return eitherOf(options);
  switch (schema.type) {
    case 'integer':
      return `a whole number${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'nothing';
    case 'string':
      return text(schema);
    case 'array':
      return `a list${length(schema)}`;
    case 'object':
      return map(schema);
    default:
      return 'another value';
  }
}

function range(schema: JsonSchema): string {
  const { exclusiveMinimum: above, exclusiveMaximum: below, multipleOf } = schema;
  const least = schema.minimum !== undefined && schema.minimum > -SAFE ? schema.minimum : undefined;
  const most = schema.maximum !== undefined && schema.maximum < SAFE ? schema.maximum : undefined;
  const step = multipleOf === undefined || multipleOf === 1 ? '' : `, a multiple of ${multipleOf}`;
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}${step}`;
  const parts: string[] = [];
  if (above !== undefined) parts.push(`above ${above}`);
  if (least !== undefined) parts.push(`of at least ${least}`);
  if (below !== undefined) parts.push(`below ${below}`);
  if (most !== undefined) parts.push(`${least === undefined && above === undefined ? 'of ' : ''}at most ${most}`);
  return parts.length === 0 ? step.replace(',', ' that is') : ` ${parts.join(' and ')}${step}`;
}

function text(schema: JsonSchema): string {
  if (schema.pattern !== undefined) return `text like /${schema.pattern}/`;
  if (schema.minLength === 1) return 'text that is not empty';
  return schema.minLength === undefined ? 'text' : `text of at least ${schema.minLength} characters`;
}

function length(schema: JsonSchema): string {
  const { minItems, maxItems } = schema;
  if (minItems !== undefined && minItems === maxItems) return ` of ${minItems}`;
  if (minItems !== undefined && maxItems !== undefined) return ` of ${minItems} to ${maxItems}`;
  if (minItems !== undefined) return ` of at least ${minItems}`;
  return maxItems === undefined ? '' : ` of at most ${maxItems}`;
}

function map(schema: JsonSchema): string {
  const keys = Object.keys(schema.properties ?? {});
  const kind = schema.properties?.kind?.const;
  if (kind !== undefined) return `a map with kind: ${plainWord(kind)}`;
  return keys.length === 0 ? 'a map' : `a map of ${keys.slice(0, 8).join(', ')}${keys.length > 8 ? ', …' : ''}`;
}

function eitherOf(options: readonly JsonSchema[]): string {
  const kinds = options.map((option) => option.properties?.kind?.const);
  if (kinds.every((kind) => kind !== undefined)) return `a map with kind: ${kinds.map(plainWord).join(', ')}`;
  return [...new Set(options.map(expectation))].join(' or ');
}

function oneOf(words: readonly string[]): string {
  return words.length === 1 ? words[0] : `one of ${words.join(', ')}`;
}

/** Words of an enumeration stand as they are written in YAML. */
export function plainWord(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function quoted(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
