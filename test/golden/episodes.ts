/** Golden episodes, found by their shape, and the vector of ope.md §5.11. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Episodes } from '../../src/ope/sequential/episodes.ts';
import { lcg } from '../ope/lcg.ts';

type Bounds = { mean: number; lower: number; upper: number; peer_defect?: string };

/** What the peer says of one estimator. */
export interface PeerEstimate {
  estimator: string;
  value: number;
  ci: Record<string, Bounds>;
}

export interface GoldenEpisodes {
  name: string;
  episodes: Episodes;
  /** Our own reference program's numbers: values, and lists per episode or step. */
  reference: Record<string, number | number[]>;
  peer: readonly PeerEstimate[];
}

interface FixedCase {
  meta: { gamma: number; horizon: number };
  input: { action: number[]; reward: number[]; pscore: number[]; [key: string]: number[] | number[][] };
  reference_ours: Record<string, number | number[]>;
  expected: PeerEstimate[];
}

interface RaggedCase {
  meta: { gamma: number };
  trajectories: Record<'r' | 'b' | 'e' | 'q' | 'v', number[]>[];
  expected: Record<string, number | number[]>;
}

/** Every case below the folder, of equal and of different lengths. */
export function findEpisodes(folder: string): GoldenEpisodes[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .sort()
    .flatMap((path) => {
      const lists = Object.values(JSON.parse(readFileSync(join(folder, path), 'utf8')) as Record<string, unknown>);
      const entries = lists.filter((list) => Array.isArray(list)).flat() as (Partial<FixedCase> &
        Partial<RaggedCase>)[];
      return entries.flatMap((one, at) => {
        const name = `${path} ${at}`;
        if (one.input?.['state_action_value_prediction']) return [fixed(name, one as FixedCase)];
        return one.trajectories ? [ragged(name, one as RaggedCase)] : [];
      });
    });
}

function fixed(name: string, { meta, input, reference_ours: reference, expected }: FixedCase): GoldenEpisodes {
  const q = input['state_action_value_prediction'] as number[][];
  const pi = input['evaluation_policy_action_dist'] as number[][];
  const size = input.action.length / meta.horizon;
  const episodes: Episodes = {
    size,
    offset: Int32Array.from({ length: size + 1 }, (_, i) => i * meta.horizon),
    propensity: Float64Array.from(input.pscore),
    evaluation: Float64Array.from(input.action, (a, at) => pi[at][a]),
    reward: Float64Array.from(input.reward),
    discount: meta.gamma,
    predicted: Float64Array.from(input.action, (a, at) => q[at][a]),
    expected: Float64Array.from(q, (row, at) => row.reduce((sum, x, a) => sum + x * pi[at][a], 0)),
  };
  return { name, episodes, reference, peer: expected };
}

function ragged(name: string, { meta, trajectories, expected }: RaggedCase): GoldenEpisodes {
  const column = (key: 'r' | 'b' | 'e' | 'q' | 'v'): Float64Array =>
    Float64Array.from(trajectories.flatMap((t) => t[key]));
  let end = 0;
  const episodes: Episodes = {
    size: trajectories.length,
    offset: Int32Array.from([0, ...trajectories.map(({ r }) => (end += r.length))]),
    propensity: column('b'),
    evaluation: column('e'),
    reward: column('r'),
    discount: meta.gamma,
    predicted: column('q'),
    expected: column('v'),
  };
  return { name, episodes, reference: expected, peer: [] };
}

/** Seed 2024, 50 episodes of 4 steps and 3 actions, γ = 0.9. */
export function vector(): Episodes {
  const [n, T, K] = [50, 4, 3];
  const u = lcg(2024);
  const [propensity, evaluation, reward, predicted, expected]: number[][] = [[], [], [], [], []];
  const odds = (floor: number): number[] => {
    const z = Array.from({ length: K }, () => floor + u());
    const sum = z.reduce((a, b) => a + b, 0);
    return z.map((x) => x / sum);
  };
  for (let at = 0; at < n * T; at++) {
    const b = odds(0.2);
    const e = odds(0.1);
    const q = Array.from({ length: K }, () => (T - (at % T)) * (0.3 + 0.4 * u()));
    let rest = u();
    let a = 0;
    while (a < K - 1 && rest >= b[a]) rest -= b[a++];
    reward.push(u() < 0.25 + 0.15 * a ? 1 : 0);
    propensity.push(b[a]);
    evaluation.push(e[a]);
    predicted.push(q[a]);
    expected.push(q.reduce((sum, x, k) => sum + x * e[k], 0));
  }
  const of = (column: number[]): Float64Array => Float64Array.from(column);
  return {
    size: n,
    offset: Int32Array.from({ length: n + 1 }, (_, i) => i * T),
    propensity: of(propensity),
    evaluation: of(evaluation),
    reward: of(reward),
    discount: 0.9,
    predicted: of(predicted),
    expected: of(expected),
  };
}
