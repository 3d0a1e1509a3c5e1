/** A population of real users from its file. */
import { populationSchema } from '../env/population.ts';
import type { Population } from '../env/population.ts';
import { loadConfig } from './config-file.ts';

/** Reads and checks a population file. Throws `InputError` with the line of what is wrong. */
export function loadPopulation(path: string): Population {
  return loadConfig(path, populationSchema).config;
}
