/**
 * A document that is run from its first line to its last in an empty folder: code whose first line is a comment with a
 * file's name is written there, lines of `sh` blocks are typed, and the `text` block after them is what they print.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM } from '../cli/spawned.ts';
import type { Document } from './documents.ts';

/** What a block of commands promises, and what comes of it. */
export interface Step {
  commands: string[];
  /** Exit codes that the document names (`# exit code 5`), else 0. */
  codes: number[];
  /** Undefined where the document shows no output. */
  promised: string | undefined;
}

const BLOCK = /^( *)```(\w+)\n([\s\S]*?)^ *```$/gmu;

/** The steps of a document, in order, and the files that have to be there before each. */
export function stepsOf({ text }: Document): { files: [name: string, content: string][]; steps: Step[] } {
  const files: [string, string][] = [];
  const steps: Step[] = [];
  let last: Step | undefined;
  for (const [, indent, language, body] of text.matchAll(BLOCK)) {
    const code = indent === '' ? body : body.replaceAll(new RegExp(`^${indent}`, 'gmu'), '');
    const name = /^(?:#|\/\/) ([\w-]+\.\w+)\n/u.exec(code)?.[1];
    if (name !== undefined) files.push([name, code]);
    if (language === 'text' && last) last.promised = code;
    last = undefined;
    if (language !== 'sh') continue;
    const lines = code.split('\n').filter((line) => line.trim() !== '');
    last = {
      commands: lines.map((line) => line.replace(/\s+#.*$/u, '')),
      codes: lines.map((line) => Number(/# exit code (\d+)/u.exec(line)?.[1] ?? 0)),
      promised: undefined,
    };
    steps.push(last);
  }
  return { files, steps };
}

/** Types the commands of a step; `> FILE` and quotes are understood. Answers with what they print and their exit codes. */
export function typeIn(folder: string, { commands }: Step): { out: string; codes: (number | null)[]; err: string } {
  const ended = commands.map((command) => {
    const [line, file] = command.split(' > ');
    const [program, ...words] = [...line.matchAll(/"([^"]*)"|(\S+)/gu)].map(([, quoted, word]) => quoted ?? word);
    if (program !== 'adsim' && program !== 'node') throw new Error(`a guide types adsim and node, not ${program}`);
    const start = program === 'adsim' ? [PROGRAM] : [];
    const { status, stdout, stderr } = spawnSync(process.execPath, [...start, ...words], {
      encoding: 'utf8',
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, ADSIM_DEBUG: undefined },
    });
    if (file !== undefined) writeFileSync(join(folder, file), stdout);
    return { out: file === undefined ? stdout : '', code: status, err: stderr };
  });
  return {
    out: ended.map(({ out }) => out).join(''),
    codes: ended.map(({ code }) => code),
    err: ended.map(({ err }) => err).join(''),
  };
}

/** Where what came out is not what was promised, in words; a line `…` stands for lines left out. */
export function unlike(promised: string, out: string): string | undefined {
  const lines = out.trimEnd().split('\n');
  let at = 0;
  let anywhere = false;
  for (const wanted of promised.trimEnd().split('\n')) {
    if (wanted.trim() === '…') {
      anywhere = true;
      continue;
    }
    const found = anywhere ? lines.indexOf(wanted, at) : lines[at] === wanted ? at : -1;
    if (found < 0) return `promised ${JSON.stringify(wanted)}, came ${JSON.stringify(lines[at])}`;
    at = found + 1;
    anywhere = false;
  }
  return anywhere || at === lines.length ? undefined : `came ${JSON.stringify(lines[at])} beyond what was promised`;
}
