/** `adsim fit LOG`: what a log says of a market, in the words of a world's config. */
import { InputError } from '../../core/errors.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { flagOf, textOf } from '../options.ts';
import type { Terminal } from '../terminal.ts';

export async function fit(given: Arguments, terminal: Terminal): Promise<number> {
  const log = String(given['log']);
  const out = textOf(given, 'out') ?? 'response.yaml';
  const [response, headlines] = [flagOf(given, 'response'), flagOf(given, 'headlines')];
  if (response === headlines) {
    throw new InputError('adsim fit: say what to fit: --response for an ad log, or --headlines for headline tests');
  }
  if (!/\.ya?ml$/u.test(out)) throw new InputError(`--out: ${out} does not end in .yaml; for instance response.yaml`);
  const { writeWhole } = await import('../../runner/atomic.ts');
  const written = [out];
  if (headlines) {
    const { fitHeadlines, headlinesYaml } = await import('../../runner/fit/response-headlines.ts');
    writeWhole(out, headlinesYaml(fitHeadlines(log)));
  } else {
    const { fitResponse, responseYaml } = await import('../../runner/fit/response.ts');
    const { buildResponseReport } = await import('../../report/fit/response.ts');
    const { reportHtml } = await import('../../report/render-html.ts');
    const columns = await columnsOf(textOf(given, 'columns'));
    const result = await fitResponse(log, columns ? { columns } : {});
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
async function columnsOf(path: string | undefined) {
  if (path === undefined) return undefined;
  const { loadConfig } = await import('../../runner/config-file.ts');
  const { responseColumns } = await import('../../runner/fit/response-log.ts');
  return loadConfig(path, responseColumns).config;
}
