/** Builds the program before the tests, where a source is newer: tests that start it start what users get. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export default function build(): void {
  const changed = (file: string): number => statSync(join(ROOT, file)).mtimeMs;
  const main = 'dist/cli/main.js';
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).map((file) =>
    join('src', file),
  );
  const newest = Math.max(...['tsconfig.json', 'tsconfig.build.json', ...sources].map(changed));
  if (existsSync(join(ROOT, main)) && changed(main) > newest) return;
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
    cwd: ROOT,
    stdio: 'inherit',
  });
}
