/** A model card (Mitchell et al. 2019, Model cards for model reporting): what the model is, from what, how good, and its limits. */
import type { TrainingResults } from '../../runner/supervised/training-results.ts';
import { confidence, decimal, percent } from '../format.ts';
import { metricText } from './metric-words.ts';
import { answerOf, duplicatesText, keptResult, roundingText } from './training.ts';

/** The card in Markdown. `settings`: the model's own; `digest`: of `model.json`. */
export function modelCard(
  results: TrainingResults,
  { digest, settings }: { digest: string; settings: Readonly<Record<string, unknown>> },
): string {
  const { label, data, kept, validation, features } = results;
  const model = keptResult(results);
  const [first] = label.classes.length === 2 ? [label.classes[1]] : ['each class'];
  const lines = [
    `# ${kept.name}: a model of ${cell(label.name)}`,
    '',
    answerOf(results),
    '',
    '## What it is',
    '',
    `- Predicts: the probability of ${cell(first)} in the column ${cell(label.name)}`,
    `- Kind: ${kept.kind}; ${kept.why}`,
    `- Settings: \`${JSON.stringify(plainSettings(settings))}\``,
    ...(results.rounding ? [`- ${roundingText(results.rounding)}`] : []),
    `- adsim ${results.adsim}, seed ${results.seed}, digest \`${digest}\``,
    '',
    '## What it learned from',
    '',
    `- File: ${cell(data.path)}, SHA-256 \`${data.sha256}\``,
    `- Rows: ${decimal(data.rows)} of ${decimal(data.read)} read; ${decimal(results.unlabelled)} had no label; equal to an earlier row: ${duplicatesText(data)}`,
    `- Classes: ${label.classes.map((name, c) => `${cell(name)} ${percent(label.shares[c], 1)}`).join(', ')}`,
    `- Groups: ${results.groups === null ? 'none named, each row counts as independent' : decimal(results.groups)}`,
    '',
    '| column | kind | missing | values |',
    '|---|---|---:|---|',
    ...features.map(
      ({ name, kind, missing, summary }) => `| ${cell(name)} | ${kind} | ${percent(missing, 1)} | ${cell(summary)} |`,
    ),
    '',
    '## How good it is',
    '',
    `${decimal(validation.rows)} rows, none of them learned from before (${validation.rule}), ${confidence(results.level)} intervals.`,
    '',
    '| metric | this model | base rate |',
    '|---|---:|---:|',
    ...model.metrics.map((metric) => {
      const base = validation.baseRate.find(({ name }) => name === metric.name);
      return `| ${metric.title} | ${metricText(metric)} | ${base ? metricText(base) : ''} |`;
    }),
    '',
    `Calibration error that chance alone would show: ${decimal(model.calibrationChance, 4)}.`,
    '',
    '## Limits',
    '',
    `- It was measured on rows like those it learned from; of other people, other times or other ads nothing is known. \`adsim evaluate\` measures it on new rows and says what drifted.`,
    '- It tells what goes together, not what causes what: changing a column need not change the outcome as predicted.',
    results.stream
      ? '- Levels that training never met say nothing, unless their hash is that of one it met.'
      : '- Levels that training never met count as missing, and so do words.',
    ...results.warnings.map(({ message, advice }) => `- ${cell(message)}; ${cell(advice)}`),
    '',
  ];
  return lines.join('\n');
}

/** Names from data stay text: no table is broken by a bar, no markup made by a bracket. */
function cell(text: string): string {
  return text.replaceAll(/\s+/gu, ' ').replaceAll(/[|<>[\]`*_\\]/gu, (mark) => `\\${mark}`);
}

/** What a person may have set; the rest of what a model saves is its own business. */
function plainSettings(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => ['number', 'string', 'boolean'].includes(typeof value)),
  );
}
