/** Agents against each other on sets of classified rows: who wins how often. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createAgent } from '../../agents/registry.ts';
import type { AgentConfig } from '../../agents/registry.ts';
import { normalCdf } from '../../core/normal.ts';
import { randomFrom } from '../../core/random.ts';
import { classification } from '../../env/classic/classification.ts';
import { classicWorld } from '../../env/classic/world.ts';
import { playEpisode } from '../episode.ts';
import { readClassified } from './classified.ts';
import type { BakeOffStudy } from './paper.ts';
import type { PaperRow } from './verdict.ts';

export interface BakeOffTask {
  kind: 'bake-off';
  file: string;
  agents: readonly AgentConfig[];
  rows: number;
  runs: number;
}

export interface BakeOffResult {
  /** False where the file is not there. */
  found: boolean;
  /** Rows of each run. */
  rows: number;
  runs: number;
  /** (agents) share of right answers while learning, averaged over the runs. */
  right: number[];
}

interface Form {
  full: boolean;
  dataFolder: string;
}

/** A task per data set. */
export function bakeOffTasks(study: BakeOffStudy, { full, dataFolder }: Form): BakeOffTask[] {
  return study.files.map((file) => ({
    kind: 'bake-off',
    file: join(dataFolder, study.folder, file),
    agents: study.agents,
    rows: full ? study.fullRows : study.rows,
    runs: full ? study.fullRuns : study.runs,
  }));
}

/** Every agent on one set, each run in an order of its own that all agents meet. */
export function bakeOff(
  { file, agents, rows: most, runs }: BakeOffTask,
  onProgress: (sets: number) => void,
): BakeOffResult {
  if (!existsSync(file)) {
    onProgress(1);
    return { found: false, rows: 0, runs, right: [] };
  }
  const data = readClassified(file);
  const rows = Math.min(most, data.label.length);
  const right = agents.map((config) => {
    let sum = 0;
    for (let run = 0; run < runs; run++) {
      const world = classicWorld(classification(data));
      const seed = `${data.name} ${run}`;
      const random = randomFrom(seed).stream('agent', nameOf(config));
      const { spec, actions } = world;
      const agent = createAgent(config, {
        spec,
        actions,
        models: new Map(),
        random: random.stream('own'),
        requests: rows,
      });
      playEpisode({
        environment: world,
        agent,
        seed,
        requests: rows,
        random: random.stream('draws'),
        onTick: ({ outcomes }) => (sum += outcomes.reward[0]),
      });
    }
    return sum / (rows * runs);
  });
  onProgress(1);
  return { found: true, rows, runs, right };
}

/** A row for each set and one for each claim. */
export function bakeOffRows(paper: string, study: BakeOffStudy, results: readonly BakeOffResult[]): PaperRow[] {
  const names = study.agents.map(nameOf);
  const blank = { paper, study: study.title, source: null, sourceError: null, error: null, interval: null, note: '' };
  const sets = results.map((result, s): PaperRow => {
    const shares = names.map((name, a) => `${name} ${(100 * result.right[a]).toFixed(1)} %`).join(', ');
    return {
      ...blank,
      what: study.files[s].replace(/\.\w+$/u, ''),
      ours: result.found ? shares : null,
      runs: result.runs,
      rule: 'right answers while learning',
      verdict: result.found ? 'not gated' : 'needs data',
      note: result.found ? `${result.rows} rows` : `${study.folder}/${study.files[s]} is not at hand`,
    };
  });
  const found = results.filter((result) => result.found);
  const claims = study.claims.map(({ claim, better, than, by }): PaperRow => {
    const [a, b] = [names.indexOf(better), names.indexOf(than)];
    const wins = found.filter((set) => wonBy(set, a, b)).length;
    const losses = found.filter((set) => wonBy(set, b, a)).length;
    const ahead = found.filter(({ right }) => right[a] > right[b]).length;
    const holds = by === 'wins' ? wins >= losses : ahead > found.length / 2;
    return {
      ...blank,
      what: claim,
      ours: `${wins} significant wins, ${losses} losses; ahead on ${ahead} of ${found.length} sets`,
      runs: results[0].runs,
      rule: by === 'wins' ? 'no fewer wins than losses' : 'ahead on more than half',
      verdict: found.length === 0 ? 'needs data' : holds ? 'same' : 'differs',
    };
  });
  return [...sets, ...claims];
}

/** Bietti et al.'s approximate Z-test of two shares over as many rows, at 5 %. */
function wonBy({ right, rows }: BakeOffResult, a: number, b: number): boolean {
  const spread = Math.sqrt((right[a] * (1 - right[a]) + right[b] * (1 - right[b])) / rows);
  return spread > 0 && 1 - normalCdf((right[a] - right[b]) / spread) < 0.05;
}

function nameOf({ name, kind }: AgentConfig): string {
  return name ?? kind;
}
