/** A log as a CSV whose names `openLog` knows without a map. */
import { csvRow } from './csv-text.ts';
import type { LogSource } from './source.ts';

/** The CSV in pieces of text: one row for each row of the log. */
export async function* encodeCsv(source: LogSource): AsyncGenerator<string> {
  const { spec, columns } = source;
  const { actions, contextNames } = spec;
  const d = contextNames.length;
  const k = actions.length;
  const reward =
    spec.rewardRange?.[0] === 0 && spec.rewardRange[1] === 1 && spec.rewardUnit === 'click' ? 'click' : 'reward';
  let header = true;
  for await (const { log, behaviour, predicted, columns: carried } of source.blocks()) {
    if (header) {
      yield csvRow([
        'action',
        ...(source.propensities ? ['propensity'] : []),
        reward,
        'hour',
        'user',
        ...contextNames.map((name) => `context:${name}`),
        ...(behaviour ? actions.map((name) => `propensity:${name}`) : []),
        ...(predicted ? actions.map((name) => `predicted:${name}`) : []),
        ...columns,
      ]);
    }
    header = false;
    const { requests, decisions, outcomes } = log;
    const cells = columns.map((name) => carried.get(name) as Float64Array | readonly string[]);
    yield Array.from({ length: log.size }, (_, i) =>
      csvRow([
        actions[decisions.action[i]],
        ...(source.propensities ? [decisions.propensity[i]] : []),
        outcomes.reward[i],
        requests.hour[i],
        requests.user[i],
        ...requests.context.data.subarray(i * d, i * d + d),
        ...(behaviour?.data.subarray(i * k, i * k + k) ?? []),
        ...(predicted?.data.subarray(i * k, i * k + k) ?? []),
        ...cells.map((column) => column[i]),
      ]),
    ).join('');
  }
}
