/** Personas in words, tables and charts. */
import { REST } from '../../runner/audience/audience.ts';
import type { AudienceResult, Doubted, Persona } from '../../runner/audience/audience.ts';
import { hourChart, splitChart } from '../charts/groups.ts';
import type { GroupPoint } from '../charts/groups.ts';
import { WIDE } from '../charts/theme.ts';
import type { Chart, Section, Table } from '../document.ts';
import {
  confidence,
  counted,
  decimal,
  interval,
  listed,
  PERCENT,
  percent,
  PLAIN,
  rateWithInterval,
} from '../format.ts';

/** Who they are (a table and a sentence each), what they take, and when they come. */
export function personaSections({ personas: { personas, everybody }, rows }: AudienceResult): Section[] {
  // What stands for the rest is the last, and would dwarf the others.
  const named = rows.categories.at(-1) === REST ? rows.categories.length - 1 : rows.categories.length;
  const charts: Chart[] = [
    chartOf(
      personas,
      'persona-likings',
      'what they take',
      splitChart(
        points(
          personas,
          ({ likings }) => likings.slice(0, named),
          (c) => rows.categories[c],
        ),
        'share of rows',
        '.0%',
      ),
    ),
    chartOf(
      personas,
      'persona-hours',
      'when they come',
      hourChart(
        points(personas, ({ hours }) => hours, String),
        'share of rows',
        '.0%',
      ),
    ),
  ];
  return [
    {
      id: 'personas',
      title: 'Who they are',
      blocks: [
        { kind: 'table', table: tableOf([...personas, { ...everybody, name: 'everybody' }]) },
        { kind: 'list', items: personas.map((one) => personaSentence(one, everybody)) },
      ],
    },
    { id: 'persona-charts', title: 'What they take, and when', blocks: [{ kind: 'charts', charts }] },
  ];
}

function chartOf(personas: readonly Persona[], id: string, title: string, spec: Chart['spec']): Chart {
  return {
    id,
    title,
    caption: `A persona a colour; ${confidence(0.95)} intervals over users drawn whole.`,
    alternative: `${title}: ${personas.map(({ name, top }) => `${name}: ${top.map(({ category, share }) => `${category} ${percent(share, 0)}`).join(', ')}`).join('; ')}`,
    spec,
    width: WIDE,
  };
}

function points(
  personas: readonly Persona[],
  shares: (one: Persona) => readonly Doubted[],
  group: (bin: number) => string,
): GroupPoint[] {
  return personas.flatMap((one) =>
    shares(one).map(({ value, interval: bounds }, bin) => ({
      series: one.name,
      group: group(bin),
      value,
      interval: bounds,
    })),
  );
}

function tableOf(all: readonly Persona[]): Table {
  const priced = all.some(({ price }) => price);
  const clicked = all.some(({ clickRate }) => clickRate);
  const titles = [
    'persona',
    'users',
    'visits',
    'takes more',
    ...(priced ? ['price'] : []),
    ...(clicked ? ['CTR', 'against average'] : []),
  ];
  return {
    caption:
      `Personas by size; ${confidence(0.95)} intervals over users drawn whole.` +
      (priced ? ' Price: geometric mean, in the log’s currency; beside it the middle half.' : ''),
    columns: titles.map((title) => ({ title, numeric: title !== 'persona' && title !== 'takes more' })),
    rows: all.map((one, p) => ({
      cells: [
        { text: one.name },
        { text: percent(one.share.value, 1), doubt: interval(one.share.interval, PERCENT) },
        doubtedCell(one.visits, 1),
        {
          text:
            likedMore(one)
              .map(({ category, lift }) => `${category} ${decimal(lift, 1)} ×`)
              .join(', ') || '–',
        },
        ...(priced ? [priceCell(one)] : []),
        ...(clicked ? clickCells(one) : []),
      ],
      ...(p === all.length - 1 && { tone: 'reference' as const }),
    })),
  };
}

function doubtedCell({ value, interval: bounds }: Doubted, decimals: number): { text: string; doubt: string } {
  return { text: decimal(value, decimals), doubt: interval(bounds, PLAIN) };
}

function priceCell({ price }: Persona): { text: string; doubt?: string } {
  if (!price) return { text: '–' };
  return { text: decimal(price.mean.value, 2), doubt: `${decimal(price.band[0], 2)} to ${decimal(price.band[1], 2)}` };
}

function clickCells({ clickRate, share }: Persona): { text: string; doubt?: string; doubtful?: boolean }[] {
  if (!clickRate) return [{ text: '–' }, { text: '–' }];
  const { rate, above } = clickRate;
  const rateCell = { text: percent(rate.value, 2), doubt: interval(rate.interval, PERCENT) };
  if (share.value === 1) return [rateCell, { text: '–' }];
  const [low, high] = above.interval ?? [-Infinity, Infinity];
  return [
    rateCell,
    {
      text: pointsOf(above.value),
      doubt: above.interval ? `${pointsOf(low)} to ${pointsOf(high)}` : '',
      doubtful: low <= 0 && high >= 0,
    },
  ];
}

/** A difference of rates in points, with its sign. */
function pointsOf(difference: number): string {
  return `${difference > 0 ? '+' : difference < 0 ? '−' : ''}${decimal(Math.abs(100 * difference), 2)}`;
}

/** A persona in a sentence or three: size, what they take, when, at what price, and what they click. */
export function personaSentence(one: Persona, everybody: Persona): string {
  const liked = likedMore(one);
  const takes =
    liked.length === 0
      ? 'take what everybody takes'
      : `take ${listed(liked.map(({ category, lift }) => `${category} ${decimal(lift, 1)}`))} times as often as everybody`;
  const said = [
    `${one.name}: ${rateWithInterval(one.share.value, one.share.interval)} of users (${counted(one.users, 'user')}). They ${takes}, ` +
      `come ${decimal(one.visits.value, 1)} times (everybody: ${decimal(everybody.visits.value, 1)}), most at ${busiest(one)}`,
  ];
  if (one.price && everybody.price) {
    const { mean } = one.price;
    const [low, high] = mean.interval ?? [0, Infinity];
    const all = everybody.price.mean.value;
    const than = low > all ? 'dearer than' : high < all ? 'cheaper than' : 'not told from';
    said.push(`pay ${decimal(mean.value, 2)} apiece, ${than} everybody’s ${decimal(all, 2)}`);
  }
  if (one.clickRate) {
    const { rate, above } = one.clickRate;
    const [low, high] = above.interval ?? [-Infinity, Infinity];
    const told = low > 0 ? 'above the average' : high < 0 ? 'below the average' : 'not told from the average';
    said.push(
      `click ${percent(rate.value, 2)} of ads, ${told} (${pointsOf(above.value)} points, ${pointsOf(low)} to ${pointsOf(high)})`,
    );
  }
  return `${said.join('; ')}.`;
}

/** What it takes clearly more of than everybody. */
function likedMore({ top }: Persona): Persona['top'] {
  return top.filter(({ lift }) => lift > 1.05);
}

/** The two hours with most rows. */
function busiest({ hours }: Persona): string {
  const order = [...hours.keys()].toSorted((a, b) => hours[b].value - hours[a].value || a - b).slice(0, 2);
  return listed(order.toSorted((a, b) => a - b).map((hour) => `${hour} h`));
}
