/**
 * Models of conversions as supervised models of rows that say both whether they were clicked and whether a conversion came of it. They
 * predict P(conversion | shown) = P(click | shown) · P(conversion | click), so that they stand beside models of the label alone.
 */
import { InputError } from '../../core/errors.ts';
import type { Classifier, ClassifierOptions, SavedModel } from '../supervised/classifier.ts';
import { checkLabelled, selectExamples } from '../supervised/examples.ts';
import type { LabelledExamples } from '../supervised/examples.ts';
import { heldOut } from '../supervised/held-out.ts';
import type { NetworkKind } from '../supervised/networks/architectures.ts';
import { inputsOf } from '../supervised/networks/inputs.ts';
import type { InputDesign } from '../supervised/networks/inputs.ts';
import { learnTowers, towersOf } from '../supervised/networks/towers.ts';
import type { TowerSettings, Towers } from '../supervised/networks/towers.ts';
import { entireSpaceLoss, labelLoss } from './losses.ts';
import type { ConversionLoss } from './losses.ts';

export interface ConversionSettings extends TowerSettings {
  kind: 'esmm' | 'separate';
  name?: string | undefined;
  network: NetworkKind;
}

/** Towers whose probabilities are multiplied: one set of two (esmm), or two of one. */
type Parts = readonly Towers[];

/** `esmm`: both over all rows (Ma et al. 2018); `separate`: conversions from clicked rows alone. Two classes. */
export function conversionClassifier(
  settings: ConversionSettings,
  saved?: SavedModel,
  options: ClassifierOptions = {},
): Classifier {
  const { kind, name = kind, network } = settings;
  let parts = saved && restored(settings, saved);
  return {
    name,
    async fit(examples, random, validation) {
      const whole = clicked(name, examples);
      const split = validation ? { train: examples, held: validation } : heldOut(examples, random.stream('held'));
      const train = split ? clicked(name, split.train) : whole;
      const held = split && withClicks(split.held);
      const learn = async (of: string, rows: Clicked, stop: Clicked | undefined, towers: number, lossOf: LossOf) => {
        const clicks = share(rows.click, rows.size);
        const conversions = share(rows.label, rows.size);
        const biases = towers === 2 ? [clicks, conversions / clicks] : [of === 'click' ? clicks : conversions];
        const loss = lossOf(rows);
        const stopping = stop && lossOf(stop);
        const task = {
          name,
          kind: network,
          rows,
          biases: biases.map(logOdds),
          loss: (...asked: Parameters<ConversionLoss['tensor']>) => loss.tensor(...asked),
          held: stop &&
            stopping && { rows: stop, loss: (logits: readonly number[], i: number) => stopping.plain(logits, i) },
        };
        return learnTowers(task, settings, random.stream(of), options);
      };
      if (kind === 'esmm') {
        const both = await learn('both', train, held, 2, ({ click, label }) =>
          entireSpaceLoss({ click: Uint8Array.from(click), converted: Uint8Array.from(label) }),
        );
        parts = [both.towers];
        return { model: name, rows: train.size, ...both.report, warnings: [] };
      }
      const click = await learn('click', train, held, 1, (rows) => labelLoss(rows.click));
      const some = held && clicksOf(held);
      const conversion = await learn('conversion', clicksOf(train), some?.size ? some : undefined, 1, (rows) =>
        labelLoss(rows.label),
      );
      parts = [click.towers, conversion.towers];
      return { model: name, rows: train.size, ...conversion.report, warnings: [] };
    },
    predict(rows, out) {
      if (!parts) throw new Error(`${name}: predict before fit`);
      out.data.fill(1, 0, rows.size);
      for (const { design, forward } of parts) {
        const inputs = inputsOf(design, rows);
        for (const tower of forward) {
          for (let i = 0; i < rows.size; i++) out.data[i] /= 1 + Math.exp(-tower(inputs, i)[0]);
        }
      }
    },
    save() {
      if (!parts) throw new Error(`${name}: save before fit`);
      const arrays = parts.flatMap(({ values }, p) => values.map((one, v) => [`${p}.${v}`, one] as const));
      const designs = parts.map(({ design }) => design);
      return { kind, settings: { ...settings, designs }, arrays: Object.fromEntries(arrays) };
    },
  };
}

type Clicked = LabelledExamples & { click: Int32Array };
type LossOf = (rows: Clicked) => ConversionLoss;

function restored(settings: ConversionSettings, { settings: kept, arrays }: SavedModel): Parts {
  const designs = kept['designs'] as readonly InputDesign[];
  return designs.map((design, p) => {
    const count = Object.keys(arrays).filter((name) => name.startsWith(`${p}.`)).length;
    const values = Array.from({ length: count }, (_, v) => arrays[`${p}.${v}`] as Float32Array);
    return towersOf(settings.network, settings, design, settings.kind === 'esmm' ? [1, 1] : [1], values);
  });
}

/** Rows that say what was clicked, with clicks that converted and clicks that did not. Throws `InputError` on others. */
function clicked(name: string, rows: LabelledExamples): Clicked {
  checkLabelled(rows, 'training rows');
  if (rows.classes !== 2)
    throw new InputError(`${name}: a conversion came or did not, and the label has ${rows.classes} classes`);
  const known = withClicks(rows);
  if (!known) {
    throw new InputError(
      `${name}: learns of clicks and of conversions; say which column holds the clicks with --click NAME`,
    );
  }
  const odd = known.click.findIndex((click, i) => click === 0 && known.label[i] === 1);
  if (odd >= 0) {
    throw new InputError(
      `${name}: training row ${odd + 1} has a conversion and no click; leave conversions of views out, or don't model clicks`,
    );
  }
  const clicks = clicksOf(known);
  if (clicks.size === known.size || clicks.label.every((one) => one === 1)) {
    const all = clicks.size === known.size ? 'rows were clicked' : 'clicks converted';
    throw new InputError(`${name}: all ${clicks.size} ${all}, nothing to tell apart; bring rows of both kinds`);
  }
  return known;
}

function withClicks(rows: LabelledExamples): Clicked | undefined {
  return rows.click && { ...rows, click: rows.click };
}

function clicksOf(rows: Clicked): Clicked {
  return selectExamples(
    rows,
    Array.from({ length: rows.size }, (_, i) => i).filter((i) => rows.click[i] === 1),
  );
}

function share(ones: Int32Array, size: number): number {
  return ones.reduce((sum, one) => sum + one, 0) / size;
}

const logOdds = (p: number): number => Math.log(p / (1 - p));
