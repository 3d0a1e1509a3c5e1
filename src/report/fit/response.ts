/** The report of a fitted click response: what was found, with its doubt, and how it held up on the log's last quarter. */
import type { HeldOutBin, ResponseResult } from '../../runner/fit/response.ts';
import type { Block, Cell, Report, Section, Table, TableRow } from '../document.ts';
import { counted, decimal, interval, PERCENT, percent } from '../format.ts';

/** A value with its interval, as the fit gives it. */
type Estimated = ResponseResult['fit']['baseCtr'];

/** The report as data. Same result, same report. */
export function buildResponseReport(result: ResponseResult): Report {
  const { fit, heldOut, source } = result;
  const { ratio, interval: bounds } = heldOut.calibration;
  const within = bounds[0] <= 1 && bounds[1] >= 1;
  return {
    title: `Click response of ${source}`,
    question: 'How do the users of this log respond to ads, and does that hold for its last quarter?',
    answer:
      `At the top of the page ${percent(fit.baseCtr.value)} of impressions are clicked ` +
      `(${percent(fit.baseCtr.interval[0], 2)} to ${percent(fit.baseCtr.interval[1], 2)}); the last quarter of the log had ` +
      `${decimal(ratio, 2)} times the clicks that the fit expected (${span(bounds)}), ` +
      `${within ? 'which chance explains' : 'more of a difference than chance explains'}.`,
    grounds: [
      `Fitted on the first ${counted(result.trainRows, 'row')} with ${counted(fit.clicks, 'click')}, in time order; checked on the other ${counted(heldOut.rows, 'row')} with ${counted(heldOut.clicks, 'click')}.`,
      'Rows are not weighted: effects are those among users who were shown an ad, and hold what the logging policy chose by.',
    ],
    warnings: result.warnings,
    signature: `adsim fit --response, schema 1, log sha256 ${result.sha256}`,
    sections: [...warnings(result), effects(result), items(result), checks(result), method(result)],
  };
}

function warnings({ warnings: all }: ResponseResult): Section[] {
  if (all.length === 0) return [];
  return [{ id: 'warnings', title: 'Warnings', blocks: [{ kind: 'warnings', warnings: all }] }];
}

function effects({ fit }: ResponseResult): Section {
  const rows: TableRow[] = [
    effect('base click rate', 'world.baseCtr', percent(fit.baseCtr.value), interval(fit.baseCtr.interval, PERCENT)),
  ];
  const add = (name: string, key: string, value: Estimated): void => {
    rows.push(effect(name, key, decimal(value.value, 2), span(value.interval)));
  };
  if (fit.hour) {
    add('daily wave, amplitude [logit]', 'world.response.hourAmplitude', fit.hour.amplitude);
    rows.push(effect('daily wave, peak [h]', 'world.response.hourPeak', decimal(fit.hour.peak, 1), ''));
  }
  fit.positionFactors?.forEach((value, l) => {
    if (l > 0) add(`position ${l + 1}, odds against position 1`, `world.page.positionFactors[${l}]`, value);
  });
  if (fit.fatigue) add('fatigue per log(1 + exposures) [logit]', 'world.fatigue.weight', fit.fatigue.weight);
  for (const [name, value] of Object.entries(fit.headlineWeights ?? {})) {
    add(`headline: ${name} [logit]`, `world.response.headlineWeights.${name}`, value);
  }
  const table: Table = {
    caption: `Effects with ${percent(fit.level, 0)} intervals (normal, of the penalised optimum).`,
    columns: [text('effect'), text('config key'), number('value'), number('interval')],
    rows,
  };
  const blocks: Block[] = [{ kind: 'table', table }];
  if (fit.constant.length > 0) {
    blocks.push({ kind: 'text', text: `Not fitted, because it never varies in this log: ${fit.constant.join(', ')}.` });
  }
  return { id: 'effects', title: 'Effects', blocks };
}

/** The most and the least clicked items. */
function items({ fit }: ResponseResult): Section {
  const all = Object.entries(fit.items).toSorted(([, a], [, b]) => b.value - a.value);
  const shown = all.length <= 20 ? all : [...all.slice(0, 10), ...all.slice(-10)];
  const table: Table = {
    caption: `Log-odds against the average, shrunk by a ridge of ${decimal(fit.l2)} that cross-validation picked; ${shown.length} of ${all.length}, best first.`,
    columns: [text('item'), number('log-odds'), number('interval')],
    rows: shown.map(([name, { value, interval: bounds }]) => ({
      cells: [{ text: name }, { text: decimal(value, 2), ...unsure(bounds) }, { text: span(bounds) }],
    })),
  };
  return { id: 'items', title: 'Items', blocks: [{ kind: 'table', table }] };
}

function checks({ heldOut, fit }: ResponseResult): Section {
  const level = percent(fit.level, 0);
  const blocks = [
    bins('tenths of the held-out rows by predicted click rate', 'tenth', heldOut.byDecile, level),
    bins('held-out rows by position', 'position', heldOut.byPosition, level),
    bins('held-out rows by hour of the day', 'hours', heldOut.byHour, level),
  ].flat();
  return { id: 'held-out', title: 'Held-out check', blocks };
}

function bins(what: string, name: string, all: readonly HeldOutBin[], level: string): Block[] {
  if (all.length === 0) return [];
  const rows = all.map((bin): TableRow => {
    const missed = bin.predicted < bin.interval[0] || bin.predicted > bin.interval[1];
    return {
      cells: [
        { text: bin.name },
        { text: decimal(bin.rows) },
        { text: percent(bin.predicted, 2), doubtful: missed },
        { text: percent(bin.observed, 2) },
        { text: interval(bin.interval, PERCENT) },
      ],
    };
  });
  const table: Table = {
    caption: `Fitted against observed click rates: ${what}; Wilson’s ${level} interval of what was observed.`,
    columns: [text(name), number('rows'), number('fitted'), number('observed'), number('interval')],
    rows,
  };
  return [{ kind: 'table', table }];
}

function method({ fit }: ResponseResult): Section {
  const list = [
    'Logistic regression with an intercept, item effects under a ridge, and position, hour, fatigue and headline effects under a ridge 400 times weaker.',
    'The strength of the ridge has the least log loss of 300, 100, 30, 10, 3, 1 in five-fold cross-validation.',
    'Intervals of item effects count the ridge as knowledge: where it is strong and clicks are few, they say more about the ridge than about the items.',
    'Position factors are ratios of odds; at low click rates they are the chances that a place is looked at, relative to the first.',
    'The amplitude of the daily wave cannot be negative, so a log without a wave shows a small one: read its interval.',
    ...(fit.fatigue
      ? [`Exposures count half after ${decimal(fit.fatigue.halfLifeHours)} h; this half-life is given, not fitted.`]
      : []),
  ];
  return { id: 'method', title: 'Method', blocks: [{ kind: 'list', items: list }] };
}

function effect(name: string, key: string, value: string, bounds: string): TableRow {
  return { cells: [{ text: name }, { text: key }, { text: value }, { text: bounds }] };
}

/** Doubtful where the interval holds 0. */
function unsure([low, high]: readonly [number, number]): Pick<Cell, 'doubtful'> {
  return { doubtful: low <= 0 && high >= 0 };
}

function span([low, high]: readonly [number, number]): string {
  return `${decimal(low, 2)} to ${decimal(high, 2)}`;
}

function text(title: string): Table['columns'][number] {
  return { title, numeric: false };
}

function number(title: string): Table['columns'][number] {
  return { title, numeric: true };
}
