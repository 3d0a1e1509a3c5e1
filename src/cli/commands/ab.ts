/** `adsim ab plan` and `adsim ab check`: the A/B test that follows a launch decision, sized and read. */
import { InputError } from '../../core/errors.ts';
import type { AbResult, AbTerms } from '../../ope/ab/check.ts';
import type { AbQuestion } from '../../ope/ab/plan.ts';
import type { ReadDecision } from '../../runner/launch/ab-files.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { flagOf, textOf } from '../options.ts';
import type { Terminal } from '../terminal.ts';

export async function ab(given: Arguments, terminal: Terminal): Promise<number> {
  const action = String(given['action']);
  if (action === 'plan') return plan(given, terminal);
  if (action === 'check') return check(given, terminal);
  const { suggestion } = await import('../../runner/did-you-mean.ts');
  throw new InputError(`adsim ab: unknown "${action}"${suggestion(action, ['plan', 'check'])}`);
}

async function plan(given: Arguments, terminal: Terminal): Promise<number> {
  if (textOf(given, 'plan') !== undefined) {
    throw new InputError(`adsim ab plan: "${String(given['plan'])}" is one word too many; it takes options alone`);
  }
  const { readLaunchDecision } = await import('../../runner/launch/ab-files.ts');
  const { abPlan } = await import('../../ope/ab/plan.ts');
  const from = textOf(given, 'from-launch');
  const launched = from === undefined ? {} : questionOf(readLaunchDecision(from), from);
  const number = (name: string): number | undefined => numberOf(given, name);
  const question = {
    ...launched,
    ...defined({
      base: number('base-rate'),
      sd: number('sd'),
      minLift: number('min-lift'),
      risk: number('risk'),
      power: number('power'),
      allocation: number('allocation'),
      sides: sidesOf(given),
      looks: flagOf(given, 'any-day') ? ('any-day' as const) : undefined,
      rowsPerDay: number('rows-per-day'),
    }),
  };
  const { base, minLift, risk = 0.05, power = 0.8 } = question;
  if (base === undefined || minLift === undefined) {
    const missing = base === undefined ? '--base-rate' : '--min-lift';
    throw new InputError(`adsim ab plan: ${missing} is missing; for instance --base-rate 0.02 --min-lift 0.05`);
  }
  const made = abPlan({ ...question, base, minLift, risk, power });
  const { abPlanText } = await import('../../report/ab.ts');
  terminal.out(flagOf(given, 'json') ? JSON.stringify(made, null, 1) : abPlanText(made));
  return OK;
}

async function check(given: Arguments, terminal: Terminal): Promise<number> {
  const { readAbPlan, readAbResult, readLaunchDecision } = await import('../../runner/launch/ab-files.ts');
  const { abCheck } = await import('../../ope/ab/check.ts');
  const { VERDICT_CODES } = await import('../../ope/launch/decision.ts');
  const [planFile, resultFile] = [textOf(given, 'plan'), textOf(given, 'result')];
  const typed = typedResult(given);
  if (typed && resultFile !== undefined) {
    throw new InputError(`adsim ab check: the result is in ${resultFile} and in --control-rows …; give one of them`);
  }
  if (!typed && resultFile === undefined) {
    throw new InputError(
      'adsim ab check: RESULT is missing; give PLAN and RESULT, or --control-rows N --control-conversions N --treatment-rows N --treatment-conversions N',
    );
  }
  const read = planFile === undefined ? undefined : readAbPlan(planFile);
  const result = typed ?? readAbResult(String(resultFile));
  const terms = read ?? ownTerms(given, result);
  const verdictFile = textOf(given, 'verdict');
  const found = abCheck(terms, result, verdictFile === undefined ? undefined : readLaunchDecision(verdictFile));
  const { abCheckText } = await import('../../report/ab.ts');
  terminal.out(flagOf(given, 'json') ? JSON.stringify(found, null, 1) : abCheckText(found));
  return VERDICT_CODES[found.verdict];
}

/** What a launch decision already knows: the reward, its spread, the lift asked for and how much traffic there is. */
function questionOf(
  { baseline, measure, minLift, risk, power, rowsPerDay }: ReadDecision,
  file: string,
): Partial<AbQuestion> {
  const { value, variance, binary } = baseline;
  if (value === null || !(value > 0)) {
    throw new InputError(`${file}: the baseline's value is ${value}; a relative lift needs one above 0`);
  }
  const relative = measure === 'relative' ? minLift : minLift / value;
  return {
    base: value,
    ...(binary ? {} : { sd: Math.sqrt(variance) }),
    // A decision that only asked for no harm names no lift to look for.
    ...(relative > 0 ? { minLift: relative } : {}),
    risk,
    power,
    ...(rowsPerDay === null ? {} : { rowsPerDay }),
  };
}

/** The result in four options; undefined where none of them was given. */
function typedResult(given: Arguments): AbResult | undefined {
  const names = ['control-rows', 'control-conversions', 'treatment-rows', 'treatment-conversions'];
  const numbers = names.map((name) => numberOf(given, name));
  if (numbers.every((one) => one === undefined)) return undefined;
  const missing = names[numbers.indexOf(undefined)];
  if (missing !== undefined) throw new InputError(`adsim ab check: --${missing} is missing; all four are needed`);
  const [controlRows, controlSum, treatmentRows, treatmentSum] = numbers.map(Number);
  return { control: { rows: controlRows, sum: controlSum }, treatment: { rows: treatmentRows, sum: treatmentSum } };
}

/** Without a plan the test is taken as ended, with what the options say. */
function ownTerms(given: Arguments, { control, treatment }: AbResult): AbTerms {
  const within = (name: string, otherwise: number, low: number, high: number): number => {
    const value = numberOf(given, name) ?? otherwise;
    if (value > low && value < high) return value;
    throw new InputError(`--${name}: ${value} is not in (${low}, ${high})`);
  };
  return {
    minLift: numberOf(given, 'min-lift') ?? 0,
    risk: within('risk', 0.05, 0, 0.5),
    allocation: within('allocation', 0.5, 0, 1),
    sides: sidesOf(given) ?? 1,
    looks: flagOf(given, 'any-day') ? 'any-day' : 'once',
    rows: { total: control.rows + treatment.rows, control: control.rows, treatment: treatment.rows },
  };
}

function sidesOf(given: Arguments): 1 | 2 | undefined {
  const sides = numberOf(given, 'sides');
  if (sides === undefined || sides === 1 || sides === 2) return sides;
  throw new InputError(`--sides: must be 1 or 2 (got "${sides}")`);
}

function numberOf(given: Arguments, name: string): number | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new InputError(`--${name}: must be a number (got "${text}"); for instance 0.05`);
}

/** Without the keys that were not given, so that they do not hide what a file says. */
function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
