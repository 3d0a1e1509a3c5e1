/** `adsim explain DIR --row N` of a run: why this ad for this user. */
import { agentKind } from '../../agents/registry.ts';
import { CATEGORY_NAMES } from '../../core/contracts.ts';
import type { ImpressionLog } from '../../core/contracts.ts';
import { selectRows } from '../../core/log.ts';
import { randomFrom } from '../../core/random.ts';
import { explainPreference, predictions } from '../../models/explain/preference.ts';
import type { Preference, PreferenceMethod } from '../../models/explain/preference.ts';
import { methodFor } from './one-row.ts';
import type { RowMethod } from './one-row.ts';
import { replayRun } from './replay.ts';
import type { Replay, ReplayOptions } from './replay.ts';

export interface AdChoice {
  name: string;
  category: string;
  /** Odds with which the policy was to show it first. */
  odds: number;
  /** P(click) by the model; null without one. */
  predicted: number | null;
  /** What the policy had seen of it in the ticks before. */
  impressions: number;
  clicks: number;
}

export interface ContextValue {
  name: string;
  value: number;
  /** Share of the log's rows with less of it, those with as much counting half. */
  above: number;
}

export interface ShownExplanation {
  schemaVersion: 1;
  log: string;
  row: number;
  seed: string;
  user: number;
  session: number;
  /** [h] since the log began. */
  hour: number;
  /** The most unusual first; columns that never change are left out. */
  context: ContextValue[];
  policy: { name: string; kind: string; summary: string };
  /** The ad in the first place, as decided; null where the page stayed empty. */
  decided: string | null;
  propensity: number | null;
  /** What was shown, from the first decision down, and whether it was clicked. */
  page: { ad: string; clicked: boolean }[];
  /** Those that might be shown, the likeliest to be shown first. */
  eligible: AdChoice[];
  model: {
    name: string;
    kind: string;
    /** What the row was to the model: `train`, `validation`, `test`, `held out`, or `none` where no ad was shown. */
    part: string;
    /** [nats] on the test sessions: as refitted, and as the run says where it has this seed alone. */
    logLoss: { refitted: number; kept: number | null };
  } | null;
  /** Why the model has the shown ad above (or below) the runner-up. */
  preference: (Preference & { ad: string; against: string; method: PreferenceMethod; background: number }) | null;
  /** What can't be explained, and why. */
  limits: string[];
}

/** Rows that stand for "nothing is known". */
const BACKGROUND = 100;

/** Reads, plays and trains again; writes nothing. Throws `InputError` in one sentence. */
export async function explainShown(
  folder: string,
  { method, ...options }: ReplayOptions & { method: RowMethod },
): Promise<ShownExplanation> {
  const replay = await replayRun(folder, options);
  const { experiment, environment, log, seen, fitted } = replay;
  const { actions, spec } = environment;
  const i = options.row - 1;
  const k = actions.size;
  const [L, page] = [spec.slots, [] as ShownExplanation['page']];
  for (let cell = i * L; cell < (i + 1) * L; cell++) {
    if (log.outcomes.slot[cell] < 0) continue;
    page.push({ ad: actions.names[log.decisions.action[cell]], clicked: log.outcomes.click[cell] === 1 });
  }
  const decided = log.decisions.action[i * L];
  const one = selectRows(log, [i]);
  const predicted = fitted && predictions(fitted.model, one.requests, k).data;
  const odds = one.decisions.distribution?.data ?? new Float64Array(k);
  const open = Array.from({ length: k }, (_, a) => a).filter((a) => one.requests.eligible[a] === 1);
  const eligible = open.map((a) => ({
    name: actions.names[a],
    category: CATEGORY_NAMES[actions.category[a]] ?? `category ${actions.category[a]}`,
    odds: odds[a],
    predicted: predicted && predicted[a],
    impressions: seen.impressions[a],
    clicks: seen.clicks[a],
  }));
  const { kind, name = kind } = experiment.behaviour;
  const others = predicted ? open.filter((a) => a !== decided).sort((a, b) => predicted[b] - predicted[a]) : [];
  return {
    schemaVersion: 1,
    log: replay.path,
    row: options.row,
    seed: replay.seed,
    user: log.requests.user[i],
    session: log.requests.session[i],
    hour: log.requests.hour[i],
    context: contextOf(log, i),
    policy: { name, kind, summary: agentKind(kind)?.summary ?? '' },
    decided: decided < 0 ? null : actions.names[decided],
    propensity: decided < 0 ? null : log.decisions.propensity[i * L],
    page,
    eligible: eligible.sort((a, b) => b.odds - a.odds || (b.predicted ?? 0) - (a.predicted ?? 0)),
    model: fitted && {
      name: fitted.name,
      kind: fitted.kind,
      part: partOf(replay, log.requests.impression[i]),
      logLoss: {
        refitted: fitted.evaluation.logLoss,
        kept: experiment.seeds.length === 1 ? fitted.kept.logLoss.mean : null,
      },
    },
    preference: decided < 0 || others.length === 0 ? null : preferenceOf(replay, i, [decided, others[0]], method),
    limits: limitsOf(replay, i, others.length),
  };
}

