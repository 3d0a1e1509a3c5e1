/** The public API is light to import: what is heavy is reached by `import()` alone. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Import and re-export statements that are still there when the program runs. */
const STATIC = /^(?:import|export)\s+(?!type\b)(?:[^'"();]*?\bfrom\s+)?'([^']+)'/gm;

/** Packages, and own files, that importing `entry` loads before anything is called. */
function loadedBy(entry: URL): { packages: Set<string>; files: Set<string> } {
  const packages = new Set<string>();
  const files = new Set<string>();
  const open = [entry];
  for (let file = open.pop(); file; file = open.pop()) {
    if (files.has(file.href)) continue;
    files.add(file.href);
    for (const [, name] of readFileSync(fileURLToPath(file), 'utf8').matchAll(STATIC)) {
      if (name.startsWith('.')) open.push(new URL(name, file));
      else packages.add(name);
    }
  }
  return { packages, files };
}

test('importing adsim loads neither TensorFlow.js nor Vega nor the command line', () => {
  const { packages, files } = loadedBy(new URL('../src/index.ts', import.meta.url));
  expect(files.size).toBeGreaterThan(30);
  expect(packages).toContain('zod');
  const heavy = [...packages].filter((name) => /tensorflow|vega|yargs|hyparquet|cli-progress/.test(name));
  expect(heavy).toEqual([]);
});
