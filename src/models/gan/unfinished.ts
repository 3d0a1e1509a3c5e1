/**
 * What an interrupted training leaves in the cache folder, so that the next one goes on from there: finished networks,
 * and the state of the contest every tenth of the way. States go to two names in turn: a process killed while writing
 * spoils the newer one at most. Without a folder nothing is kept; nor where it can't be written, which only costs time.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Cached } from './cache.ts';
import { readCache, writeCache } from './cache.ts';
import type { ImageTrainingState } from './training.ts';

export interface Unfinished {
  /** A network's weights: found, or made and kept. */
  part(name: string, make: () => Promise<Float32Array[]>): Promise<Float32Array[]>;
  /** The newest whole state of the contest. */
  state(): ImageTrainingState | undefined;
  keep(state: ImageTrainingState): void;
  /** Removes all of it. */
  discard(): void;
}

const SLOTS = ['contest-0', 'contest-1'];
type Plain = Pick<ImageTrainingState, 'step' | 'curve' | 'snapshots'> & { powers: (readonly [number, number])[] };

/** Of the training that ends up as `key` in `folder`. */
export function unfinished(folder: string | undefined, key: string): Unfinished {
  const parts: string[] = [];
  let slot = 0;
  const named = (name: string): string => `${key}-${name}`;
  const read = (name: string): Cached<Plain> | undefined => {
    const found = folder === undefined ? undefined : readCache<Plain>(folder, named(name));
    return found === 'damaged' ? undefined : found;
  };
  const write = (name: string, weights: Float32Array[][], results: unknown): void => {
    if (folder === undefined) return;
    try {
      writeCache(folder, named(name), { weights, results });
    } catch {
      // The finished training says that nothing could be kept.
    }
  };
  return {
    async part(name, make) {
      parts.push(name);
      const found = read(name);
      if (found) return found.weights[0];
      const weights = await make();
      write(name, [weights], null);
      return weights;
    },
    state() {
      const found = SLOTS.map((name) => read(name));
      const steps = found.map((one) => one?.results.step ?? -1);
      const newest = steps[0] > steps[1] ? 0 : 1;
      slot = 1 - newest;
      const { weights, results } = found[newest] ?? {};
      if (!weights || !results) return undefined;
      const { powers, ...rest } = results;
      const [generator, average, discriminator, ofGenerator, ofDiscriminator] = weights;
      return {
        ...rest,
        generator,
        average,
        discriminator,
        generatorAdam: { powers: powers[0], moments: ofGenerator },
        discriminatorAdam: { powers: powers[1], moments: ofDiscriminator },
      };
    },
    keep({ generator, average, discriminator, generatorAdam, discriminatorAdam, ...rest }) {
      const weights = [generator, average, discriminator, [...generatorAdam.moments], [...discriminatorAdam.moments]];
      const plain: Plain = { ...rest, powers: [generatorAdam.powers, discriminatorAdam.powers] };
      write(SLOTS[slot], weights, plain);
      slot = 1 - slot;
    },
    discard() {
      if (folder === undefined) return;
      for (const name of [...parts, ...SLOTS])
        for (const ending of ['.json', '.f32']) rmSync(path.join(folder, `${named(name)}${ending}`), { force: true });
    },
  };
}
