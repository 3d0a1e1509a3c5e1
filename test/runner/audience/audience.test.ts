/** `adsim audience`: the runner's result, its files and its page; what is refused, in one sentence. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { matrixFrom } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { buildAudienceReport } from '../../../src/report/audience/audience.ts';
import { reportHtml } from '../../../src/report/render-html.ts';
import { audienceOf } from '../../../src/runner/audience/audience.ts';
import { behaviourOfAds } from '../../../src/runner/audience/ad-log.ts';
import { audienceJson, usersCsv } from '../../../src/runner/audience/output.ts';
import { toyLog } from '../../support/toy-log.ts';

const scratch = mkdtempSync(join(tmpdir(), 'adsim-audience-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** 240 users of two kinds who come five times each. */
function shop(users = 240): string {
  const luck = randomFrom('shop').sequence();
  const lines = ['who,when,kind,cost'];
  for (let u = 0; u < users; u++) {
    for (let visit = 0; visit < 5; visit++) {
      const kind = luck.uniform() < 0.8 ? (u % 2 === 0 ? 'boot' : 'bag') : 'dress';
      const day = String(1 + luck.integer(28)).padStart(2, '0');
      const hour = String((u % 2 === 0 ? 9 : 18) + luck.integer(3)).padStart(2, '0');
      lines.push(`u${u},2026-03-${day} ${hour}:00:00,${kind},${(u % 2 === 0 ? 80 : 30) + luck.integer(10)}`);
    }
  }
  const path = join(scratch, `shop-${users}.csv`);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

const columns = { user: 'who', time: 'when', category: 'kind', price: 'cost' };

describe('audienceOf', () => {
  it('finds both kinds, what they want next and who resembles the seeds; same bytes again', async () => {
    const seeds = Array.from({ length: 40 }, (_, s) => `u${4 * s}`); // of one kind
    const result = await audienceOf(shop(), { columns, seeds });
    const { personas, interest, lookAlikes, howMany } = result;
    expect(howMany.bySilhouette).toBe(2);
    expect(personas.personas.map(({ top }) => top[0].category).toSorted()).toEqual(['bag', 'boot']);
    expect(personas.personas.every(({ price }) => price?.mean.interval)).toBe(true);
    const [{ overBaseRate }] = interest?.validation.models ?? [];
    expect(overBaseRate.find(({ metric }) => metric === 'logLoss')?.interval?.[1]).toBeLessThan(0);
    expect(interest?.categories.map(({ name }) => name)).toEqual(['bag', 'boot', 'dress']);
    expect(lookAlikes?.auc).toBeGreaterThan(0.6);
    const likely = Array.from(lookAlikes?.ranked.subarray(0, 40) ?? [], (u) => Number(result.ids[u].slice(1)) % 2);
    expect(likely.filter((kind) => kind === 0).length).toBeGreaterThan(35);
    const again = await audienceOf(shop(), { columns, seeds });
    expect(audienceJson(again)).toBe(audienceJson(result));
    expect(usersCsv(result).split('\n')).toHaveLength(242);
    expect(usersCsv(result)).toMatch(/^user,persona,likeness\nu0,"?more boot/u);
    const html = await reportHtml(buildAudienceReport(result));
    for (const said of [
      'Who they are',
      'What they will want next',
      'Who resembles the seeds',
      'times as often as everybody',
    ]) {
      expect(html).toContain(said);
    }
  }, 20_000);

  it('takes the number of personas that is asked for', async () => {
    const { personas, asked } = await audienceOf(shop(), { columns, personas: 3 });
    expect([personas.personas.length, asked]).toEqual([3, true]);
  });

  it('says nothing of wants that users of one part alone differ in', async () => {
    const lines = Array.from({ length: 30 }, (_, i) => {
      const [user, visit] = [i % 15, Math.floor(i / 15)];
      return `u${user},2026-03-0${1 + visit} 09:00:00,${user === 0 ? 'bag' : 'boot'},10`;
    });
    const path = join(scratch, 'alike.csv');
    writeFileSync(path, ['who,when,kind,cost', ...lines, ''].join('\n'));
    expect((await audienceOf(path, { columns, personas: 2 })).interest).toBeNull();
  });

  it('doubts few users, and refuses what it cannot use in one sentence', async () => {
    const few = await audienceOf(shop(12), { columns });
    expect(few.warnings.map(({ kind }) => kind)).toContain('few-users');
    await expect(audienceOf(shop(2), { columns })).rejects.toThrow(/has 2 users; bring a log of at least three/u);
    await expect(audienceOf(shop(12), { columns, personas: 13 })).rejects.toThrow(/--k: 13 .* from 1 to 12/u);
    await expect(audienceOf(shop(12), { columns, seeds: ['x'] })).rejects.toThrow(/none of 1 users .*for instance u0/u);
    await expect(audienceOf(scratch)).rejects.toThrow(/holds no log; run an experiment that logs/u);
  });
});

describe('behaviourOfAds', () => {
  it('reads pages, else what was liked, of impressions that were won; a session is a visit', () => {
    const { log } = toyLog({ rows: 300 });
    const { size } = log;
    const d = 3;
    const spec = { ...log.spec, contextNames: ['affinity-bag', 'affinity-boot', 'intercept'] };
    const context = matrixFrom(
      Array.from({ length: size }, (_, i) => [i % 2, 0.5, 1]),
      d,
    );
    const read = behaviourOfAds({ ...log, spec, requests: { ...log.requests, context } }, 'toy');
    const won = Array.from({ length: size }, (_, i) => i).filter((i) => log.outcomes.won[i] === 1);
    expect(read.size).toBe(won.length);
    expect(read.categories).toEqual(['bag', 'boot']);
    expect([...read.category]).toEqual(won.map((i) => (i % 2 === 1 ? 0 : 1)));
    expect(read.ids[read.user[0]]).toBe(String(log.requests.user[won[0]]));
    const blind = { ...spec, contextNames: ['a', 'b', 'c'] };
    expect(() => behaviourOfAds({ ...log, spec: blind }, 'toy')).toThrow(
      /neither page-CATEGORY nor affinity-CATEGORY.*observed\.page: true/u,
    );
  });
});

it('keeps users with commas in their names in one cell', async () => {
  const path = join(scratch, 'names.csv');
  writeFileSync(path, readFileSync(shop(12), 'utf8').replaceAll('u3,', '"Doe, Jo",'));
  const csv = usersCsv(await audienceOf(path, { columns }));
  expect(csv).toContain('\n"Doe, Jo",');
});
