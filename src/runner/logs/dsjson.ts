/** Vowpal Wabbit's dsjson, the log of its decision service: one JSON object a line, for cb, ccb and slates. */
import { addFeature, eventFault, refuseFormat } from './event.ts';
import type { Features, LoggedEvent, Row } from './event.ts';
import { hourOf } from './table.ts';
import { textLines } from './text-lines.ts';

type Json = Readonly<Record<string, unknown>>;

const NO_OUTCOME = 'no outcome: an event to predict, or one that is not to be learned from (_skipLearn)';

/**
 * The decisions of a file, one row each. Of a page with several slots (ccb, slates) a row is the decision on slot
 * `slot`: what is valued is another policy for that slot, with the other slots filled as they were logged. Throws
 * `InputError` where the file holds something else.
 */
export async function* dsjsonRows(path: string, slot: number): AsyncGenerator<Row> {
  for await (const { line, text } of textLines(path)) {
    if (text.trim() === '') continue;
    if (text.startsWith('[')) {
      yield { line, unlabelled: 'no event: a line that the decision service wrote for itself' };
      continue;
    }
    const json = objectOf(text);
    if (!json) {
      yield { line, reason: 'torn row', fault: 'the line is no whole JSON object' };
      continue;
    }
    if ('_label_ca' in json) refuseFormat(path, 'continuous actions (_label_ca)');
    yield { line, ...rowOf(json, slot) };
  }
}

function objectOf(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const first = (json: Json, ...keys: string[]): unknown => json[keys.find((key) => json[key] !== undefined) ?? ''];
const number = (value: unknown): number => (typeof value === 'number' ? value : NaN);

type Parsed = { event: LoggedEvent } | { reason: string; fault: string } | { unlabelled: string };

function rowOf(json: Json, slot: number): Parsed {
  if (number(json['pdrop']) > 0) {
    return {
      reason: 'dropped at random',
      fault: 'events were dropped at random (pdrop), and their weights are not read',
    };
  }
  if (json['_skipLearn'] === true) return { unlabelled: NO_OUTCOME };
  const context = isObject(json['c']) ? json['c'] : json;
  const actions = listOf(context['_multi']).map((action) => (isObject(action) ? action : {}));
  const features: Features = new Map();
  addJson(features, '', context);
  const hour = typeof json['Timestamp'] === 'string' ? hourOf(json['Timestamp']) : NaN;
  const known = { features, ...(Number.isFinite(hour) && { hour }) };
  if (json['_outcomes'] !== undefined || context['_slots'] !== undefined)
    return pageRow(json, context, actions, slot, known);
  const cost = first(json, '_label_cost', '_label_Cost');
  const chosen = number(json['_labelIndex'] ?? number(json['_label_Action']) - 1);
  if (cost === undefined || Number.isNaN(chosen)) return { unlabelled: NO_OUTCOME };
  const label = { cost: number(cost), probability: number(first(json, '_label_probability', '_label_Probability')) };
  const bad = eventFault(label) ?? actionFault(chosen, actions.length);
  if (bad) return bad;
  const event: LoggedEvent = {
    ...label,
    ...known,
    action: chosen,
    offered: actions.length,
    names: actions.map(nameOf),
    extra: {},
  };
  const ranked = listOf(json['a']).map(number);
  // Actions are counted from 1, but some writers count from 0.
  const distribution = spread(
    ranked.includes(0) ? ranked : ranked.map((a) => a - 1),
    listOf(json['p']).map(number),
    actions.length,
  );
  if (distribution) event.distribution = distribution;
  return { event };
}

/** The decision on one slot of a page. In ccb each slot has its cost, and actions are the page's; in slates the page has one, and actions are the slot's. */
function pageRow(
  json: Json,
  context: Json,
  all: readonly Json[],
  slot: number,
  known: { features: Features; hour?: number },
): Parsed {
  const outcomes = listOf(json['_outcomes']).filter(isObject);
  const slates = all.some((action) => '_slot_id' in action);
  const outcome = outcomes[slot];
  const pageCost = slates
    ? number(first(json, '_label_cost', '_label_Cost'))
    : outcomes.reduce((sum, one) => sum + (number(one['_label_cost']) || 0), 0);
  if (!outcome || (slates && Number.isNaN(pageCost))) return { unlabelled: NO_OUTCOME };
  if (!slates && outcome['_label_cost'] === undefined) return { unlabelled: NO_OUTCOME };
  const actions = slates ? all.filter((action) => action['_slot_id'] === slot) : all;
  const ranked = listOf(outcome['_a']).map(number);
  const odds = listOf(outcome['_p']).map(number);
  const label = { cost: slates ? pageCost : number(outcome['_label_cost']), probability: odds[0] ?? NaN };
  const bad = eventFault(label) ?? actionFault(ranked[0] ?? NaN, actions.length);
  if (bad) return bad;
  const slots = listOf(context['_slots']).length || outcomes.length;
  const event: LoggedEvent = {
    ...label,
    ...known,
    action: ranked[0],
    offered: actions.length,
    eligible: ranked.filter((a) => a >= 0 && a < actions.length),
    names: actions.map(nameOf),
    extra: { slots, 'page reward': 0 - pageCost },
  };
  const distribution = spread(ranked, odds, actions.length);
  if (distribution) event.distribution = distribution;
  return { event };
}

function actionFault(action: number, offered: number): { reason: string; fault: string } | undefined {
  if (Number.isInteger(action) && action >= 0 && action < offered) return undefined;
  return {
    reason: 'unknown action',
    fault: `action ${action} is not one of the ${offered} offered (0 to ${offered - 1})`,
  };
}

/** How far odds may be from 1 in sum: they are written in single precision, and rounded. */
const ROUNDING = 1e-3;

/** (offered) the odds of each action, made to sum to 1; undefined where they are not told whole. */
function spread(actions: readonly number[], odds: readonly number[], offered: number): number[] | undefined {
  const sum = odds.reduce((total, p) => total + p, 0);
  if (actions.length !== odds.length || !(Math.abs(sum - 1) <= ROUNDING) || odds.some((p) => p < 0)) return undefined;
  const out = Array.from({ length: offered }, () => 0);
  for (const [i, action] of actions.entries()) {
    if (!(Number.isInteger(action) && action >= 0 && action < offered)) return undefined;
    out[action] += odds[i] / sum;
  }
  return out;
}

/** What an action is called: its tag, else its features in few words. */
function nameOf(action: Json): string {
  if (typeof action['_tag'] === 'string') return action['_tag'];
  const features: Features = new Map();
  addJson(features, '', action);
  return [...features].map(([name, value]) => (value === 1 ? name : `${name}:${value}`)).join(' ');
}

/** Adds `path=text` for texts, `path` for numbers; keys that begin with _ say how to read, not what is known. */
function addJson(features: Features, path: string, value: unknown): void {
  if (typeof value === 'string') addFeature(features, `${path}=${value}`, 1);
  else if (typeof value === 'number') addFeature(features, path, value);
  else if (typeof value === 'boolean') addFeature(features, path, Number(value));
  else if (Array.isArray(value)) {
    const numbers = value.every((one) => typeof one === 'number');
    for (const [i, one] of value.entries()) addJson(features, numbers ? `${path}[${i}]` : path, one);
  } else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (key.startsWith('_') || ((key === 'a' || key === 'p') && path === '' && '_labelIndex' in value)) continue;
      addJson(features, path === '' ? key : `${path}.${key}`, inner);
    }
  }
}
