/** `adsim evaluate DIR DATA`: a trained model on rows it never saw. */
import { evaluationText } from '../../report/model/evaluation-text.ts';
import { writeWhole } from '../../runner/atomic.ts';
import { evaluateModel, predictionsCsv } from '../../runner/supervised/evaluate.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { flagOf, textOf } from '../options.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

export async function evaluate(given: Arguments, terminal: Terminal): Promise<number> {
  const out = textOf(given, 'out');
  const { results, predictions } = await evaluateModel(String(given['dir']), String(given['data']), {
    skipBad: flagOf(given, 'skip-bad'),
    encoder: textOf(given, 'encoder'),
  });
  if (out !== undefined) writeWhole(out, predictionsCsv(predictions));
  terminal.out(flagOf(given, 'json') ? JSON.stringify(results) : evaluationText(results, out, (rows) => table(rows)));
  return OK;
}
