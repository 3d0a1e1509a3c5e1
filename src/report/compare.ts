/**
 * Which policy is best, and how sure that is. All agents meet the same users and the same luck in one seed (common
 * random numbers), so differences are taken seed by seed and the shared luck cancels.
 */
import type { AgentResult, EpisodeResult, Results } from '../runner/results.ts';
import { summarise } from '../core/statistics.ts';
import type { Summary } from '../core/statistics.ts';

/** Kinds that know what an agent can't: they bound what is reachable and are no candidates for launch. */
const REFERENCE_KINDS: ReadonlySet<string> = new Set(['oracle', 'myopic-oracle', 'best-observable']);

/** True for agents that know the truth. */
export function isReference(agent: Pick<AgentResult, 'kind'>): boolean {
  return REFERENCE_KINDS.has(agent.kind);
}

/** What agents are ranked by. */
export interface Measure {
  /** Column of the tables: `value per request`. */
  name: string;
  per: 'request' | 'session';
  of(agent: AgentResult): Summary;
  ofEpisode(episode: EpisodeResult): number;
}

/**
 * Value per request; per session where actions change which requests come later, since there a policy that keeps users
 * longer earns more without a better rate.
 */
export function measureOf(results: Results): Measure {
  if (results.world.sequential) {
    return {
      name: 'value per session',
      per: 'session',
      of: (agent) => agent.valuePerSession,
      ofEpisode: (episode) => episode.reward / episode.sessions,
    };
  }
  return {
    name: 'value per request',
    per: 'request',
    of: (agent) => agent.value,
    ofEpisode: (episode) => episode.reward / episode.requests,
  };
}

export type Verdict = 'beaten' | 'indistinguishable' | 'unknown';

/** The best agent's mean advantage over another. */
export interface Comparison {
  agent: AgentResult;
  /** Best minus other, over seeds. */
  difference: Summary;
  /** The same as a share of the other's measure in that seed. */
  lift: Summary;
  verdict: Verdict;
}

export interface Ranking {
  measure: Measure;
  level: number;
  best: AgentResult;
  /** Every other candidate, best first. */
  others: readonly Comparison[];
  /** Agents that know the truth, best first. */
  references: readonly AgentResult[];
}

/** Agents from best to worst by the measure's mean; those without a mean last. */
export function sorted(agents: readonly AgentResult[], measure: Measure): AgentResult[] {
  const key = (agent: AgentResult): number => {
    const mean = measure.of(agent).mean;
    return Number.isFinite(mean) ? mean : -Infinity;
  };
  return [...agents].sort((a, b) => key(b) - key(a) || 0);
}

/**
 * The candidate with the largest mean, compared with each other one by paired differences over seeds.
 *
 * Bonferroni over the comparisons: each interval has level 1 − (1 − level) / (candidates − 1), so that "the best is the
 * named one or one of those it can't be told from" holds with at least `level` although the name was chosen by the same
 * data (a subset-selection argument: if the true best is beaten at that level, one of its k − 1 comparisons erred).
 * Null without candidates.
 */
export function rank(results: Results, level = 0.95): Ranking | null {
  const measure = measureOf(results);
  const candidates = sorted(
    results.agents.filter((agent) => !isReference(agent)),
    measure,
  );
  const references = sorted(results.agents.filter(isReference), measure);
  if (candidates.length === 0) return null;
  const [best, ...rest] = candidates;
  const adjusted = 1 - (1 - level) / Math.max(rest.length, 1);
  const others = rest.map((agent): Comparison => {
    const difference = paired(best, agent, measure, adjusted, (a, b) => a - b);
    const lift = paired(best, agent, measure, adjusted, (a, b) => (a - b) / Math.abs(b));
    return { agent, difference, lift, verdict: verdictOf(difference) };
  });
  return { measure, level, best, others, references };
}

function verdictOf(difference: Summary): Verdict {
  if (difference.interval === null) return 'unknown';
  return difference.interval[0] > 0 ? 'beaten' : 'indistinguishable';
}

/** Mean of `of(a, b)` over the seeds both have, with Student's t interval at the level; NaN where they share none. */
function paired(
  a: AgentResult,
  b: AgentResult,
  measure: Measure,
  level: number,
  of: (a: number, b: number) => number,
): Summary {
  const other = new Map(b.episodes.map((episode) => [episode.seed, measure.ofEpisode(episode)]));
  const values = a.episodes
    .map((episode) => of(measure.ofEpisode(episode), other.get(episode.seed) ?? NaN))
    .filter(Number.isFinite);
  return values.length === 0 ? { mean: NaN, interval: null, count: 0, level } : summarise(values, level);
}
