/**
 * Executes notebooks from top to bottom, as CI and teachers do without Python:
 *
 *   npm run notebooks                fails where a cell throws, hangs, or prints other text than is on file
 *   npm run notebooks -- --write     writes the outputs into the notebooks (nbformat 4.5)
 *
 * The first cell that fails is named and ends it with exit code 1; its notebook is left as it was.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { startKernel } from './kernel.mjs';

const { values: options, positionals: notebooks } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false }, timeout: { type: 'string', default: '120' } },
});
const seconds = Number(options.timeout);
if (notebooks.length === 0 || !(seconds > 0)) {
  console.error('usage: node notebooks/kernel/run.mjs [--write] [--timeout SECONDS_PER_CELL] NOTEBOOK…');
  process.exit(2);
}
// Ending by way of `exit` takes the kernel along.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
try {
  for (const path of notebooks) await runNotebook(path);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

async function runNotebook(path) {
  const startedAt = performance.now();
  const notebook = readNotebook(path);
  const cells = notebook.cells.filter((cell) => cell.cell_type === 'code');
  const kernel = await startKernel(dirname(path), seconds);
  try {
    for (const [index, cell] of cells.entries()) {
      try {
        await runCell(kernel, cell, index + 1);
      } catch (error) {
        throw new Error(`${path}: code cell ${index + 1} of ${cells.length}: ${error.message}`, { cause: error });
      }
    }
  } finally {
    kernel.stop();
  }
  if (options.write) writeFileSync(path, `${JSON.stringify(notebook, null, 1)}\n`);
  console.log(`${path}: ${cells.length} code cells in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
}

function readNotebook(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path}: cannot be read as a notebook: ${error.message}`, { cause: error });
  }
}

async function runCell(kernel, cell, count) {
  const outputs = outputsOf(await kernel.execute(joined(cell.source)), count);
  const [before, now] = [printed(cell.outputs), printed(outputs)];
  if (!options.write && before !== now) {
    const advice = 'read the prose around it again, then refresh the file with: npm run notebooks -- --write';
    throw new Error(`prints other text than is on file; ${advice}\n--- on file\n${before}\n--- now\n${now}`);
  }
  cell.execution_count = count;
  cell.outputs = outputs;
}

/** What a cell published, as nbformat 4.5 keeps it; neighbouring pieces of one stream are joined. */
function outputsOf(messages, count) {
  const outputs = [];
  for (const { type, content } of messages) {
    const last = outputs.at(-1);
    if (type === 'stream' && last?.name === content.name) last.text = lines(joined(last.text) + content.text);
    else if (type === 'stream') outputs.push({ name: content.name, output_type: type, text: lines(content.text) });
    else if (type === 'display_data' || type === 'execute_result') {
      const data = Object.fromEntries(Object.entries(content.data).map(([mime, value]) => [mime, lines(value)]));
      const output = { data, metadata: content.metadata ?? {}, output_type: type };
      outputs.push(type === 'execute_result' ? { execution_count: count, ...output } : output);
    }
  }
  return outputs;
}

/** The text of outputs. Pictures are left out: they show numbers that are printed beside them. */
function printed(outputs) {
  return outputs.map(({ text, data }) => joined(text ?? data['text/plain'] ?? '')).join('\n');
}

/** A text as Jupyter keeps it: an array of its lines. Anything else as it is. */
function lines(text) {
  return typeof text === 'string' ? (text.match(/[^\n]*\n|[^\n]+$/g) ?? []) : text;
}

function joined(text) {
  return Array.isArray(text) ? text.join('') : text;
}
