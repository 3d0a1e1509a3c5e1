/** Options of a valuation that only the log can contradict, refused with what to write instead. */
import { InputError } from '../../core/errors.ts';
import { INTERVAL_RULES, intervalRule } from '../../ope/intervals/registry.ts';
import type { IntervalSample } from '../../ope/intervals/rule.ts';
import { TWIN_T } from '../../ope/twin/pivots.ts';

/** Throws `InputError` for a rule that there is not. */
export function checkRule(name: string): void {
  const known = [...INTERVAL_RULES.map((one) => one.name), TWIN_T];
  if (!known.includes(name)) {
    throw new InputError(`--rule: there is no interval rule "${name}"; the rules are ${known.join(', ')}`);
  }
}

/** Throws `InputError` where the rule has nothing to say on any estimator. */
export function checkSuited(name: string, samples: readonly IntervalSample[]): void {
  const whys = samples.map((sample) => intervalRule(name).unsuited(sample));
  if (!whys.every((why) => why !== undefined)) return;
  throw new InputError(
    `--rule ${name}: it has no interval for ${samples[0].estimator.name}: ${whys[0]}; leave --rule away, and one that holds is looked for`,
  );
}

/** Throws `InputError` where the log itself has a propensity below what is said to be the least. */
export function checkFloor(floor: number | undefined, smallest: number): void {
  if (floor === undefined || smallest >= floor * (1 - 1e-6)) return;
  throw new InputError(
    `--propensity-floor ${floor}: the log has a propensity of ${smallest}, which is below it; give the least that any action could have had`,
  );
}
