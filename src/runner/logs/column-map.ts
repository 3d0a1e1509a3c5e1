/** Which column of a log holds what: a map in YAML, or the one that standard names suggest. */
import { z } from 'zod';
import { InputError } from '../../core/errors.ts';
import { closest } from '../did-you-mean.ts';
import { checkColumn, listed } from './names.ts';

const perAction = z
  .union([z.array(z.string()).min(1), z.record(z.string(), z.string())])
  .describe('One column for each action: {action: column}, or a list in the order of the actions');

/** Which column of a log holds what. */
export const columnMap = z
  .strictObject({
    action: z.string().describe('What was shown: a name or a number'),
    propensity: z.string().optional().describe('Probability in (0, 1] with which it was chosen'),
    reward: z.string().optional().describe('What it brought, in any unit: higher is better'),
    click: z.string().optional().describe('1 where it was clicked, else 0; also the reward where none is named'),
    cost: z.string().optional().describe('What it cost; the reward is minus that'),
    context: z.array(z.string()).optional().describe('What was known before: numbers, or texts as categories'),
    categories: z.array(z.string()).optional().describe('Those columns whose numbers are names, not amounts'),
    user: z.string().optional().describe('Who saw it'),
    time: z.string().optional().describe('When: an ISO date (UTC where it names no zone), or a number of hours'),
    segments: z.array(z.string()).optional().describe('Columns to look at the results by'),
    position: z.string().optional().describe('Place on the page, or within the episode'),
    episode: z
      .string()
      .optional()
      .describe('Rows of one episode, which are valued together: what they bring is summed'),
    slate: z.string().optional().describe('Rows of one page, which are valued together'),
    marginal: z
      .strictObject({ behaviour: z.string(), evaluation: z.string() })
      .optional()
      .describe('Odds under both policies of the action in its place, whatever stands in the other places of the page'),
    behaviour: perAction.optional().describe('The whole behaviour policy, one column of odds for each action'),
    evaluation: perAction.optional().describe('The odds of a policy to be valued, one column for each action'),
    predicted: perAction.optional().describe('Predictions of a reward model, one column for each action'),
    actions: z
      .union([z.int().min(1), z.array(z.union([z.string(), z.number()]))])
      .refine(
        (actions) => typeof actions === 'number' || new Set(actions.map(String)).size === actions.length,
        'names an action twice',
      )
      .optional()
      .describe('Every action there is: their names, or how many where they are numbered from 0; default: those seen'),
    rewardRange: z
      .tuple([z.number(), z.number()])
      .refine(([least, largest]) => least < largest, 'the first number, the least reward, must be below the second')
      .optional()
      .describe('Least and largest reward there can be; honest intervals need it. Clicks: [0, 1]'),
    rewardUnit: z.string().optional().describe('Unit of the reward, for instance USD'),
  })
  .refine((map) => [map.reward ?? map.click, map.cost].filter((name) => name !== undefined).length === 1, {
    message: 'name one of reward, click and cost',
    path: ['reward'],
  })
  .refine((map) => map.episode === undefined || map.slate === undefined, {
    message: 'rows are valued by episode or by slate; name one of both',
    path: ['slate'],
  })
  .refine((map) => map.marginal === undefined || map.slate !== undefined, {
    message: 'are odds of places on a page; name the column of pages (slate)',
    path: ['marginal'],
  });
export type ColumnMap = z.infer<typeof columnMap>;

/** Names that need no map, best first. */
const STANDARD = {
  action: ['action', 'action_id', 'item_id', 'arm'],
  propensity: ['propensity', 'pscore', 'action_prob', 'propensity_score', 'probability'],
  reward: ['reward'],
  click: ['click', 'clicked'],
  cost: ['cost'],
  user: ['user', 'user_id'],
  time: ['time', 'timestamp', 'hour'],
  position: ['position'],
} as const;

/** Prefixes that say what a column of each action, or a context column, is. */
const PREFIXES = { behaviour: 'propensity:', evaluation: 'evaluation:', predicted: 'predicted:' } as const;

