/** `adsim launch LOG --policy P`: launch, hold, no-go or can't tell, with what it rests on; the exit code says which. */
import { join } from 'node:path';
import { InputError } from '../../core/errors.ts';
import { VERDICT_CODES } from '../../ope/launch/decision.ts';
import { launchText } from '../../report/launch-text.ts';
import { launchLog } from '../../runner/ope/launch-log.ts';
import type { CoverageEffort } from '../../runner/ope/measured.ts';
import type { Arguments } from '../commands.ts';
import { countOf, flagOf, textOf, textsOf } from '../options.ts';
import { numberOf, readingOf } from '../reading.ts';
import type { Terminal } from '../terminal.ts';

const COLOURS = { launch: 'green', hold: 'yellow', 'no-go': 'red', 'cannot-tell': 'yellow' } as const;

export async function launch(given: Arguments, terminal: Terminal): Promise<number> {
  const wanted = textsOf(given, 'policy');
  const against = textOf(given, 'baseline') ?? 'behaviour';
  const measure = textOf(given, 'measure') ?? 'relative';
  const minLift = numberOf(given, 'min-lift', { example: 0.02 }) ?? 0;
  const numbers = {
    risk: numberOf(given, 'risk', { above: 0, below: 0.5, example: 0.05 }) ?? 0.05,
    power: numberOf(given, 'power', { above: 0, below: 1, example: 0.8 }) ?? 0.8,
    tolerance: numberOf(given, 'tolerance', { least: 0, example: 0.01 }) ?? 0.01,
    rowsPerDay: numberOf(given, 'rows-per-day', { above: 0, example: 100_000 }),
    looks: countOf(given, 'looks', 1) ?? 1,
  };
  const others = against === 'behaviour' ? [] : [against];
  const { source, policies, ...reading } = await readingOf(given, [...wanted, ...others]);
  const candidates = policies.slice(0, wanted.length);
  const twice = candidates.find(({ name }, i) => candidates.findIndex((one) => one.name === name) !== i);
  try {
    if (source.grouping) {
      throw new InputError(
        `${source.path}: the map of columns groups rows by ${source.grouping.kind}, and a launch is decided on rows; leave that key away, or value the policies with adsim ope`,
      );
    }
    if (twice)
      throw new InputError(`--policy: two candidates are called ${twice.name}; name them apart (name: in YAML)`);
    const decision = await launchLog(source, candidates, {
      ...reading,
      ...numbers,
      baseline: policies[wanted.length] ?? 'behaviour',
      minLift,
      measure: measure === 'absolute' ? 'absolute' : 'relative',
      coverage: (textOf(given, 'coverage') ?? 'quick') as CoverageEffort,
    });
    const out = textOf(given, 'out');
    const report = out === undefined ? undefined : join(out, 'report.html');
    if (out !== undefined && report !== undefined) {
      const { buildLaunchReport } = await import('../../report/launch.ts');
      const { reportHtml } = await import('../../report/render-html.ts');
      const { writeWhole } = await import('../../runner/atomic.ts');
      const page = await reportHtml(buildLaunchReport(decision, source.path));
      writeWhole(join(out, 'verdict.json'), `${JSON.stringify(decision, null, 1)}\n`);
      writeWhole(report, page);
    }
    const paint = (title: string): string => terminal.paint('out', COLOURS[decision.verdict], title);
    const written = report === undefined ? '' : `\n\nreport  ${report}`;
    terminal.out(flagOf(given, 'json') ? JSON.stringify(decision) : `${launchText(decision, paint)}${written}`);
    return VERDICT_CODES[decision.verdict];
  } finally {
    for (const policy of policies) await policy.close();
  }
}
