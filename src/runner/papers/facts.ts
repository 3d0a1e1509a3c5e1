/** Numbers that hang on no chance: constants, known answers, values by arithmetic. */
import { laiRobbins } from '../../agents/context-free/rate-bounds.ts';
import { threefry2x32 } from '../../core/random.ts';
import { interquartileMean, probabilityOfImprovement } from '../../core/rliable.ts';
import { TABLES } from '../../env/classic/registry.ts';
import { evenPolicyValues, shortestPath } from '../../env/classic/tables.ts';
import { correctedOdds } from '../../models/supervised/calibration/down-sampled.ts';
import type { FactConfig } from './paper.ts';
import { philox4x32 } from './philox.ts';

/** What comes out here: a number, or words where the source names words. */
export function factOf(fact: FactConfig): number | string {
  switch (fact.fact) {
    case 'lai-robbins':
      return laiRobbins(fact.rates);
    case 'random':
      return randomWords(fact);
    case 'interquartile-mean':
      return interquartileMean(fact.values);
    case 'improvement':
      return probabilityOfImprovement([fact.x], [fact.y]);
    case 'down-sampling':
      return correctedOdds(fact.odds, fact.negativeRate);
    case 'even-policy-value':
      return evenPolicyValues(TABLES[fact.table]())[fact.state];
    case 'shortest-path':
      return shortestPath(TABLES[fact.table]());
  }
  throw new RangeError('factOf: no such fact');
}

function randomWords({ generator, counter, key }: Extract<FactConfig, { fact: 'random' }>): string {
  const numbers = (words: readonly string[]): number[] => words.map((word) => Number.parseInt(word, 16));
  if (generator === 'philox4x32') return hex(philox4x32(numbers(counter), numbers(key)));
  const block = Int32Array.from(numbers(counter), (word) => word | 0);
  const [k0, k1] = numbers(key);
  threefry2x32(block, 1, k0 | 0, k1 | 0);
  return hex([...block]);
}

function hex(words: readonly number[]): string {
  return words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join(' ');
}
