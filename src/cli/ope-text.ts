/** What `adsim ope` found, as a few lines for a terminal: every value beside its interval, its rule and how often that holds. */
import type { Warning } from '../core/warnings.ts';
import {
  confidence,
  counted,
  decimal,
  estimatorName,
  interval,
  PERCENT,
  quantity,
  rewardName,
} from '../report/format.ts';
import { answerOf, leadOf, NONE, nounOf, unitOf } from '../report/ope-words.ts';
import { coverageText } from '../report/ope.ts';
import type { LogValue } from '../runner/ope/results.ts';
import { figureText } from '../report/sections/diagnostics.ts';
import { table, wrapped } from './table.ts';
import type { Terminal } from './terminal.ts';

const LAYOUTS = {
  adsim: 'adsim’s own log',
  obd: 'Open Bandit Dataset',
  vw: 'Vowpal Wabbit text',
  dsjson: 'Vowpal Wabbit dsjson',
  columns: 'columns',
} as const;

export function opeText(found: LogValue, terminal: Terminal, report: string | undefined): string {
  const { log, policy, level, logged, estimates, leftOut, measured, model, diagnostics } = found;
  const bold = (text: string): string => terminal.paint('out', 'bold', text);
  const named = unitOf(log);
  const unit = { ...named, suffix: named === PERCENT ? named.suffix : '' };
  const noun = nounOf(log);
  const holds = measured ? ['holds in'] : [];
  const rows = estimates.map((one) => [
    estimatorName(one.estimator),
    quantity(one.value, unit),
    interval(one.interval, unit) || NONE,
    one.rule,
    ...(measured ? [coverageText(one)] : []),
  ]);
  const told = table(
    [
      ['estimator', 'value', `${confidence(level)} interval`, 'rule', ...holds],
      ['logged policy', quantity(logged.value, unit), interval(logged.interval, unit) || NONE, logged.rule],
      ...rows,
    ],
    [1],
  );
  const skipped = log.skipped.map(
    ({ reason, count, first }) => `left out ${counted(count, 'bad row')}: ${reason}; first ${first}`,
  );
  const doubts = [...diagnostics.warnings, ...estimates.flatMap(({ warnings }) => warnings)];
  return [
    bold(
      `${policy.name} on ${log.path}: ${counted(log.rows, 'row')}${log.groups ? ` in ${counted(log.groups.count, log.groups.kind)}` : ''}, ${counted(log.actions, 'action')} (${LAYOUTS[log.layout]})`,
    ),
    ...skipped,
    wrapped(answerOf(found, leadOf(estimates), named), 100, 0),
    '',
    told,
    `(${log.groups ? rewardName(log.rewardUnit) : log.rewardUnit} per ${noun}${model === null ? '' : `; reward model: ${model}`}`,
    measured
      ? ` holds in: share of ${measured.worlds} made-up logs of ${decimal(measured.rows)} ${noun}s ${log.groups ? 'drawn from these' : 'like this one'} whose interval held the truth)`
      : ' coverage was not measured: --coverage quick)',
    ...leftOut.map(({ estimator, why }) => `without ${estimatorName(estimator)}: ${why}`),
    '',
    table(diagnostics.figures.map((figure) => [figure.label, figureText(figure, unit)])),
    '',
    ...paragraphs(doubts, terminal),
    ...(report === undefined ? [] : ['', `report  ${report}`]),
  ].join('\n');
}

/** One paragraph per kind of doubt; who shares it stands in front. */
function paragraphs(warnings: readonly Warning[], terminal: Terminal): string[] {
  const kinds = [...new Set(warnings.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const { message, advice } = warnings.find((one) => one.kind === kind) as Warning;
    return `${terminal.paint('out', 'yellow', 'doubt:')} ${wrapped(`${message}; ${advice}`, 100, 7)}`;
  });
}
