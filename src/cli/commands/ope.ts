/** `adsim ope LOG --policy P`: what a policy is worth, from a log that another one collected. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { opeText } from '../ope-text.ts';
import { InputError } from '../../core/errors.ts';
import { estimatorNamed } from '../../ope/registry.ts';
import type { EstimatorInput } from '../../ope/registry.ts';
import type { CoverageEffort } from '../../runner/ope/measured.ts';
import type { LogValue } from '../../runner/ope/results.ts';
import { valueLog } from '../../runner/ope/value-log.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { flagOf, textOf, textsOf } from '../options.ts';
import { progressOn } from '../progress.ts';
import { numberOf, readingOf } from '../reading.ts';
import type { Progress } from '../../runner/progress.ts';
import type { Terminal } from '../terminal.ts';

export async function ope(given: Arguments, terminal: Terminal): Promise<number> {
  const level = numberOf(given, 'level', { least: 0.5, below: 1, example: 0.95 }) ?? 0.95;
  const names = namesOf(textOf(given, 'estimators'));
  const discount = numberOf(given, 'discount', { least: 0, most: 1, example: 0.95 });
  const out = textOf(given, 'out');
  if (textsOf(given, 'policy').length > 1) {
    throw new InputError('--policy: is given twice, and one policy is valued at a time; adsim launch compares several');
  }
  const { source, policies, ...reading } = await readingOf(given, [String(textOf(given, 'policy'))]);
  const display = await progressOn({ stream: terminal.stderr, seconds: () => performance.now() / 1000 });
  const { grouping } = source;
  const rule = textOf(given, 'rule');
  const asked = {
    ...reading,
    level,
    coverage: (textOf(given, 'coverage') ?? 'quick') as CoverageEffort,
    onProgress: (one: Progress) => display.listen(one),
  };
  const valued = async (): Promise<LogValue> => {
    if (!grouping) {
      if (discount !== undefined)
        throw new InputError('--discount: is for episodes; say which rows are one (--episode)');
      return valueLog(source, policies[0], { ...asked, rule, estimators: names && estimatorsNamed(names) });
    }
    if (rule !== undefined) {
      throw new InputError(`--rule: of ${grouping.kind}s the rule is chosen by its measured coverage; leave it away`);
    }
    const { valueGroups } = await import('../../runner/ope/groups/value-groups.ts');
    return valueGroups({ ...source, grouping }, policies[0], { ...asked, discount, estimators: names });
  };
  const found = await valued().finally(async () => {
    display.stop();
    await policies[0].close();
  });
  let report: string | undefined;
  if (out !== undefined) {
    const { buildOpeReport } = await import('../../report/ope.ts');
    const { reportHtml } = await import('../../report/render-html.ts');
    const { writeWhole } = await import('../../runner/atomic.ts');
    const page = await reportHtml(buildOpeReport(found));
    mkdirSync(out, { recursive: true });
    report = join(out, 'report.html');
    writeWhole(join(out, 'ope.json'), `${JSON.stringify(found, null, 1)}\n`);
    writeWhole(report, page);
  }
  terminal.out(flagOf(given, 'json') ? JSON.stringify(found) : opeText(found, terminal, report));
  return OK;
}

/** Names with commas between. Throws `InputError` for one that is given twice. */
function namesOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = text.split(',').map((name) => name.trim().toLowerCase());
  const odd = names.find((name, i) => name === '' || names.indexOf(name) !== i);
  if (odd !== undefined) {
    const what = odd === '' ? 'there is a comma without a name' : `${odd} is named twice`;
    throw new InputError(`--estimators: ${what} (got "${text}"); for instance ips,snips,dr`);
  }
  return names;
}

/** As the tables print them. Throws `InputError` for a name that there is not. */
function estimatorsNamed(names: readonly string[]): EstimatorInput[] {
  return names.map((name) => {
    try {
      return estimatorNamed(name);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(`--estimators: ${error.message}`, { cause: error });
    }
  });
}
