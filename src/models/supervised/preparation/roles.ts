/** Which column of a table is what: as a config says, and for the rest as its cells suggest. */
import { z } from 'zod';

const names = (describe: string) => z.array(z.string().min(1)).default([]).describe(describe);

/** What a config may say of a table's columns; all that is left unsaid is inferred. */
export const columnRoles = z
  .strictObject({
    label: z.string().min(1).describe('What is to be predicted'),
    positive: z
      .union([z.string(), z.number(), z.boolean()])
      .transform(String)
      .optional()
      .describe('The label that counts as 1, all others as 0; default: of two labels the one that says yes'),
    numeric: names('Amounts'),
    categorical: names('Names, also where they are written as numbers'),
    text: names('Free text: becomes its words'),
    drop: names('Columns to leave out: what is known only afterwards must be among them'),
    group: z.string().min(1).optional().describe('Whose row it is, such as the user: folds keep a group together'),
    time: z.string().min(1).optional().describe('When: an ISO date (UTC where it names no zone), or a number'),
    weight: z.string().min(1).optional().describe('How much each row counts, ≥ 0'),
    click: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Whether it was clicked, 1 or 0, where the label is a conversion: what esmm and separate learn of as well',
      ),
    hash: z
      .record(z.string(), z.int().min(1).max(24))
      .default({})
      .describe('Categorical columns of too many levels: hashed into 2^bits codes, which unlike levels may share'),
    rare: z.int().min(1).default(5).describe('Levels of fewer training rows than this become one, "other"'),
    deduplicate: z.boolean().default(false).describe('Keep one of several rows that are equal in every column'),
  })
  .describe('Which column is what');
export type ColumnRoles = z.infer<typeof columnRoles>;

/** Every column that the roles name, with the key that names it. */
export function namedColumns(roles: ColumnRoles): [key: string, name: string][] {
  const named: [string, string][] = [['label', roles.label]];
  for (const key of ['group', 'time', 'weight', 'click'] as const) {
    const name = roles[key];
    if (name !== undefined) named.push([key, name]);
  }
  for (const key of ['numeric', 'categorical', 'text', 'drop'] as const) {
    for (const name of roles[key]) named.push([key, name]);
  }
  for (const name of Object.keys(roles.hash)) named.push(['hash', name]);
  return named;
}
