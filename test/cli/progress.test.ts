/** Progress on a clock that we turn. */
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { progressOn } from '../../src/cli/progress.ts';

function screen(isTTY: boolean): { stream: NodeJS.WriteStream; said: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 120, rows: 30 });
  const parts: Buffer[] = [];
  stream.on('data', (data: Buffer) => parts.push(data));
  return { stream: stream as unknown as NodeJS.WriteStream, said: () => Buffer.concat(parts).toString() };
}

it('in a pipe: a line every five seconds and one at the end of a stage, with rate and time left', async () => {
  let now = 100;
  const { stream, said } = screen(false);
  const display = await progressOn({ stream, seconds: () => now });
  for (let done = 0; done <= 40; done++) {
    display.listen({ stage: 'creatives', done: done * 100, total: 4000, unit: 'steps' });
    now += 0.25;
  }
  display.listen({ stage: 'creatives', done: 4000, total: 4000, unit: 'steps' });
  display.stop();
  expect(said().split('\n')).toEqual([
    'creatives   50 %  2,000/4,000 steps  400 steps/s  5.0 s left',
    'creatives  100 %  4,000 steps in 10 s',
    '',
  ]);
});

it('where nobody knows how much is to come: how much has, and the rate', async () => {
  let now = 0;
  const { stream, said } = screen(false);
  const display = await progressOn({ stream, seconds: () => now });
  const at = (seconds: number, done: number, total: number): void => {
    now = seconds;
    display.listen({ stage: 'training', done, total, unit: 'rows' });
  };
  at(0, 0, Infinity);
  at(6, 1200, Infinity);
  at(7, 1300, 1300);
  expect(said().split('\n')).toEqual([
    'training     ? %  1,200 rows  200 rows/s',
    'training   100 %  1,300 rows in 7.0 s',
    '',
  ]);
});

it('does not count what an earlier run had finished as speed', async () => {
  let now = 0;
  const { stream, said } = screen(false);
  const display = await progressOn({ stream, seconds: () => now });
  const at = (seconds: number, done: number): void => {
    now = seconds;
    display.listen({ stage: 'episodes', done, total: 1000, unit: 'requests' });
  };
  at(0, 900);
  at(6, 912);
  expect(said()).toBe('episodes    91 %  912/1,000 requests  2.0 requests/s  44 s left\n');
});

it('tells the rate of the last twenty seconds, not of the whole', async () => {
  let now = 0;
  const { stream, said } = screen(false);
  const display = await progressOn({ stream, seconds: () => now });
  for (let done = 0; done <= 1000; done += 10, now += 1) {
    display.listen({ stage: 'episodes', done, total: 2000, unit: 'requests' });
  }
  for (let done = 1001; done <= 1050; done++, now += 1) {
    display.listen({ stage: 'episodes', done, total: 2000, unit: 'requests' });
  }
  expect(said().trimEnd().split('\n').at(-1)).toBe(
    'episodes    52 %  1,050/2,000 requests  1.0 requests/s  15 min 50 s left',
  );
});

it('on a terminal: a bar that is drawn and closed', async () => {
  let now = 0;
  const { stream, said } = screen(true);
  const display = await progressOn({ stream, seconds: () => now });
  for (const done of [0, 50, 100]) {
    now += 1;
    display.listen({ stage: 'episodes', done, total: 100, unit: 'requests' });
  }
  display.stop();
  expect(said()).toContain('episodes   100 %  100 requests in 2.0 s');
});
