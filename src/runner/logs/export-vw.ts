/** A log as Vowpal Wabbit reads it: text for `--cb` and `--cb_adf`, or dsjson. A cost is a reward turned round. */
import { InputError } from '../../core/errors.ts';
import type { LogBlock, LogSource } from './source.ts';
import { timestampOf } from './timestamps.ts';

export type VwForm = 'vw' | 'vw-adf' | 'dsjson';

/**
 * The log in pieces of text. `vw` numbers the actions from 1; `vw-adf` and `dsjson` write their names, of which blanks,
 * colons and bars become underscores in text. Features of 0 are left out of text, as VW does. Throws `InputError` for a
 * log without propensities.
 */
export async function* encodeVw(source: LogSource, form: VwForm): AsyncGenerator<string> {
  if (!source.propensities) {
    throw new InputError(
      `${source.path} has no propensities, and Vowpal Wabbit wants the probability of each action taken`,
    );
  }
  const rows = { vw: cbRows, 'vw-adf': adfRows, dsjson: dsjsonRows }[form];
  for await (const block of source.blocks()) yield rows(block).join('');
}

const word = (name: string): string => name.replaceAll(/[\s:|]+/gu, '_');

function label({ log }: LogBlock, i: number): { cost: number; probability: number; action: number } {
  return {
    cost: 0 - log.outcomes.reward[i],
    probability: log.decisions.propensity[i],
    action: log.decisions.action[i],
  };
}

/** ` name:value …` of row i. */
function contextOf({ log: { requests, spec } }: LogBlock, names: readonly string[], i: number): string {
  const d = spec.contextNames.length;
  let text = '';
  for (let j = 0; j < d; j++) {
    const value = requests.context.data[i * d + j];
    if (value !== 0) text += value === 1 ? ` ${names[j]}` : ` ${names[j]}:${value}`;
  }
  return text;
}

function cbRows(block: LogBlock): string[] {
  const names = block.log.spec.contextNames.map(word);
  return Array.from({ length: block.log.size }, (_, i) => {
    const { cost, probability, action } = label(block, i);
    return `${action + 1}:${cost}:${probability} |${contextOf(block, names, i)}\n`;
  });
}

function adfRows(block: LogBlock): string[] {
  const { spec, requests } = block.log;
  const names = spec.contextNames.map(word);
  const actions = spec.actions.map(word);
  const k = actions.length;
  return Array.from({ length: block.log.size }, (_, i) => {
    const { cost, probability, action } = label(block, i);
    const lines = actions.flatMap((name, a) => {
      if (requests.eligible[i * k + a] === 0) return [];
      return [`${a === action ? `0:${cost}:${probability} ` : ''}| ${name}\n`];
    });
    return `shared |${contextOf(block, names, i)}\n${lines.join('')}\n`;
  });
}

function dsjsonRows(block: LogBlock): string[] {
  const { spec, requests } = block.log;
  const d = spec.contextNames.length;
  const k = spec.actions.length;
  const tags = spec.actions.map((name) => ({ _tag: name }));
  return Array.from({ length: block.log.size }, (_, i) => {
    const { cost, probability, action } = label(block, i);
    const context: Record<string, unknown> = {};
    spec.contextNames.forEach((name, j) => {
      context[name.replace(/^_+/u, '')] = requests.context.data[i * d + j]; // VW passes over keys that begin with _
    });
    const ranked = [action, ...Array.from(tags.keys()).filter((a) => a !== action)];
    const odds = block.behaviour?.data.subarray(i * k, i * k + k);
    return `${JSON.stringify({
      _label_cost: cost,
      _label_probability: probability,
      _label_Action: action + 1,
      _labelIndex: action,
      Timestamp: timestampOf(requests.hour[i]),
      Version: '1',
      EventId: String(requests.impression[i]),
      a: odds ? ranked.map((a) => a + 1) : [action + 1],
      c: { ...context, _multi: tags },
      p: odds ? ranked.map((a) => odds[a]) : [probability],
    })}\n`;
  });
}
