/** `adsim list`: what there is to choose from. */
import type { ZodType } from 'zod';
import { InputError } from '../../core/errors.ts';
import type { Arguments } from '../commands.ts';
import { LISTS } from '../commands.ts';
import { OK } from '../failure.ts';
import { flagOf, textOf } from '../options.ts';
import { wrapped } from '../table.ts';
import type { Terminal } from '../terminal.ts';

/** One thing that can be named in a config. */
export interface Listed {
  name: string;
  summary: string;
  /** Where it comes from; empty where it is our own. */
  reference: string;
  /** Its own keys with their defaults; what all of a kind share is left out. */
  parameters?: readonly { name: string; default: unknown }[];
}

type Kind = (typeof LISTS)[number];

const READERS: Readonly<Record<Kind, () => Promise<Listed[]>>> = {
  worlds: async () => {
    const { WORLDS } = await import('../../env/presets.ts');
    return WORLDS.map(({ name, question }) => ({ name, summary: question, reference: '' }));
  },
  agents: async () => {
    const [{ AGENTS }, { commonFields }] = await Promise.all([
      import('../../agents/registry.ts'),
      import('../../agents/kind.ts'),
    ]);
    return AGENTS.map(({ kind, summary, reference, schema }) => {
      const own = Object.entries(schema.shape).filter(([key]) => key !== 'kind' && !Object.hasOwn(commonFields, key));
      const parameters = own.map(([name, field]) => ({ name, default: defaultOf(field) }));
      return { name: kind, summary, reference, parameters };
    });
  },
  models: async () => {
    const { MODELS } = await import('../../models/ctr/registry.ts');
    return MODELS.map(({ kind, summary, reference }) => ({ name: kind, summary, reference }));
  },
  estimators: async () => {
    const { ESTIMATORS } = await import('../../ope/registry.ts');
    return ESTIMATORS.map(({ name, summary, reference, parameter }) => ({
      name,
      summary,
      reference,
      ...(parameter && { parameters: [{ name: parameter.key, default: parameter.default }] }),
    }));
  },
};

/** A key's default; null where leaving it out is one of its own. */
function defaultOf(field: unknown): unknown {
  return (field as ZodType).safeParse(undefined).data ?? null;
}

/** Where each is named in a config. */
const KEYS: Readonly<Record<Kind, string>> = {
  worlds: 'world.preset',
  agents: 'agents.0.kind',
  models: 'models.0.kind',
  estimators: 'offPolicy.estimators',
};

export async function list(given: Arguments, terminal: Terminal): Promise<number> {
  const kinds = await kindsOf(textOf(given, 'kind'));
  const found = await Promise.all(kinds.map(async (kind) => [kind, await READERS[kind]()] as const));
  if (flagOf(given, 'json')) {
    const value = given['kind'] === undefined ? Object.fromEntries(found) : found[0][1];
    terminal.out(JSON.stringify(value, null, 2));
    return OK;
  }
  terminal.out(found.map(([kind, entries]) => section(kind, entries, terminal)).join('\n\n'));
  return OK;
}

async function kindsOf(asked: string | undefined): Promise<readonly Kind[]> {
  if (asked === undefined) return LISTS;
  const kind = LISTS.find((known) => known === asked);
  if (kind) return [kind];
  const { suggestion } = await import('../../runner/did-you-mean.ts');
  throw new InputError(`adsim list: unknown "${asked}"${suggestion(asked, LISTS)}`);
}

function section(kind: Kind, entries: readonly Listed[], terminal: Terminal): string {
  const width = Math.max(...entries.map(({ name }) => name.length));
  const lines = entries.map(({ name, summary, reference, parameters = [] }) => {
    const source = reference === '' ? '' : ` (${reference})`;
    const keys = parameters.map((one) =>
      one.default === null ? one.name : `${one.name} = ${JSON.stringify(one.default)}`,
    );
    const own = keys.length === 0 ? '' : ` [${keys.join(', ')}]`;
    const text = wrapped(`${summary}${source}${own}`, 100, width + 4);
    return `  ${terminal.paint('out', 'bold', name.padEnd(width))}  ${text}`;
  });
  return [`${kind} (${KEYS[kind]})`, ...lines].join('\n');
}
