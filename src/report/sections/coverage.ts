/** Measured coverage: do 95 % intervals hold the truth 95 % of the time? */
import type { CoverageResult } from '../../runner/results.ts';
import type { Block, Section } from '../document.ts';
import { confidence, decimal, estimatorName, listed, percent, rateWithInterval } from '../format.ts';

/** Nominal beside actual on small synthetic worlds, and in words where it falls short. */
export function coverageSection(coverage: readonly CoverageResult[]): Section {
  const short = coverage.filter((one) => one.fallsShort);
  const settings = [...new Set(short.map((one) => one.setting))];
  const words: Block =
    short.length === 0
      ? {
          kind: 'text',
          text: 'In the settings tried no interval fell short of its nominal coverage by more than chance explains.',
        }
      : { kind: 'list', items: settings.map((setting) => inWords(setting, short)) };
  return {
    id: 'coverage',
    title: 'How far intervals can be trusted',
    blocks: [
      {
        kind: 'text',
        text:
          'Small worlds are drawn whose truth is known; an interval with nominal 95\u202f% should hold it in 95 of 100. Where ' +
          'it doesn’t, read intervals that rest on as few rows and clicks as too narrow.',
      },
      {
        kind: 'table',
        table: {
          caption: 'Share of worlds whose interval held the true value, with Wilson’s 95\u202f% interval.',
          columns: [
            { title: 'Setting', numeric: false },
            { title: 'Estimator', numeric: false },
            { title: 'Rule', numeric: false },
            { title: 'Worlds', numeric: true },
            { title: 'Rows', numeric: true },
            { title: 'Click rate', numeric: true },
            { title: 'Nominal', numeric: true },
            { title: 'Actual', numeric: true },
            { title: 'Verdict', numeric: false },
          ],
          rows: coverage.map((one) => ({
            cells: [
              { text: one.setting },
              { text: estimatorName(one.estimator) },
              { text: one.rule },
              { text: decimal(one.worlds) },
              { text: decimal(one.rows) },
              { text: percent(one.clickRate) },
              { text: confidence(one.nominal) },
              { text: rateWithInterval(one.actual, one.interval), doubtful: one.fallsShort },
              { text: one.fallsShort ? 'falls short' : 'as promised', doubtful: one.fallsShort },
            ],
          })),
        },
      },
      words,
    ],
  };
}

/** What falling short means for a reader, once a setting. */
function inWords(setting: string, short: readonly CoverageResult[]): string {
  const here = short.filter((one) => one.setting === setting);
  const worst = here.reduce((a, b) => (b.actual - b.nominal < a.actual - a.nominal ? b : a));
  const shares = listed(here.map((one) => `${estimatorName(one.estimator)} (${one.rule}) in ${percent(one.actual)}`));
  const often = (1 - worst.actual) / (1 - worst.nominal);
  return (
    `${setting} (${percent(worst.clickRate)} clicks, ${decimal(worst.rows)} rows): instead of in ${confidence(worst.nominal)} of ` +
    `worlds, the truth lay inside the interval of ${shares}. The worst of them misses ${decimal(often, 1)} times as often as it ` +
    'promises: read it as too narrow. Rare clicks leave an estimate to few rows, whose spread is then underestimated; more ' +
    'rows, or a rule that knows the bounds of the reward, help.'
  );
}
