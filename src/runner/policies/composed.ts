/** Rules made of rules: another for each segment or position, a mixture, and a share of exploration. */
import { spread } from '../../agents/odds.ts';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import type { LogBlock } from '../logs/source.ts';
import { columnOf, requireColumn } from './names.ts';
import type { Part, PartSetup } from './part.ts';
import { positionsOf } from './positions.ts';
import type { Rule, RuleOf } from './schema.ts';
import { under } from './under.ts';

/** Makes the rule at a key path below. */
export type Make = (rule: Rule, setup: PartSetup) => Promise<Part>;

/** The rule of the row's segment. Throws `InputError` where the log has no such column, and at a value without a rule. */
export async function bySegment(rule: RuleOf<'by-segment'>, setup: PartSetup, make: Make): Promise<Part> {
  const { column, values, otherwise } = rule;
  await under('column', () => requireColumn(setup.source, column));
  const parts: Part[] = [];
  const known = Object.keys(values);
  // One after the other, so that what is wrong first is said first.
  // oxlint-disable-next-line no-await-in-loop
  for (const value of known) parts.push(await under(`values.${value}`, () => make(values[value], setup)));
  if (otherwise) parts.push(await under('otherwise', () => make(otherwise, setup)));
  return choosing(parts, (block) => {
    const value = columnOf(block, column);
    return (i) => {
      const found = known.indexOf(String(value(i)));
      if (found >= 0) return found;
      if (otherwise) return known.length;
      throw new InputError(
        `${block.where(i)}: column "${column}" holds ${JSON.stringify(value(i))}, for which there is no rule; give it one, or \`otherwise\``,
      );
    };
  });
}

/** The rule of the row's position. Throws `InputError` where the log has no such column, and at other positions. */
export async function byPosition(
  { column, rules }: RuleOf<'by-position'>,
  setup: PartSetup,
  make: Make,
): Promise<Part> {
  await under('column', () => requireColumn(setup.source, column));
  const parts: Part[] = [];
  // oxlint-disable-next-line no-await-in-loop
  for (const [l, rule] of rules.entries()) parts.push(await under(`rules.${l}`, () => make(rule, setup)));
  return choosing(parts, (block) => {
    const position = positionsOf(block, column);
    return (i) => {
      if (position(i) <= rules.length) return position(i) - 1;
      throw new InputError(`${block.where(i)}: position ${position(i)} has no rule; give as many rules as positions`);
    };
  });
}

/** A draw of one of the rules for each request: the weighted mean of their odds. */
export async function mixture({ of }: RuleOf<'mixture'>, setup: PartSetup, make: Make): Promise<Part> {
  const parts: Part[] = [];
  // oxlint-disable-next-line no-await-in-loop
  for (const [j, { rule }] of of.entries()) parts.push(await under(`of.${j}.rule`, () => make(rule, setup)));
  const total = of.reduce((sum, { weight }) => sum + weight, 0);
  return together(parts, (block, odds) => {
    const out = matrix(block.log.size, block.log.spec.actions.length);
    odds.forEach(({ data }, j) => {
      const share = of[j].weight / total;
      for (let at = 0; at < out.data.length; at++) out.data[at] += share * data[at];
    });
    return out;
  });
}

/** The rule, but any eligible action alike in a share `epsilon` of requests. */
export async function withExploration(
  { epsilon, rule }: RuleOf<'with-floor'>,
  setup: PartSetup,
  make: Make,
): Promise<Part> {
  const part = await under('rule', () => make(rule, setup));
  return together([part], ({ log }, [odds]) => {
    spread(odds, log.requests, epsilon);
    return odds;
  });
}

/** In every row the odds of the part that `choice` names. */
function choosing(parts: readonly Part[], choice: (block: LogBlock) => (i: number) => number): Part {
  return together(parts, (block, odds) => {
    const k = block.log.spec.actions.length;
    const out = matrix(block.log.size, k);
    const of = choice(block);
    for (let i = 0; i < out.rows; i++) {
      const start = i * k;
      out.data.set(odds[of(i)].data.subarray(start, start + k), start);
    }
    return out;
  });
}

/** Every part is asked about the whole block: what reads a file or a program must see the rows in their places. */
function together(parts: readonly Part[], combine: (block: LogBlock, odds: Matrix[]) => Matrix): Part {
  return {
    whole: parts.every((part) => part.whole),
    async odds(block) {
      const odds: Matrix[] = [];
      // oxlint-disable-next-line no-await-in-loop
      for (const part of parts) odds.push(await part.odds(block));
      return combine(block, odds);
    },
    async close() {
      await Promise.all(parts.map((part) => part.close()));
    },
  };
}
