/** How the experiment was run. */
import type { Manifest } from '../../runner/manifest.ts';
import type { Results } from '../../runner/results.ts';
import type { Section } from '../document.ts';
import { counted, decimal, duration, plusMinus, rewardName } from '../format.ts';

/** World, size, seeds, signature, and the command that runs it again. */
export function methodSection(results: Results, manifest: Manifest): Section {
  const { world, seeds } = results;
  const shownSeeds =
    seeds.length > 12 ? `${seeds.slice(0, 10).join(', ')} … ${seeds[seeds.length - 1]}` : seeds.join(', ');
  const facts: (readonly [string, string])[] = [
    ['World', `${world.name}${world.sequential ? ' (actions change which requests come later)' : ''}`],
    ['Users', `${decimal(world.users)} in ${counted(world.lanes, 'session')} side by side`],
    ['Requests', `${decimal(world.requests)} for each agent and seed`],
    ['Seeds', `${decimal(seeds.length)} (${shownSeeds})`],
    ['Agents', `${decimal(results.agents.length)}, each alone with the same users and the same luck`],
    ['Reward', rewardName(world.rewardUnit)],
    ['Seen by agents', world.contextNames.length === 0 ? 'nothing' : counted(world.contextNames.length, 'feature')],
    ...creativeFacts(results),
    ['Back end', results.creatives?.backend ?? manifest.backend.id],
    ['Took', `${duration(manifest.wall.seconds)} with ${counted(manifest.wall.workers, 'worker')}`],
    ['Signature', results.signature],
  ];
  return {
    id: 'method',
    title: 'How it was run',
    blocks: [
      { kind: 'facts', facts },
      { kind: 'command', label: 'Run it again', command: manifest.command },
    ],
  };
}

/** What the log never showed, and what is told of creatives beyond the usual. */
function creativeFacts({ newCreatives, encoder }: Results): [string, string][] {
  const facts: [string, string][] = [];
  if (newCreatives !== undefined) {
    facts.push([
      'New creatives',
      `${decimal(newCreatives)}, which the log never showed and agents may show from the start`,
    ]);
  }
  if (encoder !== undefined) {
    const { dimensions, without, gained } = encoder;
    facts.push([
      'Creative encoder',
      `${counted(dimensions, 'number')} for each creative, learned in each seed from the log’s clicks; on creatives held out ` +
        `its log loss is ${plusMinus(gained)} below that of one click rate for all; ` +
        (without.length > 0 ? `not told to ${without.join(', ')}` : 'told to all models and agents'),
    ]);
  }
  return facts;
}
