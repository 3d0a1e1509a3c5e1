/** `adsim fit LOG`: what a log says of a market, in the words of a world's config. */
import type { ZodType } from 'zod';
import { InputError } from '../../core/errors.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { flagOf, textOf } from '../options.ts';
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
    const { yaml, log, fitted, check, warnings } = await populationOf(
      file,
      await columnsOf(textOf(given, 'columns'), behaviourColumns),
    );
    writeWhole(out, yaml);
    const { noUser, cancelled, noQuantity, noText } = log.dropped;
    terminal.note(
      `${log.read} rows: ${log.size} used, of ${log.users} users in ${fitted.visits} visits; left out ${cancelled} cancelled, ` +
        `${noQuantity} without a quantity, ${noUser} without a user, ${noText} without a text; ${fitted.segments.length} segments`,
    );
    if (check) terminal.note(`a market of the days before, against the last ${check.days} days of the log:`);
    for (const { trait, distances } of check?.traits ?? []) {
      const [{ measure, simulated, before }] = distances;
      const [low, high] = simulated.interval.map((bound) => bound.toFixed(3));
      terminal.note(
        `  ${trait}: ${measure} ${simulated.value.toFixed(3)} (${low} to ${high}); as many days before ${before.value.toFixed(3)}, chance up to ${simulated.chance.toFixed(3)}`,
      );
    }
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
