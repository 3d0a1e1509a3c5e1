import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { betaContest } from '../../../src/agents/context-free/best-beta.ts';
import { Random } from '../../../src/core/random.ts';
import { evaluate } from '../../../src/ope/evaluate.ts';
import { chooseEstimators } from '../../../src/ope/registry.ts';
import { betaRanks } from '../../../src/runner/policies/beta-ranks.ts';
import { openPolicy } from '../../../src/runner/policies/open-policy.ts';
import { dataFolder } from '../../folders.ts';
import { broughtLog, firstBlock } from './brought-log.ts';

const setup = { random: new Random('thompson') };

describe('ranks of Beta variables', () => {
  // Counts as different as those of real campaigns, and two improper-looking ones.
  const alpha = [47, 8, 62, 142, 3, 857, 1, 0.5];
  const beta = [12198, 3566, 15010, 28000, 1200, 150000, 1, 3];
  const k = alpha.length;

  it('first places are those of the exact contest', () => {
    const out = new Float64Array(k);
    betaContest()(alpha, beta, out);
    const ranks = betaRanks(alpha, beta, 1);
    out.forEach((p, j) => expect(ranks.data[j]).toBeCloseTo(p, 10));
  });

  it('every action has some rank, every rank some action, and more ranks change no rank', () => {
    const ranks = betaRanks(alpha, beta, k);
    for (let j = 0; j < k; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += ranks.data[l * k + j];
      expect(sum).toBeCloseTo(1, 9);
    }
    expect([...betaRanks(alpha, beta, 3).data]).toEqual([...ranks.data.subarray(0, 3 * k)]);
  });

  it('the last rank is the first of the mirrored variables', () => {
    const last = betaRanks(alpha, beta, k).data.subarray((k - 1) * k);
    const first = betaRanks(beta, alpha, 1).data;
    first.forEach((p, j) => expect(last[j]).toBeCloseTo(p, 9));
  });

  it('two uniform variables and one worse: known by hand', () => {
    // X, Y ~ U(0, 1), Z ~ Beta(1, 2). P(Z first) = ∫ 2(1 − z) z² dz = 1/6; P(Z last) = ∫ 2(1 − z)³ dz = 1/2.
    const ranks = betaRanks([1, 1, 1], [1, 1, 2], 3).data;
    [5 / 12, 5 / 12, 1 / 6, 1 / 3, 1 / 3, 1 / 3, 1 / 4, 1 / 4, 1 / 2].forEach((p, at) =>
      expect(ranks[at]).toBeCloseTo(p, 10),
    );
  });
});

describe('bernoulli-thompson', () => {
  const folder = mkdtempSync(join(tmpdir(), 'adsim-thompson-'));
  let files = 0;
  function ruleFile(yaml: string): string {
    const path = join(folder, `rule-${++files}.yaml`);
    writeFileSync(path, yaml);
    return path;
  }
  const log = (columns: Record<string, number[]> = {}, eligible?: number[]) =>
    broughtLog({ actions: ['x', 'y', 'z'], action: [0, 1, 2], columns, ...(eligible ? { eligible } : {}) });
  const rule = ruleFile('kind: bernoulli-thompson\nalpha: [1, 1, 1]\nbeta: {x: 1, y: 1, z: 2}');

  it('takes positions from the log where it has them', async () => {
    const plain = await openPolicy(rule, log(), setup);
    const first = await plain.odds(await firstBlock(log()));
    expect(first.data[8]).toBeCloseTo(1 / 6, 10);
    const paged = log({ position: [1, 2, 3] });
    const odds = (await (await openPolicy(rule, paged, setup)).odds(await firstBlock(paged))).data;
    [1 / 6, 1 / 3, 1 / 2].forEach((p, i) => expect(odds[3 * i + 2]).toBeCloseTo(p, 10));
  });

  it('draws among the eligible', async () => {
    const some = log({}, [1, 0, 1, 0, 0, 1, 1, 1, 1]);
    const odds = (await (await openPolicy(rule, some, setup)).odds(await firstBlock(some))).data;
    // P(Z > X) for Z ~ Beta(1, 2), X ~ U(0, 1) is E[Z] = 1/3.
    [2 / 3, 0, 1 / 3, 0, 0, 1].forEach((p, at) => expect(odds[at]).toBeCloseTo(p, 10));
  });

  it('refuses positions that no action is left for, and what is no position', async () => {
    const open = async (source: ReturnType<typeof log>) =>
      (await openPolicy(rule, source, setup)).odds(await firstBlock(source));
    await expect(open(log({ position: [1, 4, 1] }))).rejects.toThrow(
      /^log\.csv:3: 3 actions are eligible, none is left/u,
    );
    await expect(open(log({ position: [0, 1, 1] }))).rejects.toThrow(/^log\.csv:2: column "position" holds 0/u);
  });

  it.each([
    [
      'kind: bernoulli-thompson\nalpha: [1, 1]\nbeta: [1, 1, 1]',
      /:2:8 {2}alpha: holds 2 numbers, the log has 3 actions/u,
    ],
    ['kind: bernoulli-thompson\nalpha: [1, 1, 1]', /give either alpha and beta, or prior and campaign/u],
    ['kind: bernoulli-thompson\nalpha: {x: 1, y: 1}\nbeta: [1, 1, 1]', /action "z" has no alpha/u],
    ['kind: bernoulli-thompson\nalpha: [1, 0, 1]\nbeta: [1, 1, 1]', /above 0/u],
    ['kind: bernoulli-thompson\nprior: none.yaml\ncampaign: men', /:2:8 {2}prior: .*none\.yaml: no such file/u],
  ])('%j is refused', async (yaml, sentence) => {
    await expect(openPolicy(ruleFile(yaml), log(), setup)).rejects.toThrow(sentence);
  });
});

const data = dataFolder();
describe.skipIf(data === undefined)('the prior of ZOZOTOWN, from the uniformly random log', () => {
  it('comes out where 200,000 draws per position put it', async () => {
    const prior = resolve(data ?? '', 'obd/prior_bts.yaml');
    const csv = gunzipSync(readFileSync(join(data ?? '', 'obd/random/men/men.csv.gz'))).toString();
    const rows = parse(csv, { columns: true }) as Record<string, string>[];
    const numbers = (name: string): number[] => rows.map((row) => Number(row[name]));
    const source = broughtLog({
      actions: Array.from({ length: 34 }, (_, a) => String(a)),
      action: numbers('item_id'),
      propensity: numbers('propensity_score'),
      reward: numbers('click'),
      columns: { position: numbers('position') },
    });
    const folder = mkdtempSync(join(tmpdir(), 'adsim-zozo-'));
    const path = join(folder, 'bts.yaml');
    writeFileSync(path, `kind: bernoulli-thompson\nprior: ${JSON.stringify(prior)}\ncampaign: men\n`);
    const policy = await openPolicy(path, source, setup);
    const block = await firstBlock(source);
    const evidence = { log: block.log, evaluation: await policy.odds(block) };
    const [ips, snips] = evaluate(evidence, chooseEstimators(['ips', 'snips'], evidence));
    expect(Math.abs(ips.value / 0.00454 - 1)).toBeLessThan(0.01);
    expect(Math.abs(snips.value / 0.00461 - 1)).toBeLessThan(0.01);
    expect(Math.abs(ips.effectiveSampleSize / 2479 - 1)).toBeLessThan(0.01);
  });
});
