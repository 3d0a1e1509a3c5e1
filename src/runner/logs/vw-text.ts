/** Vowpal Wabbit's text: `action:cost:probability | features`, a line (cb) or a paragraph (cb_adf) for each decision. */
import { addFeature, eventFault, refuseFormat } from './event.ts';
import type { Features, Row } from './event.ts';
import { textLines } from './text-lines.ts';

/** One label: an action, and where they are known its cost and the probability with which it was taken. */
interface Label {
  action: string;
  cost: number;
  probability: number;
  /** How many of the three are there. */
  parts: number;
}

interface Line {
  line: number;
  labels: Label[];
  shared: boolean;
  /** From the first bar on. */
  features: string;
}

const SAMPLE_LINES = 2000;

/** The decisions of a file, one row each. Throws `InputError` where it holds something else. */
export async function* vwRows(path: string): AsyncGenerator<Row> {
  const paragraphs = await hasParagraphs(path);
  let open: Line[] = [];
  for await (const { line, text } of textLines(path)) {
    if (text.trim() === '') {
      if (open.length > 0) yield paragraphRow(open);
      open = [];
      continue;
    }
    const parsed = lineOf(path, line, text);
    if (!parsed) yield { line, reason: 'no example', fault: 'the line has no features (no "|")' };
    else if (paragraphs) open.push(parsed);
    else yield lineRow(parsed);
  }
  if (open.length > 0) yield paragraphRow(open);
}

/** True for cb_adf: paragraphs of several lines of which at most one has an outcome, or lines that are shared. */
async function hasParagraphs(path: string): Promise<boolean> {
  let [lines, outcomes, longer] = [0, 0, false];
  let read = 0;
  for await (const { line, text } of textLines(path)) {
    if (read++ > SAMPLE_LINES) break;
    if (text.trim() === '') {
      [lines, outcomes] = [0, 0];
      continue;
    }
    const parsed = lineOf(path, line, text);
    if (parsed?.shared) return true;
    lines++;
    if (parsed && parsed.labels.length > 0) outcomes++;
    if (outcomes > 1) return false;
    longer ||= lines > 1;
  }
  return longer;
}

/** Throws `InputError` for lines of another kind of learning; undefined for no example at all. */
function lineOf(path: string, line: number, text: string): Line | undefined {
  const bar = text.indexOf('|');
  const head = (bar < 0 ? text : text.slice(0, bar)).split(/\s+/u).filter((word) => word !== '');
  if (/^(?:ccb|slates)$/u.test(head[0] ?? '')) refuseFormat(path, `${head[0]} examples as text`);
  if (head[0] === 'ca') refuseFormat(path, 'continuous actions (ca)');
  if (bar < 0) return undefined;
  // A word that touches the bar, or begins with a quote, is the example's tag.
  const tagged =
    bar > 0 &&
    !/\s/u.test(text[bar - 1]) &&
    !/^[^:]*(?::[^:]*){1,2}$/u.test(head.at(-1) as string) &&
    head[0] !== 'shared';
  const words = (tagged ? head.slice(0, -1) : head).filter((word) => !word.startsWith("'"));
  const shared = words[0] === 'shared';
  return { line, shared, labels: shared ? [] : words.map(labelOf), features: text.slice(bar) };
}

function labelOf(word: string): Label {
  const [action, cost, probability, ...more] = word.split(':');
  const number = (text: string | undefined): number =>
    text === undefined || text === '' || more.length > 0 ? NaN : Number(text);
  return {
    action,
    cost: number(cost),
    probability: number(probability),
    parts: 1 + Number(cost !== undefined) + Number(probability !== undefined),
  };
}

const NO_OUTCOME = 'no outcome: an example to predict, not a logged decision';

