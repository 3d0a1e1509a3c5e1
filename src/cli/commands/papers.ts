/** `adsim papers`: published results, run again, each beside what came out here. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../core/errors.ts';
import { decimal, significantDecimals } from '../../report/format.ts';
import type { JudgedPaper } from '../../runner/papers/papers.ts';
import type { PaperRow, Verdict } from '../../runner/papers/verdict.ts';
import type { Arguments } from '../commands.ts';
import { FAILED, OK } from '../failure.ts';
import { interruptible } from '../interrupt.ts';
import { countOf, flagOf, textOf } from '../options.ts';
import { progressOn } from '../progress.ts';
import { table } from '../table.ts';
import type { Terminal } from '../terminal.ts';

/** The papers that come with the program. */
const SHIPPED = fileURLToPath(new URL('../../../experiments/papers/', import.meta.url));

export async function papers(given: Arguments, terminal: Terminal): Promise<number> {
  const place = textOf(given, 'place') ?? SHIPPED;
  if (!existsSync(place))
    throw new InputError(`adsim papers: ${place} does not exist; leave it out for those that come with adsim`);
  const full = flagOf(given, 'full');
  const workers = countOf(given, 'workers', 0);
  const dataFolder = terminal.environment['ADSIM_DATA'] ?? '../shared/data';
  const { loadPapers, runPapers } = await import('../../runner/papers/papers.ts');
  const { keptParts } = await import('../../runner/papers/kept.ts');
  const { scheduler } = await import('../../runner/scheduler.ts');
  const { availableParallelism } = await import('node:os');
  const loaded = loadPapers(place);
  const out = textOf(given, 'out');
  const kept = out === undefined ? undefined : keptParts(out);
  const display = await progressOn({ stream: terminal.stderr, seconds: () => performance.now() / 1000 });
  const judged = await interruptible(async (signal) => {
    const schedule = scheduler(workers ?? availableParallelism(), signal);
    try {
      return await runPapers(loaded, { full, schedule, dataFolder, ...kept, onProgress: (one) => display.listen(one) });
    } finally {
      schedule.close();
    }
  }).finally(() => display.stop());
  kept?.finish(judged);
  terminal.out(flagOf(given, 'json') ? JSON.stringify(judged, null, 1) : asText(judged, terminal));
  return judged.some(({ rows }) => rows.some(({ verdict }) => verdict === 'differs')) ? FAILED : OK;
}

const COLOURS = { same: 'green', differs: 'red', 'needs data': 'yellow', 'not gated': 'gray' } as const;

function asText(judged: readonly JudgedPaper[], terminal: Terminal): string {
  const sections = judged.map(({ id, title, source, rows, leftOut }) => {
    const heading = terminal.paint('out', 'bold', `${id}  ${title}`);
    const shown = rows.length === 0 ? [] : [indented(rowsOf(rows, terminal))];
    const later = leftOut.length === 0 ? [] : [`    only with --full: ${leftOut.join('; ')}`];
    return [heading, `    ${source}`, ...shown, ...later].join('\n');
  });
  const all = judged.flatMap(({ rows }) => rows);
  const count = (verdict: Verdict): number => all.filter((row) => row.verdict === verdict).length;
  const total =
    `${count('same')} same, ${count('differs')} differ, ${count('needs data')} need data, ` +
    `${count('not gated')} shown without a verdict`;
  return [...sections, total].join('\n\n');
}

function rowsOf(rows: readonly PaperRow[], terminal: Terminal): string {
  const cells = rows.map((row) => [
    row.study,
    row.what,
    row.source === null ? '' : number(row.source) + (row.sourceError === null ? '' : ` ± ${number(row.sourceError)}`),
    row.ours === null ? '' : number(row.ours),
    row.interval === null ? '' : `${number(row.interval[0])} to ${number(row.interval[1])}`,
    row.runs > 1 ? String(row.runs) : '',
    row.verdict + (row.verdict === 'differs' ? `: ${row.rule}` : '') + (row.note ? ` (${row.note})` : ''),
  ]);
  const lines = table([['study', 'what', 'source', 'ours', '95 % interval', 'runs', 'verdict'], ...cells]).split('\n');
  const painted = rows.map(({ verdict }, r) => {
    const at = lines[r + 1].lastIndexOf(cells[r][6]);
    const [before, after] = [lines[r + 1].slice(0, at), lines[r + 1].slice(at + verdict.length)];
    return before + terminal.paint('out', COLOURS[verdict], verdict) + after;
  });
  return [lines[0], ...painted].join('\n');
}

function number(value: number | string): string {
  return typeof value === 'string' ? value : decimal(value, significantDecimals(value, 5));
}

function indented(text: string): string {
  return text.replaceAll(/^/gmu, '    ');
}
