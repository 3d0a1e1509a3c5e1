/** Where golden numbers and real data lie. Without them tests skip; with ADSIM_REQUIRE_DATA=1 they fail. */
import { existsSync } from 'node:fs';

/** The folder of golden numbers, or undefined where there is none. Throws under ADSIM_REQUIRE_DATA=1. */
export function goldenFolder(): string | undefined {
  return folder('ADSIM_GOLDEN', '../shared/golden');
}

/** The folder of real data, or undefined where there is none. Throws under ADSIM_REQUIRE_DATA=1. */
export function dataFolder(): string | undefined {
  return folder('ADSIM_DATA', '../shared/data');
}

function folder(variable: string, usual: string): string | undefined {
  const path = process.env[variable] ?? usual;
  if (existsSync(path)) return path;
  if (process.env['ADSIM_REQUIRE_DATA'] === '1') {
    throw new Error(`${path} is missing, and ADSIM_REQUIRE_DATA=1 forbids to skip: set ${variable}`);
  }
  return undefined;
}
