/** Chooses parameters on seeds of their own, before anything that is reported is played. */
import { agentSchema } from '../agents/registry.ts';
import { InputError } from '../core/errors.ts';
import { randomFrom } from '../core/random.ts';
import { summarise } from '../core/statistics.ts';
import type { NamedAgent, ResolvedExperiment } from './config.ts';
import { suggestion } from './did-you-mean.ts';
import type { ReadyCreatives } from './creatives.ts';
import { digestOf } from './digest.ts';
import type { ProgressListener } from './progress.ts';
import type { ResultsFolder } from './results-folder.ts';
import type { TuningCandidate, TuningResult } from './results.ts';
import type { Scheduler } from './scheduler.ts';
import { roundsOf, settingsOf } from './sweep.ts';
import type { Settings, Sweep, SweepRange } from './sweep.ts';
import type { TrialTask } from './trial.ts';

/** Names of the tuning seeds. */
export function tuningSeeds({ seeds }: Sweep): string[] {
  return Array.from({ length: seeds }, (_, s) => `tune-${s + 1}`);
}

/** The agent with a setting. Throws `InputError`, with the key's place, where the setting is out of the key's range. */
export function withSettings(agent: NamedAgent, settings: Settings, place: string): NamedAgent {
  const found = agentSchema.safeParse({ ...agent, ...settings });
  if (found.success) return { ...found.data, name: agent.name };
  const [issue] = found.error.issues;
  const key = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  throw new InputError(`${place}: ${agent.name} with ${said(settings)}: ${key}${issue.message}`);
}

/** Settings as `alpha 0.1, lambda 1`. */
export function said(settings: Settings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(', ');
}

/** What a sweep may not say, found before anything runs. Throws `InputError` with the key's path. */
export function checkSweep(
  sweep: Sweep,
  agents: readonly NamedAgent[],
  seeds: readonly string[],
  needsLog: (agent: NamedAgent) => boolean,
): void {
  const clash = tuningSeeds(sweep).find((seed) => seeds.includes(seed));
  if (clash !== undefined) throw new InputError(`seeds: "${clash}" is the name of a tuning seed; name it otherwise`);
  sweep.over.forEach((range, i) => {
    const at = `sweep.over.${i}`;
    const agent = agents.find(({ name }) => name === range.agent);
    const names = agents.map(({ name }) => name);
    if (!agent)
      throw new InputError(`${at}.agent: no agent is called "${range.agent}"${suggestion(range.agent, names)}`);
    if (needsLog(agent)) {
      throw new InputError(
        `${at}.agent: ${agent.name} needs a log, which trials are not given; tune its parameters by hand`,
      );
    }
    if ((range.values === undefined) === (range.between === undefined)) {
      throw new InputError(`${at}.values: give either values or between; for instance values: [0.1, 1]`);
    }
    if (sweep.method === 'grid' && !range.values) {
      throw new InputError(`${at}.values: a grid wants values; or set sweep.method to random or halving`);
    }
    const [low, high] = range.between ?? [1, 2];
    if (!(low < high) || (range.scale === 'log' && !(low > 0))) {
      throw new InputError(
        `${at}.between: [${low}, ${high}] does not ascend${range.scale === 'log' ? ' from above 0' : ''}; correct it`,
      );
    }
    for (const value of range.values ?? range.between ?? []) withSettings(agent, { [range.key]: value }, at);
  });
}

/** Tries what the sweep says and returns the agents with the best settings, and how they were found. */
export async function tune(
  experiment: ResolvedExperiment,
  creatives: ReadyCreatives,
  folder: ResultsFolder,
  schedule: Scheduler,
  onProgress: ProgressListener,
): Promise<{ agents: readonly NamedAgent[]; tuning: TuningResult[] }> {
  const { sweep, agents } = experiment;
  if (!sweep) return { agents, tuning: [] };
  const seeds = tuningSeeds(sweep);
  const requests = sweep.requests ?? Math.max(1, Math.round(experiment.requests / 4));
  const tuned = agents.flatMap((agent) => {
    const ranges = sweep.over.filter((range) => range.agent === agent.name);
    return ranges.length === 0 ? [] : [{ agent, ranges }];
  });
  const plans = tuned.map(({ agent, ranges }) => planOf(sweep, agent, ranges, requests));
  const total = plans.reduce((sum, plan) => sum + plan.total * seeds.length, 0);
  let done = 0;
  const tuning = await Promise.all(plans.map(search));
  return {
    tuning,
    agents: agents.map((agent) => {
      const found = tuning.find((one) => one.agent === agent.name);
      return found ? withSettings(agent, found.candidates[found.chosen].settings, 'sweep') : agent;
    }),
  };

  async function search({ agent, settings, rounds }: Plan): Promise<TuningResult> {
    const candidates: TuningCandidate[] = settings.map((one) => ({
      settings: one,
      requests: 0,
      score: { mean: Number.NEGATIVE_INFINITY, interval: null, count: 0, level: 0.95 },
    }));
    let left = settings.map((_, c) => c);
    for (const { requests: each, keep } of rounds) {
      // A round waits for the one before: it goes on with its best.
      // oxlint-disable-next-line no-await-in-loop
      await Promise.all(
        left.map(async (c) => {
          const scores = await Promise.all(
            seeds.map((seed) => trial(withSettings(agent, settings[c], 'sweep'), seed, each)),
          );
          candidates[c] = { settings: settings[c], requests: each, score: summarise(scores) };
        }),
      );
      left = left.sort((a, b) => candidates[b].score.mean - candidates[a].score.mean || a - b).slice(0, keep);
    }
    return { agent: agent.name, method: (sweep as Sweep).method, seeds, candidates, chosen: left[0] };
  }

  async function trial(agent: NamedAgent, seed: string, each: number): Promise<number> {
    const advance = (amount: number): void => {
      done += amount;
      onProgress({ stage: 'tuning', done: Math.min(done, total), total, unit: 'requests' });
    };
    const task: TrialTask = { kind: 'trial', experiment, creatives: creatives.creatives, agent, seed, requests: each };
    const name = `trial-${digestOf({ agent, seed, each, made: creatives.backend.id }).slice(0, 24)}`;
    const kept = folder.recall(name) as number | undefined;
    if (kept !== undefined) {
      advance(each);
      return kept;
    }
    const score = (await schedule.run(`trial of ${agent.name}`, task, advance)) as number;
    folder.keep(name, score);
    return score;
  }
}

interface Plan {
  agent: NamedAgent;
  settings: Settings[];
  rounds: ReturnType<typeof roundsOf>;
  /** Requests of all trials on one seed. */
  total: number;
}

function planOf(sweep: Sweep, agent: NamedAgent, ranges: readonly SweepRange[], requests: number): Plan {
  const settings = settingsOf(sweep, ranges, randomFrom('sweep').stream(agent.name));
  const rounds = roundsOf(sweep.method, settings.length, requests);
  let left = settings.length;
  let total = 0;
  for (const round of rounds) {
    total += left * round.requests;
    left = round.keep;
  }
  return { agent, settings, rounds, total };
}
