/** Why an ad was shown to a user, as a report: the same content in a terminal and on a page. */
import { wilson } from '../../core/intervals.ts';
import type { ContextValue, ShownExplanation } from '../../runner/explain/shown-ad.ts';
import type { Block, Report, TableRow } from '../document.ts';
import { counted, decimal, listed, percent, rateWithInterval } from '../format.ts';
import { added, sharesBlocks } from './shares.ts';

const TOLD = 12;

/** Same explanation, same report. */
export function shownReport(told: ShownExplanation): Report {
  return {
    title: `Row ${told.row} of ${told.log}`,
    question: 'Why this ad for this user?',
    answer: answerOf(told),
    grounds: [policyWords(told), ...modelWords(told)],
    warnings: [],
    signature: `adsim explain, seed ${told.seed}${told.model ? `, ${told.model.name} refitted` : ''}`,
    sections: [
      { id: 'ads', title: 'The ads it could have shown', blocks: [ads(told)] },
      ...(told.preference
        ? [{ id: 'why', title: 'What of the user speaks for it', blocks: shares(told.preference) }]
        : []),
      { id: 'user', title: 'The user', blocks: [user(told)] },
      { id: 'limits', title: 'What this cannot tell', blocks: [{ kind: 'list', items: told.limits }] },
    ],
  };
}

function answerOf({ decided, propensity, page, user: who, hour, policy }: ShownExplanation): string {
  const when = `on day ${Math.floor(hour / 24) + 1} at ${clock(hour)}`;
  if (decided === null || propensity === null) return `User ${who} came ${when}; ${policy.name} had nothing to show.`;
  const below = page.slice(1).map(({ ad }) => ad);
  const clicked = page.filter((one) => one.clicked).map(({ ad }) => ad);
  return (
    `User ${who} came ${when}; ${policy.name} chose ${decided}, as it did with probability ${percent(propensity)}` +
    `${below.length > 0 ? `, above ${listed(below)}` : ''}. ` +
    (page.length === 0 ? 'Nothing was shown.' : clicked.length > 0 ? `Clicked: ${listed(clicked)}.` : 'Not clicked.')
  );
}

function clock(hour: number): string {
  const minutes = Math.floor((hour % 24) * 60);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function policyWords({ policy, decided, eligible }: ShownExplanation): string {
  const own = eligible.find(({ name }) => name === decided);
  const seen =
    own === undefined
      ? ''
      : own.impressions === 0
        ? ` It had not shown ${own.name} before.`
        : ` It had shown ${own.name} ${counted(own.impressions, 'time')} before, clicked ${rate(own)}.`;
  return `${policy.name} (${policy.kind}): ${policy.summary}.${seen}`;
}

function modelWords({ model, preference, eligible }: ShownExplanation): string[] {
  if (!model) return [];
  const { refitted, kept } = model.logLoss;
  const same = kept === refitted ? `; its log loss ${refitted} is the run's, to the last digit` : '';
  const first = `${model.name} (${model.kind}) was trained again from the run's own log and config${same}. To it the row is ${PARTS[model.part]}.`;
  if (!preference) return [first];
  const { ad, against, score, columns } = preference;
  const of = (name: string): string => percent(eligible.find((one) => one.name === name)?.predicted);
  const side = columns.filter(({ phi }) => phi * score > 0 && Math.abs(phi) > 0.005).slice(0, 3);
  const why = side.map(({ name, phi }) => `${name} (${added(phi)})`);
  return [
    first,
    `It expects a click with ${of(ad)} on ${ad} and ${of(against)} on ${against}, the best of the others` +
      `${why.length > 0 ? `; of what it knows of the user ${listed(why)} ${why.length === 1 ? 'tilts' : 'tilt'} it most that way` : ''}.`,
  ];
}

const PARTS: Readonly<Record<string, string>> = {
  train: 'one that it learned from, which flatters it',
  validation: 'one that its settings were chosen on',
  test: 'new: one of those it was tested on',
  'held out': 'new: later than all that it learned from',
  none: 'new: no ad was shown',
};

function ads({ eligible, decided, preference, policy, model }: ShownExplanation): Block {
  const tone = (name: string): Partial<TableRow> => (name === decided ? { tone: 'best' } : {});
  const mark = (name: string): string =>
    name === decided ? `${name} ← chosen` : name === preference?.against ? `${name} ← runner-up` : name;
  return {
    kind: 'table',
    table: {
      caption: `Eligible ads; clicked before: of what ${policy.name} had shown until then, 95 % interval (Wilson).`,
      columns: [
        { title: 'ad', numeric: false },
        { title: 'category', numeric: false },
        { title: `odds of ${policy.name}`, numeric: true },
        ...(model ? [{ title: `click by ${model.name}`, numeric: true }] : []),
        { title: 'shown before', numeric: true },
        { title: 'clicked before', numeric: true },
      ],
      rows: eligible.map((one) => ({
        ...tone(one.name),
        cells: [
          mark(one.name),
          one.category,
          percent(one.odds),
          ...(model ? [percent(one.predicted)] : []),
          decimal(one.impressions),
          one.impressions === 0 ? '–' : rate(one),
        ].map((text) => ({ text })),
      })),
    },
  };
}

function rate({ clicks, impressions }: { clicks: number; impressions: number }): string {
  return rateWithInterval(clicks / impressions, wilson(clicks, impressions));
}

function shares(preference: NonNullable<ShownExplanation['preference']>): Block[] {
  const { ad, against, method, background } = preference;
  return sharesBlocks(preference, {
    caption: `Log-odds of a click on ${ad} less those on ${against}; ${HOW[method]} against ${counted(background, 'row')} that the model learned from.`,
    nothing: '(nothing known of the user)',
    unit: `for ${ad}`,
  });
}

const HOW = {
  linear: 'exact shares of a model that adds up (linear SHAP)',
  tree: 'exact shares (tree SHAP, interventional)',
  kernel: 'kernel SHAP',
};

function user({ context }: ShownExplanation): Block {
  const words = ({ name, value, above }: ContextValue): string =>
    `${name} ${Number(value.toPrecision(3))}, ${above >= 0.5 ? `more than in ${percent(above, 0)}` : `less than in ${percent(1 - above, 0)}`} of the log`;
  return { kind: 'list', items: context.slice(0, TOLD).map(words) };
}
