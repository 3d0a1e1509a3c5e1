/** What a schema wants at a path, in words and as candidates for a did-you-mean. */
import * as z from 'zod';
import type { Step } from './tree.ts';

/** The part of JSON Schema that zod writes. */
export interface JsonSchema {
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  type?: string;
  const?: unknown;
  enum?: readonly unknown[];
  default?: unknown;
  examples?: readonly unknown[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: readonly string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema | boolean;
  prefixItems?: readonly JsonSchema[];
  anyOf?: readonly JsonSchema[];
  oneOf?: readonly JsonSchema[];
  allOf?: readonly JsonSchema[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minLength?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
}

/** The JSON Schema of what a user may write; what stands in it twice, once, under `$defs`, where `reused` is `ref`. */
export function jsonSchemaOf(schema: z.ZodType, reused: 'inline' | 'ref' = 'inline'): JsonSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused }) as JsonSchema;
}

/** The schema at a path of `data`; in a union, the branch whose constants (`kind`) agree with the data. */
export function schemaAt(root: JsonSchema, path: readonly Step[], data: unknown): JsonSchema {
  let value = data;
  let schema = branch(root, root, value);
  for (const step of path) {
    value = typeof value === 'object' && value !== null ? (value as Record<Step, unknown>)[step] : undefined;
    schema = branch(root, below(schema, step), value);
  }
  return schema;
}

function below(schema: JsonSchema, step: Step): JsonSchema {
  if (typeof step === 'number') {
    const item = schema.prefixItems?.[step] ?? schema.items;
    return typeof item === 'object' ? item : {};
  }
  const { properties, additionalProperties } = schema;
  if (properties && Object.hasOwn(properties, step)) return properties[step];
  return typeof additionalProperties === 'object' ? additionalProperties : {};
}

function branch(root: JsonSchema, schema: JsonSchema, value: unknown): JsonSchema {
  const here = followed(root, schema);
  const whole = here.allOf ? here.allOf.map((part) => branch(root, part, value)).reduce(union, here) : here;
  const options = (whole.oneOf ?? whole.anyOf)?.map((option) => followed(root, option));
  const fits = options?.find((option) => fitting(option, value));
  return fits
    ? branch(root, { ...fits, ...(whole.default === undefined ? {} : { default: whole.default }) }, value)
    : whole;
}

function union(a: JsonSchema, b: JsonSchema): JsonSchema {
  return { ...a, ...b, properties: { ...a.properties, ...b.properties } };
}

function followed(root: JsonSchema, schema: JsonSchema): JsonSchema {
  if (schema.$ref === '#') return root;
  if (schema.$ref === undefined) return schema;
  const { $ref, ...rest } = schema;
  return { ...root.$defs?.[$ref.replace('#/$defs/', '')], ...rest };
}

/** True where a union's option is of the value's type and its constants agree; a lone word fits no option. */
function fitting(option: JsonSchema, value: unknown): boolean {
  if (option.const !== undefined || option.enum) return false;
  if (typeof value === 'number') return option.type === 'number' || option.type === 'integer';
  if (Array.isArray(value)) return option.type === 'array';
  if (typeof value !== 'object' || value === null) return option.type === typeof value;
  const constants = Object.entries(option.properties ?? {}).filter(([, property]) => property.const !== undefined);
  const agree = constants.every(([key, { const: word }]) => word === (value as Record<string, unknown>)[key]);
  return agree && option.type !== 'string' && option.type !== 'array';
}

/** The keys a map may have here, over all branches of a union. */
export function keysOf(root: JsonSchema, schema: JsonSchema): string[] {
  const here = followed(root, schema);
  const inside = [...(here.oneOf ?? []), ...(here.anyOf ?? [])].flatMap((option) => keysOf(root, option));
  return [...new Set([...Object.keys(here.properties ?? {}), ...inside])];
}

/** The paths at which `key` is known anywhere in the schema, lists written as `agents.0`. At most `most`. */
export function pathsTo(root: JsonSchema, key: string, most = 2): string[] {
  const found = new Set<string>();
  const walk = (schema: JsonSchema, path: string, depth: number): void => {
    if (depth > 6 || found.size >= most) return;
    const here = followed(root, schema);
    for (const [name, property] of Object.entries(here.properties ?? {})) {
      const inner = path === '' ? name : `${path}.${name}`;
      if (name === key) found.add(inner);
      walk(property, inner, depth + 1);
    }
    if (typeof here.items === 'object') walk(here.items, `${path}.0`, depth + 1);
    for (const option of [...(here.oneOf ?? []), ...(here.anyOf ?? []), ...(here.allOf ?? [])])
      walk(option, path, depth);
  };
  walk(root, '', 0);
  return [...found].slice(0, most);
}
