/** One decision as Vowpal Wabbit's formats log it: what was known, what could be shown, what was, and what it cost. */
import { InputError } from '../../core/errors.ts';
import { amountFault, probabilityFault } from './row-checks.ts';

/** Names and values; a name that comes twice adds up. */
export type Features = Map<string, number>;

export interface LoggedEvent {
  /** Index of the action, 0 … k − 1. */
  action: number;
  cost: number;
  /** In (0, 1]. */
  probability: number;
  /** How many actions there were; those of the text format `cb` are not told. */
  offered?: number;
  /** Those of the offered actions that could be taken; default: all. */
  eligible?: readonly number[];
  /** What was known before the choice. */
  features: Features;
  /** What each of the offered actions is, in few words; '' where nothing says. */
  names?: readonly string[];
  /** (offered) the whole behaviour policy. */
  distribution?: readonly number[];
  /** [h] since 1970. */
  hour?: number;
  /** Numbers that come along: `evaluated`, `page reward`. */
  extra: Readonly<Record<string, number>>;
}

/** A row of a log: an event, why it is none, or that nothing is known of its outcome. */
export type Row = { line: number } & (
  | { event: LoggedEvent }
  | { reason: string; fault: string }
  | { unlabelled: string }
);

/** Why an event is bad; undefined where it is sound. Written so that NaN fails too. */
export function eventFault({
  cost,
  probability,
}: {
  cost: number;
  probability: number;
}): { reason: string; fault: string } | undefined {
  const odd = probabilityFault(probability);
  if (odd !== undefined) return { reason: 'probability not in (0, 1]', fault: `probability ${probability} ${odd}` };
  const fault = amountFault(cost);
  return fault === undefined ? undefined : { reason: 'cost no number', fault: `cost ${cost} ${fault}` };
}

/** Adds a feature. */
export function addFeature(features: Features, name: string, value: number): void {
  features.set(name, (features.get(name) ?? 0) + value);
}

/** Throws `InputError` for formats of Vowpal Wabbit that hold no choice among actions. */
export function refuseFormat(path: string, what: string): never {
  throw new InputError(`${path} holds ${what}; adsim reads cb, cb_adf and, as dsjson, ccb and slates`);
}
