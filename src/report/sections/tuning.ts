/** How parameters were chosen, and that it was not on the seeds that are reported. */
import type { Results, TuningResult } from '../../runner/results.ts';
import type { Section, Table } from '../document.ts';
import { counted, listed, meanAndDoubt, rewardUnit } from '../format.ts';
import { measureOf } from '../compare.ts';

const METHODS = {
  grid: 'every combination',
  random: 'drawn settings',
  halving: 'drawn settings, the better third of each round going on with three times the requests',
};

/** A table per agent that was tuned; null where none was. */
export function tuningSection(results: Results): Section | null {
  if (results.tuning.length === 0) return null;
  return {
    id: 'tuning',
    title: 'How parameters were chosen',
    blocks: [
      {
        kind: 'text',
        text:
          'Parameters were chosen on tuning seeds that nothing else in this report was measured on, so what is reported is not ' +
          'flattered by the choice. The best of several noisy scores is higher than what it will bring again: read the scores here as that.',
      },
      ...results.tuning.map((one) => ({ kind: 'table' as const, table: tableOf(one, results) })),
    ],
  };
}

function tableOf({ agent, method, seeds, candidates, chosen }: TuningResult, results: Results): Table {
  const keys = [...new Set(candidates.flatMap(({ settings }) => Object.keys(settings)))];
  const unit = rewardUnit(results.world.rewardUnit);
  return {
    caption:
      `${agent}: ${METHODS[method]}, ${counted(candidates.length, 'setting')} on ${counted(seeds.length, 'tuning seed')} ` +
      `(${listed(seeds)}); score: ${measureOf(results).name}, mean ± half the 95 % interval. Marked: what it played with.`,
    columns: [...keys, 'requests', 'score'].map((title, i) => ({ title, numeric: i >= keys.length })),
    rows: candidates
      .map((candidate, c) => ({ ...candidate, c }))
      .sort((a, b) => b.requests - a.requests || b.score.mean - a.score.mean)
      .map(({ settings, requests, score, c }) => {
        const { mean, doubt } = meanAndDoubt(score, unit);
        return {
          cells: [
            ...keys.map((key) => ({ text: String(settings[key] ?? '') })),
            { text: requests.toLocaleString('en-US') },
            doubt === '' ? { text: mean } : { text: mean, doubt },
          ],
          ...(c === chosen && { tone: 'best' as const }),
        };
      }),
  };
}