/** The label that says what was done: the one with a probability. A bad one comes back as it is, to be refused. */
function observed(labels: readonly Label[]): { label: Label } | { fault: string } | undefined {
  const known = labels.filter(({ parts }) => parts === 3);
  if (known.length > 1) return { fault: `${known.length} actions have a probability; one was taken` };
  if (known.length === 1) return { label: known[0] };
  const costs = labels.filter(({ parts }) => parts === 2);
  return costs.length > 0 ? { fault: 'the probability of the action taken is missing' } : undefined;
}

/** A row of `cb`: actions are numbered from 1; a first number alone is the action of a policy to be valued (`--eval`). */
function lineRow({ line, labels, features }: Line): Row {
  const found = observed(labels);
  if (!found) return { line, unlabelled: NO_OUTCOME };
  if ('fault' in found) return { line, reason: 'malformed label', fault: found.fault };
  const { label } = found;
  const numbered = labels.map(({ action }) => Number(action));
  const odd = labels.find((_, j) => !(Number.isInteger(numbered[j]) && numbered[j] >= 1));
  if (odd) return { line, reason: 'unknown action', fault: `action ${odd.action} is not one of 1, 2, …` };
  const bad = eventFault(label);
  if (bad) return { line, ...bad };
  const known: Features = new Map();
  const fault = addFeatures(known, features);
  if (fault !== undefined) return { line, reason: 'malformed feature', fault };
  const evaluates = labels.length > 1 && labels[0].parts === 1;
  return {
    line,
    event: {
      action: Number(label.action) - 1,
      cost: label.cost,
      probability: label.probability,
      features: known,
      extra: evaluates ? { evaluated: numbered[0] - 1 } : {},
    },
  };
}

/** A row of `cb_adf`: the actions are the lines, in their order; the label of one says what it cost. */
function paragraphRow(lines: readonly Line[]): Row {
  const { line } = lines[0];
  const actions = lines.filter(({ shared }) => !shared);
  const labelled = actions.filter(({ labels }) => labels.length > 0);
  if (labelled.length === 0) return { line, unlabelled: NO_OUTCOME };
  if (labelled.length > 1 || labelled[0].labels.length > 1) {
    return { line, reason: 'malformed label', fault: 'several actions have an outcome; one was taken' };
  }
  const at = labelled[0].line;
  const found = observed(labelled[0].labels) ?? { fault: 'the label has no cost and no probability' };
  if ('fault' in found) return { line: at, reason: 'malformed label', fault: found.fault };
  const bad = eventFault(found.label);
  if (bad) return { line: at, ...bad };
  const features: Features = new Map();
  for (const one of lines.filter(({ shared }) => shared)) {
    const fault = addFeatures(features, one.features);
    if (fault !== undefined) return { line: one.line, reason: 'malformed feature', fault };
  }
  return {
    line,
    event: {
      action: actions.indexOf(labelled[0]),
      cost: found.label.cost,
      probability: found.label.probability,
      offered: actions.length,
      features,
      names: actions.map((action) => nameOf(action.features)),
      extra: {},
    },
  };
}

/** What an action is, in the file's own words without the bars. */
const nameOf = (features: string): string =>
  features
    .split('|')
    .map((part) => (/^\S/u.test(part) ? part.replace(/^\S+/u, '') : part).trim())
    .filter((part) => part !== '')
    .join(' ');

/** Adds `|namespace name:value …` to the features, `namespace^name` each; answers what is wrong. */
function addFeatures(features: Features, text: string): string | undefined {
  for (const part of text.split('|').slice(1)) {
    const words = part.split(/\s+/u).filter((word) => word !== '');
    const [namespace, scale = '1'] = /^\S/u.test(part) ? (words.shift() as string).split(':') : [''];
    const times = Number(scale);
    for (const word of words) {
      const colon = word.lastIndexOf(':');
      const value = times * (colon < 0 ? 1 : Number(word.slice(colon + 1) || NaN));
      if (!Number.isFinite(value)) return `feature ${word} has no number behind its colon`;
      const name = colon < 0 ? word : word.slice(0, colon);
      addFeature(features, namespace === '' ? name : `${namespace}^${name}`, value);
    }
  }
  return undefined;
}