/** The map that a file's own names suggest. Throws `InputError`, with the columns it has, where they suggest none. */
export function guessedMap(path: string, names: readonly string[]): ColumnMap {
  const lower = names.map((name) => name.toLowerCase());
  const found = (key: keyof typeof STANDARD): string | undefined => {
    const standard = STANDARD[key].find((name) => lower.includes(name));
    return standard === undefined ? undefined : names[lower.indexOf(standard)];
  };
  const action = found('action');
  const reward = found('reward');
  const click = found('click');
  const cost = reward === undefined && click === undefined ? found('cost') : undefined;
  if (action === undefined) throw unmapped(path, 'action', names);
  if (reward === undefined && click === undefined && cost === undefined) throw unmapped(path, 'reward', names);
  const map: ColumnMap = { action };
  if (reward !== undefined) map.reward = reward;
  if (click !== undefined) map.click = click;
  if (cost !== undefined) map.cost = cost;
  for (const key of ['propensity', 'user', 'time', 'position'] as const) {
    const name = found(key);
    if (name !== undefined) map[key] = name;
  }
  for (const key of ['behaviour', 'evaluation', 'predicted'] as const) {
    const prefix = PREFIXES[key];
    const own = names.filter((name) => name.startsWith(prefix));
    if (own.length > 0) map[key] = Object.fromEntries(own.map((name) => [name.slice(prefix.length), name]));
  }
  const context = names.filter((name) => name.startsWith('context:') || /^(?:context|feature|x)_?\d+$/u.test(name));
  if (context.length > 0) map.context = context;
  return map;
}

function unmapped(path: string, key: 'action' | 'reward', names: readonly string[]): InputError {
  const words = key === 'action' ? STANDARD.action : [...STANDARD.reward, ...STANDARD.click, ...STANDARD.cost];
  const near = words.map((word) => closest(word, names)).find((name) => name !== undefined);
  const hint = near === undefined ? '' : ` - did you mean "${near}"?`;
  return new InputError(
    `${path} has no column named ${words.join(', ')}${hint}; it has ${listed(names)}; ` +
      `say which is which with --columns map.yaml (${key}: COLUMN)`,
  );
}

/** Every column that a map names, with the key that names it. */
export function mappedColumns(map: ColumnMap): [key: string, name: string][] {
  const mapped: [string, string][] = [];
  for (const [key, value] of Object.entries(map)) {
    if (['actions', 'rewardRange', 'rewardUnit', 'categories'].includes(key)) continue;
    if (typeof value === 'string') mapped.push([key, value]);
    else
      for (const [inner, name] of Object.entries(value as Record<string, string>))
        mapped.push([`${key}.${inner}`, name]);
  }
  return mapped;
}

/** Throws `InputError` where the map names a column that the file has not, or one column as two things. */
export function checkMap(path: string, map: ColumnMap, names: readonly string[]): void {
  for (const [key, name] of mappedColumns(map)) checkColumn(path, key, name, names);
  for (const name of map.categories ?? []) checkColumn(path, 'categories', name, names);
  const roles = (['action', 'propensity', 'reward', 'click', 'cost'] as const).flatMap((key) =>
    map[key] === undefined || (key === 'click' && map.click === map.reward) ? [] : [{ key, name: map[key] }],
  );
  for (const [i, { key, name }] of roles.entries()) {
    const other = roles.slice(0, i).find((one) => one.name === name);
    if (other) {
      throw new InputError(
        `${path}: ${other.key} and ${key} are both read from the column "${name}"; name one for each`,
      );
    }
  }
}

/** (k) the columns of a map of one column for each action, in the order of the actions. Throws `InputError`. */
export function actionColumns(
  columns: readonly string[] | Readonly<Record<string, string>>,
  actions: readonly string[],
  key: string,
): string[] {
  const byName = Array.isArray(columns) ? undefined : (columns as Readonly<Record<string, string>>);
  const count = Object.keys(columns).length;
  if (count !== actions.length) {
    throw new InputError(`${key}: it names ${count} columns, there are ${actions.length} actions (${listed(actions)})`);
  }
  if (!byName) return [...(columns as readonly string[])];
  return actions.map((action) => {
    if (Object.hasOwn(byName, action)) return byName[action];
    throw new InputError(`${key}: it names no column for the action ${action}; there are ${listed(actions)}`);
  });
}
