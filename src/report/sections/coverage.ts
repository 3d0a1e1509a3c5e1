/** Measured coverage: do 95 % intervals hold the truth 95 % of the time? */
import type { CoverageResult } from '../../runner/results.ts';
import type { Block, Section } from '../document.ts';
import { decimal, percent, rateWithInterval } from '../format.ts';

/** Nominal beside actual on small synthetic worlds, and in words where it falls short. */
export function coverageSection(coverage: readonly CoverageResult[]): Section {
  const short = coverage.filter((one) => one.fallsShort);
  const words: Block =
    short.length === 0
      ? {
          kind: 'text',
          text: 'No interval fell short of its nominal coverage by more than chance explains in the settings tried.',
        }
      : { kind: 'list', items: short.map(inWords) };
  return {
    id: 'coverage',
    title: 'How far intervals can be trusted',
    blocks: [
      {
        kind: 'text',
        text:
          'Small worlds are drawn whose truth is known; an interval with nominal 95 % should hold it in 95 of 100. Where ' +
          'it doesn’t, read the intervals above as too narrow.',
      },
      {
        kind: 'table',
        table: {
          caption: 'Share of worlds whose interval held the true value, with Wilson’s 95 % interval.',
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
              { text: one.estimator },
              { text: one.rule },
              { text: decimal(one.worlds) },
              { text: decimal(one.rows) },
              { text: percent(one.clickRate) },
              { text: percent(one.nominal, 0) },
              { text: rateWithInterval(one.actual, one.interval) },
              { text: one.fallsShort ? 'falls short' : 'as promised' },
            ],
            ...(one.fallsShort ? { tone: 'doubtful' as const } : {}),
          })),
        },
      },
      words,
    ],
  };
}

function inWords(one: CoverageResult): string {
  return (
    `${one.setting}: ${one.estimator} (${one.rule}) with ${decimal(one.rows)} rows held the truth in ${percent(one.actual)} of ` +
    `${decimal(one.worlds)} worlds instead of ${percent(one.nominal, 0)}: it missed in ${percent(1 - one.actual)} of cases, ` +
    `not ${percent(1 - one.nominal)}. At a click rate of ${percent(one.clickRate)} few rows carry clicks, so the spread is ` +
    'underestimated; use more rows, or take the interval as a lower bound of the doubt.'
  );
}
