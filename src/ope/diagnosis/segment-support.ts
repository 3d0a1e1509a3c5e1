/**
 * Support within segments: an action that is logged elsewhere but never in a segment cannot be valued there. Absence by
 * chance is not reported: an action's share of the log must make it less likely than α, over all segments and actions.
 */
import type { Warning } from '../../core/warnings.ts';
import { ALPHA, percent } from './check.ts';
import type { Check } from './check.ts';

/** What the log and the evaluation policy make of one segment. */
export interface SegmentFinding {
  column: string;
  segment: string;
  rows: number;
  meanReward: number;
  effectiveSampleSize: number;
  /** In [0, 1]: the evaluation policy's probability, in this segment, of actions that were never logged there. */
  unsupportedShare: number;
  /** Those of them whose absence is no chance. */
  missing: readonly string[];
}

interface Segment {
  rows: number;
  rewards: number;
  weights: number;
  squares: number;
  logged: Float64Array;
  evaluated: Float64Array;
}

export interface SegmentSupport extends Check {
  bySegment(): SegmentFinding[];
}

/** Segments of a column that are told apart; later ones are one segment. */
const MOST = 200;
export const OTHERS = '(all others)';
const NEVER_SHARE = 0.01;

/** `whole`: false where only the evaluation policy's odds of the logged action are known. */
export function segmentSupport(actions: readonly string[], whole: boolean): SegmentSupport {
  const k = actions.length;
  const columns = new Map<string, Map<string, Segment>>();
  const total = new Float64Array(k);
  let rows = 0;

  function segmentOf(column: Map<string, Segment>, cell: string | number): Segment {
    const text = String(cell);
    const key = column.has(text) || column.size < MOST ? text : OTHERS;
    let segment = column.get(key);
    if (!segment) {
      segment = {
        rows: 0,
        rewards: 0,
        weights: 0,
        squares: 0,
        logged: new Float64Array(k),
        evaluated: new Float64Array(k),
      };
      column.set(key, segment);
    }
    return segment;
  }

  const bySegment = (): SegmentFinding[] => {
    const count = [...columns.values()].reduce((sum, column) => sum + column.size, 0);
    const missed = (s: Segment, a: number): boolean => s.logged[a] === 0 && s.evaluated[a] > 0;
    // Chance that an action of its share of the log is missing from so many rows.
    const odd = (s: Segment, a: number): boolean =>
      s.rows * Math.log1p(-total[a] / rows) < Math.log(ALPHA / (count * k));
    return [...columns].flatMap(([column, segments]) =>
      [...segments].map(([segment, s]) => ({
        column,
        segment,
        rows: s.rows,
        meanReward: s.rewards / s.rows,
        effectiveSampleSize: s.squares > 0 ? (s.weights * s.weights) / s.squares : 0,
        unsupportedShare: whole ? s.evaluated.reduce((sum, mass, a) => sum + (missed(s, a) ? mass : 0), 0) / s.rows : 0,
        missing: whole ? actions.filter((_, a) => missed(s, a) && odd(s, a)) : [],
      })),
    );
  };

  return {
    bySegment,
    add({ evidence: { log, evaluation }, weight, segments }) {
      const { action } = log.decisions;
      for (let i = 0; i < log.size; i++) total[action[i]]++;
      rows += log.size;
      for (const [name, cells] of segments ?? []) {
        const column = columns.get(name) ?? new Map<string, Segment>();
        columns.set(name, column);
        for (let i = 0; i < log.size; i++) {
          const s = segmentOf(column, cells[i]);
          s.rows++;
          s.rewards += log.outcomes.reward[i];
          s.weights += weight[i];
          s.squares += weight[i] * weight[i];
          s.logged[action[i]]++;
          for (let a = 0; a < k; a++) s.evaluated[a] += evaluation.data[i * k + a];
        }
      }
    },
    report() {
      if (columns.size === 0) return { figures: [], warnings: [] };
      const found = bySegment();
      const share = (s: SegmentFinding): number => {
        const segment = columns.get(s.column)?.get(s.segment);
        return s.missing.reduce((sum, a) => sum + (segment?.evaluated[actions.indexOf(a)] ?? 0), 0) / s.rows;
      };
      const bad = found.filter((s) => share(s) > NEVER_SHARE).sort((a, b) => b.rows * share(b) - a.rows * share(a));
      const warnings: Warning[] = bad.slice(0, 5).map((s) => ({
        kind: 'no-support-in-segment',
        message: `where ${s.column} is ${s.segment} (${s.rows} rows) the evaluation policy spends ${percent(share(s))} of its probability on actions never logged there: ${s.missing.slice(0, 5).join(', ')}`,
        advice: 'nothing is known of them for these people: log them there, or keep the policy from them there',
      }));
      if (bad.length > 5) warnings[4].advice += ` (and so in ${bad.length - 5} more segments)`;
      return {
        figures: [
          {
            name: 'segments-without-support',
            label: 'Segments where an action of the policy was never logged',
            value: bad.length,
            unit: '',
            note: `of ${found.length} segments of ${[...columns.keys()].join(', ')}`,
          },
        ],
        warnings,
      };
    },
  };
}
