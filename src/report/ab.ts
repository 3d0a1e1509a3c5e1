/** An A/B plan and its check in the terminal's words. */
import type { AbCheck, AbPlan } from '../runner/launch/launch.ts';
import { decimal, percent, PERCENT, PLAIN, quantity, signed } from './format.ts';
import { daysWords, VERDICT_TITLES } from './launch-words.ts';

/** Plain text without a line break at its end. */
export function abPlanText(plan: AbPlan): string {
  const { rows, totals, looks, sd, allocation, sampleRatio } = plan;
  const unit = sd === null ? PERCENT : PLAIN;
  const other = looks === 'once' ? 'any-day' : 'once';
  const formula =
    sd === null
      ? 'pooled variance under no lift, each arm’s own under the lift'
      : `standard deviation ${decimal(sd, 4)} in both arms`;
  return [
    `${decimal(rows.total)} rows: ${decimal(rows.control)} control, ${decimal(rows.treatment)} treatment` +
      (plan.days === null ? '' : ` (${daysWords(plan.days)} at ${decimal(plan.rowsPerDay)} rows a day)`),
    '',
    `  shows       a lift of ${signed(plan.minLift, PERCENT)} over ${quantity(plan.base, unit)}, with chance ${percent(plan.power)}`,
    `  risk        ${percent(plan.risk)}, ${plan.sides === 1 ? 'one-sided: of launching what has no lift' : 'two-sided'}`,
    `  looks       ${LOOKS[looks]}; ${LOOKS[other]} would need ${decimal(totals[other])} rows`,
    `  split       ${percent(allocation)} to the treatment; a mismatch is called at p < ${sampleRatio.risk}, at the end more than ${decimal(sampleRatio.tolerance)} rows off`,
    `  formula     normal approximation, ${formula}`,
    '',
    '  rows          detectable lift',
    ...plan.detectable.map(
      (one) => `  ${decimal(one.rows).padEnd(14)}${one.lift === null ? 'none' : signed(one.lift, PERCENT)}`,
    ),
  ].join('\n');
}

const LOOKS = { once: 'one, at the end', 'any-day': 'on any day' } as const;

/** Plain text without a line break at its end. */
export function abCheckText(check: AbCheck): string {
  const { verdict, reasons, sampleRatio, control, treatment, lift, interval, rule, planned } = check;
  const arm = (name: string, { rows, value }: AbCheck['control']): string =>
    `  ${name.padEnd(12)}${decimal(rows)} rows, ${quantity(value)} a row`;
  return [
    VERDICT_TITLES[verdict].toUpperCase(),
    '',
    ...reasons.map((reason) => `- ${reason}`),
    '',
    arm('control', control),
    arm('treatment', treatment),
    `  split       ${percent(sampleRatio.observed)} to the treatment, planned ${percent(sampleRatio.expected)}: p = ${sampleRatio.p.toPrecision(2)}${sampleRatio.mismatch ? ', a mismatch' : ''}`,
    ...(lift === null
      ? []
      : [
          `  lift        ${signed(lift, PERCENT)}${interval ? ` (${signed(interval[0], PERCENT)} to ${signed(interval[1], PERCENT)})` : ''}, ${rule}`,
        ]),
    `  planned     ${decimal(planned)} rows`,
  ].join('\n');
}
