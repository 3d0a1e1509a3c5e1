/** `adsim init [FILE]`: a commented config to start from. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { InputError } from '../../core/errors.ts';
import type { Arguments } from '../commands.ts';
import { OK } from '../failure.ts';
import { shellWords } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** Every key that a first experiment wants; `adsim run` accepts it as it is. */
export const TEMPLATE = `# An adsim experiment: one config in, one report out.
#   adsim run FILE                 runs it
#   adsim list                     shows the worlds, agents, models and estimators there are
#   adsim schema > adsim.schema.json
#                                  lets your editor complete keys; then uncomment the next line
# yaml-language-server: $schema=./adsim.schema.json

name: my-experiment # names the results folder
question: Which agent earns the most clicks while it learns?

seeds: 5 # how many worlds of their own kind; more seeds, narrower intervals

world:
  preset: quiet # quiet, fatigue or long-session: adsim list worlds
  # users: 20000 # any key of a world can be changed: adsim schema

creatives:
  images: silhouettes # drawn by adsim; or a folder of IDX files, relative to this file
  # steps: 500 # training steps of the generator; more steps, better images

requests: 20000 # per agent and seed

# Collects the log that models are trained and policies are valued on: it must try everything.
behaviour:
  kind: uniform

models:
  - kind: logistic
    name: click-model

agents: # adsim list agents
  - kind: uniform
  - kind: epsilon-greedy
    epsilon: 0.1
  - kind: thompson
  - kind: lin-ucb
  - kind: greedy # shows the creative with the highest predicted click rate
    model: click-model
  - kind: oracle # knows the truth: what the others could reach

offPolicy:
  estimators: [ips, snips, dm, dr] # adsim list estimators
  level: 0.95 # of the intervals
`;

export async function init(given: Arguments, terminal: Terminal): Promise<number> {
  const path = String(given['file']);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, TEMPLATE, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new InputError(`${path}: is there already; choose another name: adsim init FILE`, { cause: error });
  }
  terminal.out(path);
  terminal.note(`next: adsim run ${shellWords([path])}`);
  return OK;
}
