/** Models that learn as rows go by, and what is kept of the rows to judge them: predictions of a sample, sums of all. */
import { hashOf } from '../../core/hash.ts';
import { InputError } from '../../core/errors.ts';
import { matrix } from '../../core/matrix.ts';
import type { Warning } from '../../core/warnings.ts';
import { classShares } from '../../models/supervised/class-shares.ts';
import { outputsOf } from '../../models/supervised/classifier.ts';
import type { LabelledExamples } from '../../models/supervised/examples.ts';
import type { OnlineClassifier } from '../../models/supervised/online/ftrl.ts';
import { labelCodes } from '../../models/supervised/preparation/label.ts';
import { checkWeights, numbersOf, prepareLabelled, textsOf } from '../../models/supervised/preparation/preparation.ts';
import type { Preparation } from '../../models/supervised/preparation/preparation.ts';
import type { ColumnRoles } from '../../models/supervised/preparation/roles.ts';
import { floats, integers, picked, pieces, rowDraw } from '../../models/supervised/preparation/row-draw.ts';
import { selectTable } from '../../models/supervised/preparation/rows.ts';
import type { NumberCells, TableRows } from '../../models/supervised/preparation/rows.ts';
import { startOfStream, streamFacts } from '../../models/supervised/preparation/stream.ts';
import { groupsOf, numbering } from './group-numbers.ts';
import { oddNotice } from './open-rows.ts';
import { progressiveLosses } from './progressive-losses.ts';
import type { StreamLoss } from './progressive-losses.ts';

/** Rows drawn evenly over all, with what was said of them before they were learned from. */
export interface MeasuredRows {
  classes: number;
  /** (t) */
  label: Int32Array;
  /** (t×outputs) by model. */
  predicted: readonly Float64Array[];
  /** (t×outputs) class shares of all rows before. */
  base: Float64Array;
  weight?: Float64Array;
  group?: Int32Array;
}

/** What is left of a stream once it has gone by. */
export interface Streamed {
  preparation: Preparation;
  /** (classes) rows. */
  counts: Float64Array;
  unlabelled: number;
  losses: StreamLoss[];
  measured: MeasuredRows;
  notices: Warning[];
}

/** Models, a block of rows at a time. */
export interface StreamLearner {
  /** Learns from a block. Throws `InputError` for an infinite number, a bad weight, or a label the first block did not have. */
  add(block: TableRows): void;
  /** Rows learned from so far. */
  rows(): number;
  /** Throws `InputError` where only one class came. */
  end(): Streamed;
}

/** Prepared by the first block, which is to be added like the others. At most `most` rows are kept to measure; `path` is for errors. */
export function streamLearner(
  first: TableRows,
  roles: ColumnRoles,
  models: readonly OnlineClassifier[],
  { most, path }: { most: number; path: string },
): StreamLearner {
  const { preparation: start, plan } = startOfStream(first, roles);
  const { label, group, time } = start;
  const classes = label.classes.length;
  const outputs = outputsOf(classes);
  const facts = streamFacts(start);
  const losses = progressiveLosses(models.length);
  const shares = classShares(classes);
  const counts = new Float64Array(classes);
  const drawn = rowDraw();
  const groupOf = numbering();
  const kept = {
    label: pieces(integers),
    base: pieces(floats, outputs),
    weight: pieces(floats),
    group: pieces(integers),
    predicted: models.map(() => pieces(floats, outputs)),
  };
  const columns = [kept.label, kept.base, kept.weight, kept.group, ...kept.predicted];
  let [rows, read, latest, inOrder] = [0, 0, -Infinity, true];

  /** Rows with a label; what else they have stays as it was read. */
  function labelled(block: TableRows): TableRows {
    const codes = labelCodes(label, textsOf(block, label.name), read);
    const there = Int32Array.from(codes.keys()).filter((i) => codes[i] >= 0);
    return there.length < block.size ? selectTable(block, there) : block;
  }

  /** Counts rows and losses one by one; returns what the class shares before each said of it. */
  function judgeRows({ size, label: codes, weight }: LabelledExamples, predicted: readonly Float64Array[]) {
    const base = new Float64Array(size * outputs);
    const said = [...predicted, base];
    const happened = new Float64Array(said.length);
    for (let i = 0; i < size; i++) {
      const counted = weight ? weight[i] : 1;
      shares.write(base, i * outputs);
      said.forEach((odds, c) => {
        const p = odds[i * outputs + (outputs === 1 ? 0 : codes[i])];
        happened[c] = outputs === 1 && codes[i] === 0 ? 1 - p : p;
      });
      losses.add(happened, counted);
      shares.add(codes[i], counted);
      counts[codes[i]]++;
    }
    return base;
  }

  return {
    add(block) {
      for (const { name } of start.numbers) refuseInfinite(numbersOf(block, name), path, read);
      const table = labelled(block);
      const { examples } = prepareLabelled(start, table);
      facts.add(table);
      const predicted = models.map((model) => {
        const before = matrix(table.size, outputs);
        model.learn(examples, before);
        return before.data;
      });
      const base = judgeRows(examples, predicted);
      const names = group === undefined ? undefined : textsOf(table, group);
      const some = drawn.next(table.size, (i) => hashOf((names && names.texts[names.codes[i]]) || String(rows + i)));
      kept.label.add(picked(examples.label, some, integers));
      kept.base.add(picked(base, some, floats, outputs));
      if (examples.weight) kept.weight.add(picked(examples.weight, some, floats));
      if (group !== undefined) kept.group.add(groupsOf(some ? selectTable(table, some) : table, group, groupOf));
      predicted.forEach((odds, c) => kept.predicted[c].add(picked(odds, some, floats, outputs)));
      drawn.keepBelow(most, (left) => columns.forEach((column) => column.thin(left)));
      for (const at of examples.time ?? []) {
        if (at < latest) inOrder = false;
        else if (at > latest) latest = at; // what is missing says nothing
      }
      rows += table.size;
      read += block.size;
    },
    rows: () => rows,
    end() {
      const only = counts.findIndex((count) => count === rows);
      if (only >= 0) {
        throw new InputError(
          `${path}: all ${rows} labels are ${JSON.stringify(label.classes[only])}, nothing to tell apart; bring rows of both kinds`,
        );
      }
      const weight = start.weight === undefined ? undefined : kept.weight.whole();
      if (weight) checkWeights(weight, start.weight);
      return {
        preparation: facts.preparation(),
        counts,
        unlabelled: read - rows,
        losses: losses.all(),
        measured: {
          classes,
          label: kept.label.whole(),
          base: kept.base.whole(),
          predicted: kept.predicted.map((one) => one.whole()),
          ...(weight && { weight }),
          ...(group !== undefined && { group: kept.group.whole() }),
        },
        notices: [
          ...plan.notices,
          ...Array.from(facts.odd(), ([name, odd]) => oddNotice(name, odd)),
          ...(inOrder || time === undefined ? [] : [outOfOrder(time)]),
        ],
      };
    },
  };
}

/** Throws `InputError` naming the row; `first` came before these. */
function refuseInfinite({ name, values }: NumberCells, path: string, first: number): void {
  const bad = values.findIndex((value) => Math.abs(value) === Infinity);
  if (bad < 0) return;
  throw new InputError(
    `${path}, row ${first + bad + 1}: "${name}" is ${values[bad]}; use a finite number, or leave it empty where it is missing`,
  );
}

function outOfOrder(time: string): Warning {
  return {
    kind: 'not-in-order',
    message: `rows are not in the order of "${time}", so some were predicted by a model that had learned from later ones`,
    advice: 'sort the file by time, where the metrics are to tell of the future',
  };
}
