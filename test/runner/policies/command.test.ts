import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { matrixFrom } from '../../../src/core/matrix.ts';
import { Random } from '../../../src/core/random.ts';
import { openPolicy } from '../../../src/runner/policies/open-policy.ts';
import { broughtLog, firstBlock } from './brought-log.ts';
import type { BroughtColumns } from './brought-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'adsim-command-'));
const setup = { random: new Random('command') };
const ABC: BroughtColumns = {
  actions: ['a', 'b', 'c'],
  action: [0, 1, 2, 0],
  columns: { device: ['phone', 'desk', 'phone', 'desk'] },
  context: matrixFrom([[20], [30], [40], [50]]),
  contextNames: ['age'],
  eligible: [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1],
};

/** A policy whose program is node with this body: `row` is the row read, `say` writes a line. */
let files = 0;
function ruleFile(body: string, keys = ''): string {
  const script = `policy-${++files}.mjs`;
  const frame = `import { createInterface } from 'node:readline';
const say = (value) => process.stdout.write((typeof value === 'string' ? value : JSON.stringify(value)) + '\\n');
createInterface({ input: process.stdin }).on('line', (line) => { const row = JSON.parse(line); ${body} });`;
  writeFileSync(join(folder, script), frame);
  const path = join(folder, `rule-${files}.yaml`);
  writeFileSync(path, `kind: command\ncommand: [${JSON.stringify(process.execPath)}, ${script}]\n${keys}`);
  return path;
}

async function oddsOf(text: string, given: BroughtColumns = ABC): Promise<number[][]> {
  const source = broughtLog(given);
  const policy = await openPolicy(text, source, setup);
  try {
    const { rows, columns, data } = await policy.odds(await firstBlock(source));
    return Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);
  } finally {
    await policy.close();
  }
}

describe('a program as a policy', () => {
  it('is told the row, and not what was shown or what came of it', async () => {
    const path = ruleFile('say(row.row === 1 ? [0.5, 0.5, 0] : { a: 1 })');
    expect(await oddsOf(path)).toEqual([
      [1, 0, 0],
      [0.5, 0.5, 0],
      [1, 0, 0],
      [1, 0, 0],
    ]);
    const keys = ruleFile(
      `const told = JSON.stringify(row);
       const wanted = JSON.stringify({ row: 1, context: { age: 30 }, columns: { device: 'desk' }, actions: ['a', 'b', 'c'], eligible: ['a', 'b'] });
       say(row.row !== 1 || told === wanted ? { a: 1 } : told);`,
    );
    expect((await oddsOf(keys))[1]).toEqual([1, 0, 0]);
  });

  it('answers by context, columns and what is eligible', async () => {
    const path = ruleFile(
      `const odds = {}; for (const a of row.eligible) odds[a] = 1 / row.eligible.length;
       say(row.columns.device === 'phone' ? { b: 1 } : row.context.age > 40 ? [0, 0, 1] : odds);`,
    );
    expect(await oddsOf(path)).toEqual([
      [0, 1, 0],
      [0.5, 0.5, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
  });

  it('works through more rows than fit in a pipe, in batches, and block after block', async () => {
    const m = 20_000;
    const action = Array.from({ length: m }, (_, i) => i % 3);
    const source = broughtLog({
      actions: ['a', 'b', 'c'],
      action,
      columns: { note: action.map(() => 'x'.repeat(50)) },
    });
    const policy = await openPolicy(
      ruleFile('say([0, 1, 2].map((a) => Number(a === row.row % 3)))', 'batch: 20000'),
      source,
      setup,
    );
    let agree = 0;
    for await (const { first, log } of source.blocks(15_000)) {
      const block = { first, log };
      for await (const found of source.blocks(15_000)) {
        if (found.first !== block.first) continue;
        const { data } = await policy.odds(found);
        for (let i = 0; i < log.size; i++) agree += data[3 * i + log.decisions.action[i]];
      }
    }
    await policy.close();
    expect(agree).toBe(m);
  });

  it('answers of blocks that are asked for at once do not mix', async () => {
    const source = broughtLog({ actions: ['a', 'b'], action: [0, 1, 0, 1] });
    const policy = await openPolicy(ruleFile('say(row.row % 2 === 0 ? [1, 0] : [0, 1])', 'batch: 1'), source, setup);
    const block = await firstBlock(source);
    const [one, other] = await Promise.all([policy.odds(block), policy.odds(block)]);
    await policy.close();
    expect([...one.data]).toEqual([1, 0, 0, 1, 1, 0, 0, 1]);
    expect([...other.data]).toEqual([...one.data]);
  });

  it.each([
    [
      'if (row.row === 2) process.exit(3); say({ a: 1 });',
      /^log\.csv:4: .* ended with exit code 3 before it answered this row/u,
    ],
    [
      'if (row.row === 2) process.kill(process.pid, "SIGKILL"); else say({ a: 1 });',
      /^log\.csv:4: .* was ended by SIGKILL/u,
    ],
    [
      'say(row.row === 1 ? "hello" : { a: 1 })',
      /^log\.csv:3: .* answered "hello": that is no JSON; write a line such as \[/u,
    ],
    ['say(row.row === 1 ? [1, 0] : { a: 1 })', /^log\.csv:3: .* answered "\[1,0\]": 2 odds for 3 actions/u],
    ['say(row.row === 1 ? { d: 1 } : { a: 1 })', /^log\.csv:3: .* the log has no action "d"/u],
    ['say(row.row === 1 ? { a: "1" } : { a: 1 })', /^log\.csv:3: .* odds of "a" are no number/u],
    ['say(row.row === 1 ? [1, null, 0] : { a: 1 })', /^log\.csv:3: .* odds of "b" are no number/u],
    ['say(row.row === 1 ? 0.5 : { a: 1 })', /^log\.csv:3: .* write a list of odds/u],
    ['say(row.row === 1 ? [0.5, 0.4, 0] : { a: 1 })', /^log\.csv:3: .* sum to 0\.9, not to 1/u],
    ['say(row.row === 1 ? [1.5, -0.5, 0] : { a: 1 })', /^log\.csv:3: .* "b" the probability -0\.5/u],
    ['say(row.row === 1 ? { c: 1 } : { a: 1 })', /^log\.csv:3: .* "c" the probability 1, though it is not eligible/u],
    ['process.stdout.write(`{"a":1}\\n`.repeat(row.row === 3 ? 2 : 1));', /^log\.csv:5: .* beside its answers/u],
  ])('%s is refused', async (body, sentence) => {
    await expect(oddsOf(ruleFile(body))).rejects.toThrow(sentence);
  });

  it('waits only so long, and says for which row', async () => {
    const path = ruleFile('if (row.row < 2) say({ a: 1 });', 'timeoutSeconds: 0.5');
    await expect(oddsOf(path)).rejects.toThrow(/^log\.csv:4: .* has not answered this row for 0\.5 s; .*flush/u);
  });

  it('says that a program cannot be started', async () => {
    await expect(oddsOf('command:no-such-program --please')).rejects.toThrow(
      /`no-such-program --please` cannot be started in \. \(ENOENT\)/u,
    );
  });

  it('is ended when it is closed, also where it does not want to be', async () => {
    const source = broughtLog(ABC);
    const path = ruleFile(
      'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); say({ a: 1, pid: undefined }); ',
    );
    const policy = await openPolicy(path, source, setup);
    await policy.odds(await firstBlock(source));
    await policy.close();
    await policy.close();
    await expect(policy.odds(await firstBlock(source))).rejects.toThrow(
      /was ended by SIG(?:KILL|TERM) before it answered/u,
    );
  });
});
