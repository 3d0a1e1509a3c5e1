/**
 * The odds of Beta–Bernoulli Thompson sampling that no longer learns: every request draws a click rate for each action
 * from its Beta and shows the L best of them from the top down (the Open Bandit Pipeline's BernoulliTS, whose odds are
 * counts of 100,000 draws; here they are integrals).
 */
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import { loadConfig } from '../config-file.ts';
import { suggestion } from '../did-you-mean.ts';
import type { LogBlock, LogSource } from '../logs/source.ts';
import { betaRanks } from './beta-ranks.ts';
import { hasColumn, perAction, requireColumn } from './names.ts';
import type { Part, PartSetup } from './part.ts';
import { positionsOf } from './positions.ts';
import type { RuleOf } from './schema.ts';
import { under } from './under.ts';

type Config = RuleOf<'bernoulli-thompson'>;

const counts = z.array(z.number().positive());
const priorSchema = z.record(
  z.string(),
  z.strictObject({
    alpha: counts.describe('Successes of each item, from item 0'),
    beta: counts.describe('Failures of each item, from item 0'),
  }),
);

/** Throws `InputError` where the prior and the log's actions do not go together, or the log lacks the column. */
export async function bernoulliThompson(rule: Config, { source, folder }: PartSetup): Promise<Part> {
  const { alpha, beta } = await (rule.prior === undefined
    ? writtenPrior(rule, source)
    : filedPrior(rule, source, folder));
  const { position } = rule;
  if (position !== undefined) await under('position', () => requireColumn(source, position));
  const column = position ?? (hasColumn(source, 'position') ? 'position' : undefined);
  const ranks = new Map<string, Matrix>();
  return {
    whole: true,
    async odds(block) {
      const { size, requests } = block.log;
      const k = alpha.length;
      const positions = positionColumn(block, column);
      const pages = Math.max(...positions);
      const out = matrix(size, k);
      for (let i = 0, start = 0; i < size; i++, start += k) {
        const eligible = requests.eligible.subarray(start, start + k);
        const some = eligible.reduce((sum, one) => sum + one, 0);
        if (some < positions[i]) {
          throw new InputError(
            `${block.where(i)}: ${some} actions are eligible, none is left for position ${positions[i]}; leave the row out`,
          );
        }
        const key = eligible.join('');
        let known = ranks.get(key);
        if (!known || known.rows < positions[i]) {
          known = ranksAmong(eligible, Math.min(pages, some));
          ranks.set(key, known);
        }
        out.data.set(known.data.subarray((positions[i] - 1) * k, positions[i] * k), start);
      }
      return out;
    },
    async close() {},
  };

  /** (L×k) ranks among the eligible actions; 0 for the others. */
  function ranksAmong(eligible: Uint8Array, L: number): Matrix {
    const chosen = [...eligible.keys()].filter((a) => eligible[a] === 1);
    const few = betaRanks(chosen.map((a) => alpha[a]), chosen.map((a) => beta[a]), L); // prettier-ignore
    const all = matrix(L, eligible.length);
    for (let l = 0; l < L; l++) {
      chosen.forEach((a, j) => (all.data[l * eligible.length + a] = few.data[l * chosen.length + j]));
    }
    return all;
  }
}

function positionColumn(block: LogBlock, column: string | undefined): number[] {
  const position = column === undefined ? () => 1 : positionsOf(block, column);
  return Array.from({ length: block.log.size }, (_, i) => position(i));
}

interface Prior {
  alpha: readonly number[];
  beta: readonly number[];
}

async function writtenPrior(rule: Config, source: LogSource): Promise<Prior> {
  const k = source.spec.actions.length;
  const list = (key: 'alpha' | 'beta'): Promise<readonly number[]> =>
    under(key, () => {
      const given = rule[key] ?? [];
      if (!Array.isArray(given)) return perAction(source, given, key);
      if (given.length === k) return given;
      throw new InputError(`holds ${given.length} numbers, the log has ${k} actions; give one for each`);
    });
  return { alpha: await list('alpha'), beta: await list('beta') };
}

/** Items are numbered in a prior file: actions that are called 0, 1, … take their own number's, others go by order. */
async function filedPrior(rule: Config, { spec }: LogSource, folder: string): Promise<Prior> {
  const { prior = '', campaign } = rule;
  const path = isAbsolute(prior) ? prior : join(folder, prior);
  const { config } = await under('prior', () => loadConfig(path, priorSchema));
  const campaigns = Object.keys(config);
  if (campaign === undefined || !Object.hasOwn(config, campaign)) {
    const what = campaign === undefined ? 'is missing' : `the prior has no campaign "${campaign}"`;
    throw new InputError(`campaign: ${what}${suggestion(campaign ?? '', campaigns)}`);
  }
  const { alpha, beta } = config[campaign];
  const k = spec.actions.length;
  if (alpha.length !== k || beta.length !== k) {
    throw new InputError(
      `campaign: "${campaign}" has ${alpha.length} successes and ${beta.length} failures in the prior, the log ${k} actions; give the campaign of the log`,
    );
  }
  const numbers = spec.actions.map(Number);
  const numbered = new Set(numbers).size === k && numbers.every((n) => Number.isInteger(n) && n >= 0 && n < k);
  const item = (a: number): number => (numbered ? numbers[a] : a);
  return { alpha: alpha.map((_, a) => alpha[item(a)]), beta: beta.map((_, a) => beta[item(a)]) };
}
