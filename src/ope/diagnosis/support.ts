/**
 * Whether the log shows what the evaluation policy would do: its probability on actions that were never, or hardly ever,
 * logged, and, where π_b is known whole, on actions that π_b could not take in that row.
 */
import type { Warning } from '../../core/warnings.ts';
import type { Check } from './check.ts';
import { percent } from './check.ts';

/** What the log and the evaluation policy make of one action. */
export interface ActionFinding {
  action: string;
  /** Rows that logged it. */
  rows: number;
  /** In [0, 1]: of the log's rows, and of the evaluation policy's probability. */
  loggedShare: number;
  evaluatedShare: number;
  /** Mean reward of its rows; null without any. */
  meanReward: number | null;
  /** Σw of its rows. */
  weight: number;
}

const NEVER_SHARE = 1e-3;
/** An action that the evaluation policy takes at least so often should have been logged at least so many times. */
const THIN_SHARE = 0.01;
const THIN_ROWS = 10;

export interface Support extends Check {
  byAction(): ActionFinding[];
}

/** `whole`: false where only the evaluation policy's odds of the logged action are known. */
export function support(actions: readonly string[], whole: boolean): Support {
  const k = actions.length;
  const logged = new Float64Array(k);
  const evaluated = new Float64Array(k);
  const rewards = new Float64Array(k);
  const weights = new Float64Array(k);
  let rows = 0;
  let impossible = 0;
  let behaviourKnown = true;

  const byAction = (): ActionFinding[] =>
    actions.map((action, a) => ({
      action,
      rows: logged[a],
      loggedShare: logged[a] / rows,
      evaluatedShare: evaluated[a] / rows,
      meanReward: logged[a] > 0 ? rewards[a] / logged[a] : null,
      weight: weights[a],
    }));

  return {
    byAction,
    add({ evidence, weight }) {
      const { log, evaluation, behaviour } = evidence;
      const pi = evaluation.data;
      for (let i = 0; i < log.size; i++) {
        const a = log.decisions.action[i];
        logged[a]++;
        rewards[a] += log.outcomes.reward[i];
        weights[a] += weight[i];
        for (let b = 0, at = i * k; b < k; b++, at++) {
          evaluated[b] += pi[at];
          if (behaviour?.data[at] === 0) impossible += pi[at];
        }
      }
      if (!behaviour) behaviourKnown = false;
      rows += log.size;
    },
    report() {
      if (!whole) {
        const note = 'the evaluation policy is known for the logged actions alone';
        return {
          figures: [
            {
              name: 'unsupported-share',
              label: 'Evaluation policy on actions never logged',
              value: null,
              unit: '%',
              note,
            },
          ],
          warnings: [],
        };
      }
      const found = byAction();
      const never = found.filter((f) => f.rows === 0 && f.evaluatedShare > 0);
      const thin = found.filter((f) => f.rows > 0 && f.rows < THIN_ROWS && f.evaluatedShare >= THIN_SHARE);
      const share = (of: readonly ActionFinding[]): number => of.reduce((sum, f) => sum + f.evaluatedShare, 0);
      const warnings: Warning[] = [];
      if (share(never) > NEVER_SHARE) {
        warnings.push({
          kind: 'no-support',
          message: `the evaluation policy spends ${percent(share(never))} of its probability on actions that the log never shows: ${named(never)}`,
          advice: 'the log says nothing about them: log those actions, or take them from the policy',
        });
      }
      if (thin.length > 0) {
        warnings.push({
          kind: 'thin-support',
          message: `the evaluation policy spends ${percent(share(thin))} of its probability on actions that were logged fewer than ${THIN_ROWS} times: ${named(thin)}`,
          advice: 'their value is a guess from a handful of rows: log them more often, or take them from the policy',
        });
      }
      if (behaviourKnown && impossible / rows > NEVER_SHARE) {
        warnings.push({
          kind: 'zero-propensity',
          message: `${percent(impossible / rows)} of the evaluation policy's probability falls on actions that the behaviour policy gave no chance in that row`,
          advice:
            'no number of rows of this log will show them: value a policy that keeps to what may be logged, or give every action a floor of probability',
        });
      }
      return {
        figures: [
          {
            name: 'unsupported-share',
            label: 'Evaluation policy on actions never logged',
            value: 100 * share(never),
            unit: '%',
          },
          {
            name: 'zero-propensity-share',
            label: 'Evaluation policy on actions of propensity 0',
            value: behaviourKnown ? (100 * impossible) / rows : null,
            unit: '%',
            ...(behaviourKnown ? {} : { note: 'the behaviour policy is not known whole' }),
          },
        ],
        warnings,
      };
    },
  };
}

/** The largest of them by name. */
function named(found: readonly ActionFinding[]): string {
  const most = [...found].sort((a, b) => b.evaluatedShare - a.evaluatedShare);
  const names = most.slice(0, 5).map((f) => `${f.action} (${percent(f.evaluatedShare)}, ${f.rows} rows)`);
  return names.join(', ') + (most.length > 5 ? `, and ${most.length - 5} more` : '');
}
