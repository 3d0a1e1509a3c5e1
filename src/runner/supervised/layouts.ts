/** Tables whose columns are known: adsim's own log and the Open Bandit Dataset, of which the rows shown are examples. */
import type { Warning } from '../../core/warnings.ts';
import type { ColumnRoles } from '../../models/supervised/preparation/roles.ts';
import { isOpenBandit } from '../logs/open-bandit.ts';

/** What is known of a table's columns before anybody says anything. */
export interface Layout {
  roles: Partial<ColumnRoles>;
  /** What else is known where another column is the label. */
  ofLabel?: Readonly<Record<string, Partial<ColumnRoles>>>;
  /** Rows to keep: those whose number in the column is at least this. */
  keep: readonly { column: string; least: number }[];
  notices: readonly Warning[];
}

/** What is known of a table with these columns; nothing of other people's. */
export function layoutOf(names: readonly string[]): Layout {
  if (isOpenBandit(names)) return openBandit(names);
  if (['impression', 'session', 'propensity', 'won'].every((name) => names.some((one) => bare(one) === name))) {
    return own(names);
  }
  return { roles: {}, keep: [], notices: [] };
}

function openBandit(names: readonly string[]): Layout {
  const features = names.filter((name) => /^user_feature_\d+$/u.test(name));
  return {
    roles: {
      label: 'click',
      positive: '1',
      categorical: ['item_id', 'position', ...features],
      drop: names.filter((name) => /^(?:propensity_score|action_prob|column \d+)$/u.test(name)),
      ...(names.includes('timestamp') && { time: 'timestamp' }),
    },
    keep: [],
    notices: [],
  };
}

/** `click:0` → `click`: the columns of a page carry their slot. */
const bare = (name: string): string => name.replace(/:\d+$/u, '');

/** The ad of the first slot; everything that became known later is left out. */
function own(names: readonly string[]): Layout {
  const slots = names.includes('action') ? '' : ':0';
  const known = names.filter((name) => name.startsWith('context:'));
  const used = new Set([...known, `action${slots}`, 'user', 'hour']);
  const page = {
    kind: 'first-slot',
    message: 'the log has several slots a page, and only the ad in the first is an example',
    advice: 'ads further down are looked at less; see position factors in the guide',
  };
  return {
    roles: {
      label: `click${slots}`,
      positive: '1',
      numeric: known,
      categorical: [`action${slots}`],
      group: 'user',
      time: 'hour',
      drop: names.filter((name) => !used.has(name)),
    },
    ofLabel: { [`conversion${slots}`]: { positive: '1', click: `click${slots}` } },
    keep: [
      { column: 'won', least: 1 },
      { column: `action${slots}`, least: 0 },
    ],
    notices: slots === '' ? [] : [page],
  };
}
