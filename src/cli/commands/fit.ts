/** `adsim fit LOG`: what a log says of a market, in the words of a world's config. */
import type { ZodType } from 'zod';
import { InputError } from '../../core/errors.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { flagOf, textOf } from '../options.ts';
import { decimal, percent } from '../../report/format.ts';
import type { PopulationCheck } from '../../runner/fit/population-check.ts';
import { progressOn } from '../progress.ts';
import type { Terminal } from '../terminal.ts';

export async function fit(given: Arguments, terminal: Terminal): Promise<number> {
  const file = String(given['log']);
  const [response, headlines] = [flagOf(given, 'response'), flagOf(given, 'headlines')];
  const out = textOf(given, 'out') ?? (response || headlines ? 'response.yaml' : 'population.yaml');
  if (response && headlines) {
    throw new InputError(
      'adsim fit: --response and --headlines are of different logs; give one of them, or neither for a population',
    );
  }
  if (!/\.ya?ml$/u.test(out)) throw new InputError(`--out: ${out} does not end in .yaml; for instance response.yaml`);
  const { writeWhole } = await import('../../runner/atomic.ts');
  const written = [out];
  if (headlines) {
    const { fitHeadlines, headlinesYaml } = await import('../../runner/fit/response-headlines.ts');
    writeWhole(out, headlinesYaml(fitHeadlines(file)));
  } else if (!response) {
    const { behaviourColumns } = await import('../../runner/fit/behaviour-log.ts');
    const { populationOf } = await import('../../runner/fit/population.ts');
    const columns = await columnsOf(textOf(given, 'columns'), behaviourColumns);
    const display = await progressOn({ stream: terminal.stderr, seconds: () => performance.now() / 1000 });
    const result = await populationOf(file, columns, (one) => display.listen(one)).finally(() => display.stop());
    const { yaml, log, fitted, check, warnings } = result;
    const { buildPopulationReport } = await import('../../report/fit/population.ts');
    const { reportHtml } = await import('../../report/render-html.ts');
    const page = out.replace(/\.ya?ml$/u, '.html');
    const html = await reportHtml(buildPopulationReport(result));
    writeWhole(out, yaml);
    writeWhole(page, html);
    written.push(page);
    const { noUser, cancelled, noQuantity, noText } = log.dropped;
    terminal.note(
      `${log.read} rows: ${log.size} used, of ${log.users} users in ${fitted.visits} visits; left out ${cancelled} cancelled, ` +
        `${noQuantity} without a quantity, ${noUser} without a user, ${noText} without a text; ${fitted.segments.length} segments`,
    );
    if (check) terminal.note(checkText(check));
    for (const { message, advice } of warnings) terminal.note(`doubt: ${message} ${advice}`);
  } else {
    const { fitResponse, responseYaml } = await import('../../runner/fit/response.ts');
    const { buildResponseReport } = await import('../../report/fit/response.ts');
    const { reportHtml } = await import('../../report/render-html.ts');
    const { responseColumns } = await import('../../runner/fit/response-log.ts');
    const columns = await columnsOf(textOf(given, 'columns'), responseColumns);
    const result = await fitResponse(file, columns ? { columns } : {});
    const page = out.replace(/\.ya?ml$/u, '.html');
    const html = await reportHtml(buildResponseReport(result));
    writeWhole(out, responseYaml(result));
    writeWhole(page, html);
    written.push(page);
    for (const { message, advice } of result.warnings) terminal.note(`doubt: ${message}; ${advice}`);
  }
  terminal.out(flagOf(given, 'json') ? JSON.stringify({ written }) : written.join('\n'));
  return OK;
}

/** The map of columns in a YAML file; undefined where none was given. */
async function columnsOf<T>(path: string | undefined, schema: ZodType<T>): Promise<T | undefined> {
  if (path === undefined) return undefined;
  const { loadConfig } = await import('../../runner/config-file.ts');
  return loadConfig(path, schema).config;
}

/** How a market of the days before resembles the days held out. */
function checkText({ days, visits, traits, concentration }: PopulationCheck): string {
  const lines = traits.map(({ trait, distances: [{ measure, simulated, before }] }) => {
    const [low, high] = simulated.interval;
    return (
      `  ${trait}: ${measure} ${decimal(simulated.value, 3)} (${decimal(low, 3)} to ${decimal(high, 3)}); ` +
      `as many days before ${decimal(before.value, 3)}, chance up to ${decimal(simulated.chance, 3)}`
    );
  });
  const tops = concentration.map(
    ({ top, heldOut, simulated }) =>
      `${percent(top, 0)} ${percent(simulated.value, 1)} (really ${percent(heldOut.value, 1)})`,
  );
  return [
    `a market of the days before, against the last ${days} days of the log:`,
    ...lines,
    `  visits: ${decimal(visits.simulated)}, really ${decimal(visits.heldOut)}; as many days before ${decimal(visits.before)}`,
    `  share of visits by the most frequent users: ${tops.join(', ')}`,
  ].join('\n');
}
