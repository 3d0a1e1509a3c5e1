/** The classic worlds by name, as a config says them. */
import { z } from 'zod';
import { bernoulliArms, gaussianTestbed, renewedArms } from './arms.ts';
import { catchBall } from './catch.ts';
import { acrobot, cartPole } from './pendulums.ts';
import { tableDynamics } from './tables.ts';
import type { Table } from './tables.ts';
import { cliffWalking, maximisationBias, randomWalk, smallGrid, windyGrid } from './textbook.ts';
import type { Dynamics } from './world.ts';

/** Worlds that are tables, and so can be worked out by arithmetic. */
export const TABLES = {
  'cliff-walking': cliffWalking,
  'windy-grid': windyGrid,
  'small-grid': smallGrid,
  'random-walk': randomWalk,
  'maximisation-bias': () => maximisationBias(10),
} as const satisfies Record<string, () => Table>;

export const tableName = z.enum(Object.keys(TABLES) as [keyof typeof TABLES]);

const rate = z.number().min(0).max(1);
const count = z.int().min(1).max(1000);

export const classicSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bernoulli-arms'), rates: z.array(rate).min(1) }),
  z.strictObject({
    kind: z.literal('renewed-arms'),
    arms: count,
    alpha: z.number().positive(),
    beta: z.number().positive(),
    renewal: rate,
  }),
  z.strictObject({ kind: z.literal('gaussian-testbed'), arms: count }),
  z.strictObject({ kind: z.literal('table'), table: tableName }),
  z.strictObject({ kind: z.literal('catch') }),
  z.strictObject({ kind: z.literal('cart-pole') }),
  z.strictObject({ kind: z.literal('acrobot') }),
]);

export type ClassicConfig = z.infer<typeof classicSchema>;

/** The dynamics of a configured world. */
export function classicDynamics(config: ClassicConfig): Dynamics {
  if (config.kind === 'bernoulli-arms') return bernoulliArms(config.rates);
  if (config.kind === 'renewed-arms') return renewedArms(config);
  if (config.kind === 'gaussian-testbed') return gaussianTestbed(config.arms);
  if (config.kind === 'table') return tableDynamics(TABLES[config.table]());
  return { catch: catchBall, 'cart-pole': cartPole, acrobot }[config.kind]();
}
