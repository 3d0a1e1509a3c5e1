/** What a log and a policy look like together, whatever the estimator: figures, doubts, and the actions one by one. */
import type { Figure, LogDiagnosis } from '../../runner/ope/results.ts';
import type { Block, Section, TableRow } from '../document.ts';
import { decimal, interval, MISSING, percent, quantity, significantDecimals } from '../format.ts';
import type { Unit } from '../format.ts';

/** Actions shown one by one; the others are in ope.json. */
const MOST_ACTIONS = 40;

export function diagnosticsSection({ figures, byAction }: LogDiagnosis, unit: Unit): Section {
  const largest = byAction.toSorted((a, b) => b.evaluatedShare - a.evaluatedShare).slice(0, MOST_ACTIONS);
  const blocks: Block[] = [
    {
      kind: 'facts',
      facts: figures.map((figure) => [figure.label, figureText(figure, unit)]),
    },
  ];
  if (byAction.length > 0) {
    blocks.push({
      kind: 'table',
      table: {
        caption:
          'What the log shows of each action and what the policy would do, most of the policy first' +
          (largest.length < byAction.length ? `; ${largest.length} of ${byAction.length}.` : '.'),
        columns: [
          { title: 'Action', numeric: false },
          { title: 'Rows', numeric: true },
          { title: 'Logged', numeric: true },
          { title: 'Policy', numeric: true },
          { title: 'Mean reward', numeric: true },
          { title: 'Sum of weights', numeric: true },
        ],
        rows: largest.map((one): TableRow => {
          const thin = one.evaluatedShare > 1e-3 && one.rows === 0;
          return {
            cells: [
              { text: one.action },
              { text: decimal(one.rows), doubtful: thin },
              { text: percent(one.loggedShare) },
              { text: percent(one.evaluatedShare) },
              {
                text:
                  one.meanReward === null
                    ? MISSING
                    : quantity(one.meanReward, unit.suffix.endsWith('%') ? unit : { ...unit, suffix: '' }),
              },
              { text: decimal(one.weight, 1) },
            ],
          };
        }),
      },
    });
  }
  return { id: 'log', title: 'What the log can tell', blocks };
}

/** A figure as a reader meets it: value, unit, interval, and why there is none. */
export function figureText({ value, unit, interval: bounds, note }: Figure, reward: Unit): string {
  const as: Unit = unit === 'reward' ? reward : { scale: 1, prefix: '', suffix: SUFFIX[unit] };
  if (value === null) return note ?? MISSING;
  const number = value === 0 ? `0${as.suffix}` : quantity(value, as, significantDecimals(value * as.scale, 3));
  return [number, bounds ? interval(bounds, as) : '', note ? `(${note})` : ''].filter((text) => text !== '').join(' ');
}

const SUFFIX = { '': '', rows: ' rows', '%': '\u202f%', p: ' (p)', reward: '' } as const;
