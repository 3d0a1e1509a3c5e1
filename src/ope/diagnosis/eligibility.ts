/** Whether some actions may not be taken in some rows, and whether the evaluation policy and the log keep to it. */
import type { Warning } from '../../core/warnings.ts';
import { percent } from './check.ts';
import type { Check } from './check.ts';

/** Room for rounding. */
const NEGLIGIBLE = 1e-6;

/** `whole`: false where only the evaluation policy's odds of the logged action are known. */
export function eligibility(actions: readonly string[], whole: boolean): Check {
  const k = actions.length;
  let rows = 0;
  let known = 0; // rows that say what is eligible
  let eligible = 0;
  let restricted = 0;
  let outside = 0; // Σ π_e of what may not be taken
  let broken = 0;
  let first = -1;
  return {
    add({ evidence: { log, evaluation } }) {
      const may = log.requests.eligible;
      for (let i = 0; i < log.size; i++) {
        let open = 0;
        let mass = 0;
        for (let at = i * k; at < (i + 1) * k; at++) {
          if (may[at]) open++;
          else mass += evaluation.data[at];
        }
        if (open === 0) continue;
        known++;
        eligible += open;
        if (open < k) restricted++;
        outside += mass;
        if (!may[i * k + log.decisions.action[i]] && broken++ === 0) first = rows + i;
      }
      rows += log.size;
    },
    report() {
      if (restricted === 0) return { figures: [], warnings: [] }; // everything may be taken: nothing to tell
      const warnings: Warning[] = [];
      if (whole && outside / known > NEGLIGIBLE) {
        warnings.push({
          kind: 'ineligible-policy',
          message: `${percent(outside / known)} of the evaluation policy's probability falls on actions that may not be taken in that row`,
          advice:
            'it would not be served like that: give those actions the probability 0 and share it out as the server does',
        });
      }
      if (broken > 0) {
        warnings.push({
          kind: 'ineligible-logged',
          message: `${broken} of ${rows} rows log an action that may not be taken (the first is row ${first + 1})`,
          advice: 'either eligibility or the action is logged wrongly: find out which',
        });
      }
      return {
        figures: [
          {
            name: 'eligible-actions',
            label: 'Actions that may be taken in a row, on average',
            value: eligible / known,
            unit: '',
            note: `${restricted} of ${known} rows allow fewer than all ${k}`,
          },
        ],
        warnings,
      };
    },
  };
}
