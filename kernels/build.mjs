/**
 * Compiles the kernels and writes them, as text, to where the library takes them from; with `--check` it says whether what is
 * there is what would be written. The compiler comes from npm for the occasion: it is 100 MB, and few will ever need it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMPILER = 'assemblyscript@0.28.20';
const SOURCE = 'kernels/block-sums.ts';
const TARGET = 'src/ope/block-kernel-code.ts';
/** 64 KiB each: what `size` of the source comes to. */
const PAGES = '67';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'adsim-kernels-'));
try {
  const out = join(folder, 'kernel.wasm');
  const words = ['--optimizeLevel', '3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort='];
  const memory = ['--memoryBase', '0', '--initialMemory', PAGES, '--maximumMemory', PAGES];
  execFileSync('npx', ['--yes', `--package=${COMPILER}`, 'asc', SOURCE, '--outFile', out, ...words, ...memory], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = readFileSync(out)
    .toString('base64')
    .match(/.{1,110}/gu)
    .map((line) => `  '${line}',`)
    .join('\n');
  const text = `/** ${SOURCE} as WebAssembly in base64: written by \`npm run kernels\`, not by hand. */\nexport const BLOCK_KERNEL: string = [\n${code}\n].join('');\n`;
  if (!process.argv.includes('--check')) writeFileSync(TARGET, text);
  else if (readFileSync(TARGET, 'utf8') !== text) {
    console.error(`${TARGET} is not what ${SOURCE} compiles to: npm run kernels`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