function preferenceOf(
  { environment: { actions, spec }, log, parts, fitted }: Replay,
  i: number,
  ads: readonly [number, number],
  asked: RowMethod,
): ShownExplanation['preference'] {
  if (!fitted) return null;
  const method = methodFor(fitted.kind, asked);
  const random = randomFrom('explain').stream('shown');
  const learned = new Set(parts.parts.train.requests.impression);
  const taught = Int32Array.from({ length: log.size }, (_, r) => r).filter((r) =>
    learned.has(log.requests.impression[r]),
  );
  const some = random.stream('background').sequence().shuffle(taught).subarray(0, BACKGROUND);
  const told = explainPreference(method, {
    model: fitted.model,
    setup: { actions: fitted.actions, contextNames: spec.contextNames },
    requests: selectRows(log, [i, ...some]).requests,
    ads,
    random: random.stream('coalitions'),
  });
  const columns = told.columns.sort((a, b) => Math.abs(b.phi) - Math.abs(a.phi));
  const [ad, against] = ads.map((a) => actions.names[a]);
  return { ...told, columns, ad, against, method, background: some.length };
}

function partOf({ parts: { parts, heldOut } }: Replay, impression: number): string {
  const named = { ...parts, 'held out': heldOut };
  const found = Object.entries(named).find(([, { requests }]) => requests.impression.includes(impression));
  return found?.[0] ?? 'none';
}

/** Columns that change at all, the most unusual first. */
function contextOf({ size, spec, requests: { context } }: ImpressionLog, i: number): ContextValue[] {
  const d = context.columns;
  const told = spec.contextNames.map((name, j) => {
    const value = context.data[i * d + j];
    let [less, same] = [0, 0];
    for (let r = 0; r < size; r++) {
      const other = context.data[r * d + j];
      if (other < value) less++;
      else if (other === value) same++;
    }
    return { name, value, above: (less + same / 2) / size, same };
  });
  return told
    .filter(({ same }) => same < size)
    .sort((a, b) => Math.abs(b.above - 0.5) - Math.abs(a.above - 0.5))
    .map(({ name, value, above }) => ({ name, value, above }));
}

function limitsOf({ experiment, environment: { spec }, log, fitted }: Replay, i: number, others: number): string[] {
  const L = spec.slots;
  const { seeds, behaviour } = experiment;
  const name = behaviour.name ?? behaviour.kind;
  const decided = log.decisions.action[i * L];
  const limits = [
    `What ${name} made of the user is not kept: its odds are those of the log, and what it had seen of each ad is counted from it.`,
  ];
  if (decided < 0) limits.push('No ad was eligible, so the page stayed empty.');
  else if (log.outcomes.slot[i * L] < 0) limits.push('The first ad was decided on but not shown: its bid did not win.');
  if (L > 1) limits.push(`Of the ${L} ads of a page the first is explained; those below hang on the ones above.`);
  if (!fitted) {
    limits.push('The run trained no model, so nothing says what of the user speaks for an ad; add one under `models`.');
    return limits;
  }
  if (decided >= 0 && others === 0) limits.push('No other ad was eligible, so there is nothing to hold it against.');
  const { refitted, kept } = { refitted: fitted.evaluation.logLoss, kept: fitted.kept.logLoss.mean };
  if (seeds.length > 1) {
    limits.push(
      `The run keeps the log loss of ${fitted.name} over ${seeds.length} seeds and not of each, so the refit is vouched for by the log alone, which came out byte for byte.`,
    );
  } else if (refitted !== kept) {
    limits.push(
      `${fitted.name} came out otherwise than in the run (log loss ${refitted}, not ${kept}), for instance on another numeric back end: it is a model like that one, not the same.`,
    );
  }
  return limits;
}
