/**
 * An agent of ours as a policy: it learns from another log, row by row, and no longer learns where it is valued. It may
 * not learn from the log that it is valued on: a policy that has seen the rewards of its own examination passes.
 */
import { realpathSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { agentKind, createAgent, seesHidden, withInner } from '../../agents/registry.ts';
import { frozen } from '../../agents/frozen.ts';
import type { ActionTable, Agent, ImpressionLog, LogSpec } from '../../core/contracts.ts';
import { TERMINATED } from '../../core/contracts.ts';
import { InputError } from '../../core/errors.ts';
import { impressionLog, slice } from '../../core/log.ts';
import { matrix } from '../../core/matrix.ts';
import type { LogBlock, LogSource } from '../logs/source.ts';
import type { Part, PartSetup } from './part.ts';
import type { RuleOf } from './schema.ts';
import { under } from './under.ts';

/**
 * Throws `InputError` where the agent needs more than a log, the logs describe different actions or context, or where both
 * are the same log.
 */
export async function agentPolicy(
  rule: RuleOf<'agent'>,
  { source, folder, random, openLog }: PartSetup,
): Promise<Part> {
  refuseNeeds(rule);
  if (!openLog) throw new InputError('kind: agents cannot be trained here, as no other log can be opened');
  const path = isAbsolute(rule.trainedOn) ? rule.trainedOn : join(folder, rule.trainedOn);
  const training = await openLog(path);
  await under('trainedOn', async () => {
    await refuseSame(training, source);
    refuseOther(training.spec, source.spec, path);
  });
  const rows = await wholeLog(training);
  const { spec } = training;
  const agent = await under('agent', () =>
    createAgent(
      // The log is learnt from once, below; agents that are made from a log have learnt it by then.
      { ...rule.agent, warmStart: false },
      {
        spec,
        actions: bareActions(spec),
        random: random.stream('agent'),
        models: new Map(),
        log: { rows, tickRows: rule.tickRows },
        requests: rows.size,
      },
    ),
  );
  const learnt = agentKind(rule.agent.kind)?.needs.includes('log');
  if (!learnt) await under('agent', () => learnFrom(agent, rows, rule.tickRows));
  const policy = frozen(agent);
  return {
    whole: true,
    async odds({ log }) {
      const out = matrix(log.size, spec.actions.length);
      policy.distribution(log.requests, out);
      return out;
    },
    async close() {},
  };
}

/** Every row is a visit of its own, as a log of clicks says nothing of what would have followed. */
function learnFrom(agent: Agent, rows: ImpressionLog, tickRows: number): void {
  for (let from = 0; from < rows.size; from += tickRows) {
    const { requests, decisions, outcomes } = slice(rows, from, Math.min(rows.size, from + tickRows));
    agent.learn(requests, decisions, { ...outcomes, finalContext: requests.context }, requests);
  }
}

async function wholeLog(source: LogSource): Promise<ImpressionLog> {
  const whole = impressionLog(source.spec, { capacity: Math.max(1, source.rows) });
  for await (const { log } of source.blocks()) whole.append(log.requests, log.decisions, log.outcomes);
  if (whole.size === 0)
    throw new InputError(`trainedOn: ${source.path} has no rows; an agent needs some to learn from`);
  whole.outcomes.ended.fill(TERMINATED);
  return slice(whole, 0, whole.size);
}

/** What a log knows of its actions: their names. */
function bareActions({ actions }: LogSpec): ActionTable {
  const size = actions.length;
  return {
    size,
    names: actions,
    creative: Int32Array.from({ length: size }, (_, a) => a),
    priceUsd: new Float64Array(size),
    category: new Int32Array(size),
    campaign: new Int32Array(size),
    features: matrix(size, 0),
    featureNames: [],
  };
}

function refuseNeeds({ agent }: RuleOf<'agent'>): void {
  for (const { kind } of withInner(agent)) {
    const needs = (agentKind(kind)?.needs ?? []).filter((need) => need !== 'log');
    if (needs.length > 0 || seesHidden(kind)) {
      const what = seesHidden(kind) ? 'the truth' : 'a trained model';
      throw new InputError(`agent.kind: ${kind} needs ${what}, which no log holds; use another kind`);
    }
  }
}

function refuseOther(training: LogSpec, log: LogSpec, path: string): void {
  for (const [what, has, needs] of [
    ['actions', training.actions, log.actions],
    ['context', training.contextNames, log.contextNames],
  ] as const) {
    if (has.length === needs.length && has.every((name, j) => name === needs[j])) continue;
    const first = needs.find((name, j) => name !== has[j]) ?? has[needs.length];
    throw new InputError(
      `${path} has other ${what} (${has.length}) than the log (${needs.length}), the first difference being "${first}"; map the columns of both alike`,
    );
  }
}

/** The same file, or a copy of it as far as its first rows tell. */
async function refuseSame(training: LogSource, source: LogSource): Promise<void> {
  const same = realPath(training.path) === realPath(source.path);
  if (!same && (training.rows !== source.rows || !(await startAlike(training, source)))) return;
  throw new InputError(
    `the agent would be valued on the rows it has learnt from, and look better than it is; split the log by time and train on the earlier part`,
  );
}

async function startAlike(one: LogSource, other: LogSource): Promise<boolean> {
  const [a, b] = [await firstOf(one), await firstOf(other)];
  if (!a || !b || a.log.size !== b.log.size) return false;
  const columns = ({ log: { requests, decisions, outcomes } }: LogBlock): ArrayLike<number>[] => [
    decisions.action,
    decisions.propensity,
    outcomes.reward,
    requests.hour,
    requests.context.data,
  ];
  return columns(a).every((column, c) => Array.from(column).every((value, i) => Object.is(value, columns(b)[c][i])));
}

async function firstOf(source: LogSource): Promise<LogBlock | undefined> {
  for await (const block of source.blocks(1024)) return block;
  return undefined;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
