/** The report of an audience: who the users are, how many kinds there are, what they will want next, and who else is like them. */
import type { AudienceResult } from '../../runner/audience/audience.ts';
import { leastLoss, metricOf } from '../../runner/audience/interest.ts';
import { trialsChart } from '../charts/trials.ts';
import { HALF } from '../charts/theme.ts';
import type { Chart, Report, Section, Table } from '../document.ts';
import { confidence, counted, decimal, interval, percent, PLAIN, PERCENT, rateWithInterval } from '../format.ts';
import { metricText } from '../model/metric-words.ts';
import { interestSection } from './interest.ts';
import { personaSections } from './personas.ts';

/** The report as data. Same result, same report. */
export function buildAudienceReport(result: AudienceResult): Report {
  const { rows, source, personas, asked } = result;
  const { personas: all } = personas;
  return {
    title: `Audience of ${source}`,
    question: 'Who are the users of this log, what will they want next, and who resembles the ones one has?',
    answer: answerOf(result),
    grounds: [
      `Estimated on ${counted(rows.size, 'row')} of ${counted(rows.users, 'user')}; rows of one user at one time are one visit.`,
      `${counted(all.length, 'persona')}${asked ? ', as asked for' : ', the number with the best silhouette'}, by k-means on what users take, how often and how lately they came.`,
    ],
    warnings: result.warnings,
    signature: `adsim audience, schema 2, log sha256 ${result.sha256}`,
    sections: [
      ...(result.warnings.length > 0
        ? [{ id: 'warnings', title: 'Warnings', blocks: [{ kind: 'warnings' as const, warnings: result.warnings }] }]
        : []),
      ...personaSections(result),
      howManySection(result),
      ...(result.interest ? [interestSection(result.interest)] : []),
      ...(result.lookAlikes ? [lookAlikeSection(result.lookAlikes, result.ids)] : []),
      methodSection(result),
    ],
  };
}

function answerOf({ personas: { personas }, interest, lookAlikes }: AudienceResult): string {
  const largest = personas[0];
  const said = [
    `${counted(personas.length, 'persona')}; the largest, “${largest.name}”, is ${percent(largest.share.value, 0)} of users`,
  ];
  if (interest) {
    const best = leastLoss(interest.validation.models);
    const right = metricOf(best, 'accuracy');
    said.push(
      `what users want next is told in ${rateWithInterval(right.value, right.interval)} of visits (${best.name}, mean AUC ${metricText(metricOf(best, 'auc'))})`,
    );
  }
  const tenth = lookAlikes?.reach.find(({ share }) => Math.abs(share - 0.1) < 0.01);
  if (tenth) {
    said.push(
      `the 10 % most like the seeds hold ${decimal(tenth.lift, 1)} times as many of them as a random 10 % (${interval(tenth.liftInterval, PLAIN)})`,
    );
  }
  return `${said.join('; ')}.`;
}

function howManySection({
  howMany: { trials, bySilhouette, byElbow, byBic },
  personas,
  asked,
}: AudienceResult): Section {
  const taken = personas.personas.length;
  const chart = (
    id: string,
    title: string,
    caption: string,
    points: Parameters<typeof trialsChart>[0],
    format: string,
  ): Chart => ({
    id,
    title,
    caption,
    alternative: `${title}: ${points.map(({ k, value }) => `${k}: ${decimal(value, 3)}`).join(', ')}`,
    spec: trialsChart(points, taken, { xTitle: 'personas', yTitle: title, format }),
    width: HALF,
  });
  const charts = [
    chart(
      'elbow',
      'J, sum of squared distances',
      `What k-means minimises; it bends most at ${byElbow}.`,
      trials.map(({ k, objective }) => ({ k, value: objective })),
      '~s',
    ),
    chart(
      'silhouette',
      'silhouette',
      `How far apart personas lie, from −1 to 1; best at ${bySilhouette}. Whiskers: ${confidence(0.95)} over the users asked.`,
      trials.map(({ k, silhouette, interval: bounds }) => ({ k, value: silhouette, interval: bounds })),
      '.2f',
    ),
    chart(
      'bic',
      'BIC of a Gaussian mixture',
      `Diagonal covariances, begun with the personas; least at ${byBic}.`,
      trials.map(({ k, bic }) => ({ k, value: bic })),
      '~s',
    ),
  ];
  const text = `Silhouette says ${bySilhouette}, the elbow of J ${byElbow}, BIC ${byBic}; ${taken} ${taken === 1 ? 'is' : 'are'} shown${asked ? ', as asked for' : ''}.`;
  return {
    id: 'how-many',
    title: 'How many kinds there are',
    blocks: [
      { kind: 'text', text },
      { kind: 'charts', charts },
    ],
  };
}

/** How many look-alikes are listed. */
const LISTED = 20;

function lookAlikeSection(
  { reach, auc, seeds, ranked }: NonNullable<AudienceResult['lookAlikes']>,
  ids: readonly string[],
): Section {
  const table: Table = {
    caption: `Every user ranked by a model that had not seen them: how many of the seeds are found again. ${confidence(0.95)} intervals: Wilson’s.`,
    columns: ['best ranked users', 'seeds found again', 'times chance'].map((title, c) => ({ title, numeric: c > 0 })),
    rows: reach.map(({ share, recall, interval: bounds, lift, liftInterval }) => ({
      cells: [
        { text: percent(share, 0) },
        { text: percent(recall, 1), doubt: interval(bounds, PERCENT) },
        { text: decimal(lift, 2), doubt: interval(liftInterval, PLAIN), doubtful: liftInterval[0] <= 1 },
      ],
    })),
  };
  const most = Array.from(ranked.subarray(0, LISTED), (u) => ids[u]).join(', ');
  return {
    id: 'look-alikes',
    title: 'Who resembles the seeds',
    blocks: [
      {
        kind: 'text',
        text: `${counted(seeds, 'seed')}; a seed is ranked above another user with probability ${decimal(auc, 3)}.`,
      },
      { kind: 'table', table },
      { kind: 'text', text: `Most alike of the others: ${most}. All are in users.csv.` },
    ],
  };
}

function methodSection({ lookAlikes }: AudienceResult): Section {
  const items = [
    'Users are points: their shares of categories, leaning on everybody’s as if by five rows, against everybody’s; a tenth of the logarithms of their visits and of the days since the last.',
    'k-means begins with k-means++ five times and keeps the least J; of 100,000 users and more it looks at mini-batches.',
    `Intervals of shares, rates and means are ${confidence(0.95)}, over users drawn whole: rows of one user are not taken for independent.`,
    'Click rates above the average: linearised ratios, because the average holds the persona’s own users.',
    ...(lookAlikes
      ? [
          'Look-alikes: logistic regression of seeds against all others, in five parts; the others hold look-alikes too, which lowers the odds and keeps their order.',
        ]
      : []),
  ];
  return { id: 'method', title: 'Method', blocks: [{ kind: 'list', items }] };
}
