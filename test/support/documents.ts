/** What a document promises: links, commands, scripts. Each check answers with what is broken, in words. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { COMMANDS, LISTS } from '../../src/cli/commands.ts';
import { loadConfig } from '../../src/runner/config-file.ts';
import { experimentSchema } from '../../src/runner/config.ts';

/** A Markdown file: where it lies, from the root, and its text. */
export interface Document {
  path: string;
  text: string;
}

const FENCED = /^```(\w*)\n([\s\S]*?)^```/gmu;
const INLINE = /`([^`\n]+)`/gu;

/** Relative links of a document (images too) whose target is not there. */
export function brokenLinks({ path, text }: Document, root: string): string[] {
  const targets = [...text.replaceAll(FENCED, '').matchAll(/\]\(([^)\s]+)\)/gu)].map(([, target]) => target);
  return targets
    .filter((target) => !/^(?:[a-z]+:|#)/u.test(target))
    .filter((target) => !existsSync(join(root, dirname(path), target.replace(/#.*$/u, ''))))
    .map((target) => `${path}: ${target} is not there`);
}

/** The blocks of code in a language. */
export function blocksOf({ text }: Document, language: string): string[] {
  return [...text.matchAll(FENCED)].filter(([, name]) => name === language).map(([, , code]) => code);
}

/** Everything that a reader may type: lines of shell blocks, and code within sentences. */
function typed(document: Document): string[] {
  const lines = blocksOf(document, 'sh').flatMap((block) => block.split('\n'));
  const inline = [...document.text.replaceAll(FENCED, '').matchAll(INLINE)].map(([, code]) => code);
  return [...lines, ...inline].flatMap((line) => line.replace(/\s#.*$/u, '').split('&&')).map((line) => line.trim());
}

/** The `adsim …` commands of a document. */
export function commandsOf(document: Document): string[] {
  return typed(document)
    .filter((line) => /^(?:npx )?adsim \S/u.test(line))
    .map((line) => line.replace(/^npx /u, ''));
}

/** `npm run X` and `npm test` that package.json knows nothing of. */
export function unknownScripts(document: Document, scripts: Readonly<Record<string, string>>): string[] {
  return typed(document)
    .flatMap((line) => /^npm (?:run )?(?!ci\b|link\b|install\b|run\b)([\w:-]+)/u.exec(line)?.[1] ?? [])
    .filter((name) => !Object.hasOwn(scripts, name))
    .map((name) => `${document.path}: npm knows no script ${name}`);
}

/** CONFIG, DIR, my.yaml: a reader puts something of its own there. */
const isPlaceholder = (word: string): boolean => /^[A-Z_]+$/u.test(word) || /^my\b/u.test(word);

/** What is wrong with `adsim …` as a command line; empty where nothing is. `[…]` may be left away. */
export function mistakesIn(line: string, root: string): string[] {
  const [, name, ...words] = line.replaceAll(/[[\]]/gu, '').split(/\s+/u);
  const command = COMMANDS.find((one) => one.name === name);
  if (!command) return name.startsWith('--') ? [] : [`${line}: no command ${name}`];
  const mistakes: string[] = [];
  const positionals: string[] = [];
  const set: string[] = [];
  for (let i = 0; i < words.length; i++) {
    if (!words[i].startsWith('--')) {
      positionals.push(words[i]);
      continue;
    }
    const option = words[i].slice(2);
    if (!Object.hasOwn(command.options, option)) {
      if (option !== 'help') mistakes.push(`${line}: ${name} takes no ${words[i]}`);
    } else if (command.options[option].type !== 'boolean') {
      const value = words[++i];
      if (value === undefined) mistakes.push(`${line}: ${words[i - 1]} has no value`);
      else if (option === 'set' && value !== 'key=value') set.push(value);
    }
  }
  if (mistakes.length > 0) return mistakes;
  if (positionals[0] === '>') positionals.length = 0;
  if (positionals.length > Object.keys(command.positionals).length) mistakes.push(`${line}: too many words`);
  const [first] = positionals;
  if (name === 'list' && first !== undefined && !LISTS.some((kind) => kind === first)) {
    mistakes.push(`${line}: nothing to list as ${first}`);
  }
  // A sentence may speak of `adsim run` as such.
  if (name === 'run' && first !== undefined && !isPlaceholder(first))
    mistakes.push(...configMistakes(line, join(root, first), set));
  return mistakes;
}

function configMistakes(line: string, path: string, set: readonly string[]): string[] {
  try {
    loadConfig(path, experimentSchema, { set });
    return [];
  } catch (error) {
    return [`${line}: ${(error as Error).message}`];
  }
}
