/** Towers trained on lines of a log, stopped by a fifth of its sessions. */
import type { Random, Requests } from '../../core/contracts.ts';
import type { ActionExamples } from '../ctr/action-examples.ts';
import type { ModelSetup } from '../ctr/labels.ts';
import { splitRows } from '../ctr/split.ts';
import type { Trained } from '../nets/training.ts';
import type { NetworkKind } from '../supervised/networks/architectures.ts';
import { learnTowers } from '../supervised/networks/towers.ts';
import type { TowerSettings, Towers } from '../supervised/networks/towers.ts';
import { selectConversions } from './conversions.ts';
import type { Conversions } from './conversions.ts';
import type { ConversionLoss } from './losses.ts';

export interface TowerTask {
  name: string;
  network: NetworkKind;
  settings: TowerSettings;
  /** Where each tower's bias begins. */
  biases: readonly number[];
  /** The loss of these lines. */
  lossOf: (lines: Conversions) => ConversionLoss;
}

/** Trains on `lines` of the log whose requests these are. */
export async function towersOfLog(
  task: TowerTask,
  requests: Requests,
  lines: Conversions,
  table: ActionExamples,
  setup: ModelSetup,
  random: Random,
): Promise<{ towers: Towers; report: Omit<Trained, 'weights'>; rows: number }> {
  const { name, network: kind, settings, biases, lossOf } = task;
  const session = lines.rows.map((row) => requests.session[row]);
  const all = Int32Array.from({ length: lines.size }, (_, i) => i);
  const [some, rest] =
    new Set(session).size < 2 ? [all, undefined] : splitRows(session, lines.size, [0.8, 0.2], random);
  const part = (at: Int32Array) => {
    const chosen = selectConversions(lines, at);
    return { rows: table.rowsOf(requests, chosen.rows, chosen.action), loss: lossOf(chosen) };
  };
  const train = part(some);
  const held = rest && part(rest);
  const { towers, report } = await learnTowers(
    {
      name,
      kind,
      rows: train.rows,
      biases,
      loss: (gate, logits, rows) => train.loss.tensor(gate, logits, rows),
      held: held && { rows: held.rows, loss: (logits, i) => held.loss.plain(logits, i) },
    },
    settings,
    random,
    { backends: setup.backends },
  );
  return { towers, report, rows: some.length };
}
