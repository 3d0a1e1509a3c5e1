/** `adsim explain DIR [--row N]`: why a trained model says what it says, of a row or on the whole. */
import { InputError } from '../../core/errors.ts';
import { modelText } from '../../report/explain/model-text.ts';
import { rowText } from '../../report/explain/row-text.ts';
import { writeWhole } from '../../runner/atomic.ts';
import { explainRow } from '../../runner/explain/one-row.ts';
import type { RowMethod } from '../../runner/explain/one-row.ts';
import { explainModel } from '../../runner/explain/whole-model.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { countOf, flagOf, textOf } from '../options.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

export async function explain(given: Arguments, terminal: Terminal): Promise<number> {
  const folder = String(given['dir']);
  const data = textOf(given, 'data');
  const row = given['row'] === undefined ? undefined : countOf(given, 'row', 1);
  const method = textOf(given, 'method') ?? 'auto';
  if (row !== undefined && method === 'permutation') {
    throw new InputError(
      '--method permutation: shuffles columns over all rows, so it explains no single one; leave --row out',
    );
  }
  if (row === undefined && method !== 'auto' && method !== 'permutation') {
    throw new InputError(`--method ${method}: explains single rows; say which with --row N`);
  }
  const set = (rows: readonly (readonly string[])[]): string => table(rows);
  const told =
    row === undefined
      ? await explainModel(folder, data).then((one) => ({ json: one, text: modelText(one, set) }))
      : await explainRow(folder, { row, data, method: method as RowMethod }).then((one) => ({
          json: one,
          text: rowText(one, set),
        }));
  const out = textOf(given, 'out');
  const said = flagOf(given, 'json') ? JSON.stringify(told.json) : told.text;
  if (out === undefined) terminal.out(said);
  else {
    writeWhole(out, `${said}\n`);
    terminal.out(flagOf(given, 'json') ? JSON.stringify({ out }) : `explanation  ${out}`);
  }
  return OK;
}
