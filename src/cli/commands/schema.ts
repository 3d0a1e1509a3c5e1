/** `adsim schema`: JSON Schema of a config, so that an editor completes keys and marks mistakes. */
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

const EXTENDS = {
  description: 'Config files that this one starts from, relative to it: maps merge, everything else replaces',
  anyOf: [
    { type: 'string', minLength: 1 },
    { type: 'array', items: { type: 'string', minLength: 1 } },
  ],
};

export async function schema(_given: Arguments, terminal: Terminal): Promise<number> {
  const { experimentSchema } = await import('../../runner/config.ts');
  const { jsonSchemaOf } = await import('../../runner/yaml/schema.ts');
  const { properties, required, ...rest } = jsonSchemaOf(experimentSchema, 'ref');
  const whole = {
    ...rest,
    title: 'adsim experiment',
    properties: { extends: EXTENDS, ...properties },
    // What a file extends may bring the required keys.
    anyOf: [{ required: ['extends'] }, { required }],
  };
  terminal.out(JSON.stringify(whole, null, 2));
  return OK;
}
