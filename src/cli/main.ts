#!/usr/bin/env node
/** The program. */
import { nativeBuildOf } from './cache-folder.ts';
import { commandLine } from './command-line.ts';
import { HUGE_PAGES } from './huge-pages.ts';
import { terminalOf } from './terminal.ts';

const { stdout, stderr } = process;
for (const [name, value] of Object.entries(HUGE_PAGES)) process.env[name] ??= value; // workers inherit it
const build = nativeBuildOf(process.env);
if (build !== undefined) process.env['ADSIM_NATIVE'] = build; // and this

// `adsim list | head -1`: the reader has what it wanted. Lost narration must not stop a run.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
stderr.on('error', () => {});

const code = await commandLine(process.argv.slice(2), terminalOf(process));
// An open handle of a library must not keep a finished command alive; what was written must get out first.
stdout.write('', () => stderr.write('', () => process.exit(code)));
