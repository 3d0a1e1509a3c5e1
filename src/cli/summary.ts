/** What a run found, in a few lines or as one JSON object. No number without its doubt. */
import type { Summary } from '../core/statistics.ts';
import type { Warning } from '../core/warnings.ts';
import { counted, decimal, duration, PERCENT, PLAIN, plusMinus, rewardUnit } from '../report/format.ts';
import type { Unit } from '../report/format.ts';
import type { FinishedRun } from '../runner/experiment.ts';
import type { AgentResult } from '../runner/results.ts';
import { table, wrapped } from './table.ts';
import type { Terminal } from './terminal.ts';

/** One line of JSON; each `interval` is [low, high] at the level in the summary, null where one seed leaves none. */
export function asJson({ directory, results, manifest }: FinishedRun, report: string): string {
  const agents = results.agents.map((agent) => ({
    name: agent.name,
    kind: agent.kind,
    value: agent.value.mean,
    interval: agent.value.interval,
    ctr: agent.ctr,
    cvr: agent.cvr,
    roi: agent.roi,
    valuePerSession: agent.valuePerSession,
    regret: agent.regret,
    regretAgainstObservable: agent.regretAgainstObservable,
  }));
  const { name, signature, seeds, world, warnings } = results;
  const { digest, backend, wall } = manifest;
  const about = { name, signature, directory, report, digest, backend: backend.id, seconds: wall.seconds };
  return JSON.stringify({ ...about, seeds, rewardUnit: world.rewardUnit, agents, warnings });
}

/** A table of agents, the doubts of the program, and where the rest is. */
export function asText({ directory, results, manifest }: FinishedRun, report: string, terminal: Terminal): string {
  const { world, seeds, agents, warnings } = results;
  const bold = (text: string): string => terminal.paint('out', 'bold', text);
  const unit = rewardUnit(world.rewardUnit);
  const perSession = world.sequential ? ['value per session'] : [];
  const heading = ['agent', 'CTR', 'value per request', ...perSession, 'regret'];
  const rows = agents.map((agent) => rowOf(agent, unit, world.sequential));
  const doubt =
    seeds.length > 1
      ? `mean ± half-width of the ${decimal(100 * agents[0].value.level)} % interval over ${seeds.length} seeds`
      : 'one seed: nothing can be said of the spread; --seeds 8 gives intervals';
  const oracle = world.sequential ? 'the myopic oracle' : 'the oracle';
  const requests = `${decimal(world.requests)} requests per agent and seed`;
  const backend = manifest.backend.id === 'none' ? '' : `; networks trained on ${manifest.backend.id}`;
  return [
    bold(`${results.name}: world ${world.name}, ${requests}, ${counted(seeds.length, 'seed')}`),
    ...(results.question === '' ? [] : [results.question]),
    '',
    table([heading, ...rows], heading.map((_, i) => i).slice(1)),
    `(${doubt};`,
    ` value and regret in ${world.rewardUnit}; regret: how much more ${oracle} would have had)`,
    '',
    ...doubts(warnings, terminal),
    ...(warnings.length > 0 ? [''] : []),
    `report     ${report}`,
    `folder     ${directory}`,
    `digest     ${manifest.digest}`,
    `signature  ${results.signature}`,
    `took       ${duration(manifest.wall.seconds)} with ${counted(manifest.wall.workers, 'worker')}${backend}`,
  ].join('\n');
}

function rowOf(agent: AgentResult, unit: Unit, sequential: boolean): string[] {
  const show = (summary: Summary, as: Unit): string =>
    summary.interval === null ? `${plusMinus(summary, as)} ± ?` : plusMinus(summary, as);
  const session = sequential ? [show(agent.valuePerSession, bare(unit))] : [];
  return [
    agent.name,
    show(agent.ctr, PERCENT),
    show(agent.value, bare(unit)),
    ...session,
    show(agent.regret, bare(unit)),
  ];
}

/** The unit's name stands below the table, not in every cell. */
function bare(unit: Unit): Unit {
  return { ...PLAIN, prefix: unit.prefix };
}

/** One paragraph per kind of doubt: its first case stands for the others, which the report lists. */
function doubts(warnings: readonly Warning[], terminal: Terminal): string[] {
  const kinds = [...new Set(warnings.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const [first, ...others] = warnings.filter((warning) => warning.kind === kind);
    const more = others.length > 0 ? ` (and ${others.length} more like it, see the report)` : '';
    return `${terminal.paint('out', 'yellow', 'doubt:')} ${wrapped(`${first.message}${more}; ${first.advice}`, 100, 7)}`;
  });
}
