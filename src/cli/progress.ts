/** Progress as a person likes it: bars where stderr is a terminal, now and then a plain line where it is a file. */
import type { Progress, ProgressListener } from '../runner/progress.ts';
import { decimal, duration } from '../report/format.ts';

/** Seconds between two plain lines of a stage. */
const EVERY = 5;
/** The rate is that of the last so many seconds: what an earlier run had finished doesn't count. */
const WINDOW = 20;
const BAR = 24;

export interface ProgressDisplay {
  listen: ProgressListener;
  /** Takes the bars off the screen; the last state stays. */
  stop(): void;
}

/** How one stage goes. */
interface Stage {
  startedAt: number;
  toldAt: number;
  /** (time [s], done), oldest first, at most one per half second. */
  samples: [number, number][];
}

/** Where progress goes. */
export interface ProgressScreen {
  stream: NodeJS.WriteStream;
  /** The clock [s]. */
  seconds: () => number;
}

/** Shows progress on `stream`. */
export async function progressOn({ stream, seconds }: ProgressScreen): Promise<ProgressDisplay> {
  const stages = new Map<string, Stage>();
  const stageOf = (progress: Progress): Stage => {
    const known = stages.get(progress.stage);
    if (known) return known;
    const stage: Stage = { startedAt: seconds(), toldAt: seconds(), samples: [[seconds(), progress.done]] };
    stages.set(progress.stage, stage);
    return stage;
  };
  return stream.isTTY ? bars(stream, seconds, stageOf) : lines(stream, seconds, stageOf);
}

function lines(
  stream: NodeJS.WriteStream,
  seconds: () => number,
  stageOf: (progress: Progress) => Stage,
): ProgressDisplay {
  const finished = new Set<string>();
  return {
    listen(progress) {
      const stage = stageOf(progress);
      sample(stage, seconds(), progress.done);
      const done = progress.done >= progress.total;
      if (finished.has(progress.stage) || (!done && seconds() - stage.toldAt < EVERY)) return;
      stage.toldAt = seconds();
      if (done) finished.add(progress.stage);
      stream.write(`${done ? finalLine(progress, seconds() - stage.startedAt) : line(progress, stage, seconds())}\n`);
    },
    stop() {},
  };
}

async function bars(
  stream: NodeJS.WriteStream,
  seconds: () => number,
  stageOf: (progress: Progress) => Stage,
): Promise<ProgressDisplay> {
  const { MultiBar } = (await import('cli-progress')).default;
  const screen = new MultiBar({
    stream,
    hideCursor: true,
    // Its own handler would exit before the run has kept what is finished.
    gracefulExit: false,
    format: (_options, _params, payload: { line: string }) => payload.line,
  });
  const shown = new Map<string, ReturnType<typeof screen.create>>();
  return {
    listen(progress) {
      const stage = stageOf(progress);
      sample(stage, seconds(), progress.done);
      const share = progress.total > 0 ? Math.min(1, progress.done / progress.total) : 1;
      const drawn = `${'█'.repeat(Math.round(share * BAR))}${'░'.repeat(BAR - Math.round(share * BAR))}`;
      const text =
        share < 1 ? `${drawn} ${line(progress, stage, seconds())}` : finalLine(progress, seconds() - stage.startedAt);
      const payload = { line: text };
      const bar = shown.get(progress.stage);
      if (!bar) shown.set(progress.stage, screen.create(progress.total, progress.done, payload));
      else if (share < 1 || bar.getProgress() < 1) bar.update(progress.done, payload);
    },
    stop: () => screen.stop(),
  };
}

function sample(stage: Stage, now: number, done: number): void {
  const { samples } = stage;
  if (now - samples[samples.length - 1][0] >= 0.5) samples.push([now, done]);
  while (samples.length > 1 && now - samples[0][0] > WINDOW) samples.shift();
}

/** `creatives   35 %  1,400/4,000 steps  410 steps/s  7 s left` */
function line({ stage, done, total, unit }: Progress, { samples }: Stage, now: number): string {
  const [since, before] = samples[0];
  const rate = now > since ? (done - before) / (now - since) : 0;
  const perSecond = rate > 0 ? `  ${decimal(rate, rate < 10 ? 1 : 0)} ${unit}/s` : '';
  if (total === Infinity) return `${stage.padEnd(10)}   ? %  ${decimal(done)} ${unit}${perSecond}`;
  const percent = `${Math.floor((100 * done) / total)} %`.padStart(5);
  const speed = rate > 0 ? `${perSecond}  ${duration((total - done) / rate)} left` : '';
  return `${stage.padEnd(10)} ${percent}  ${decimal(done)}/${decimal(total)} ${unit}${speed}`;
}

function finalLine({ stage, total, unit }: Progress, took: number): string {
  return `${stage.padEnd(10)} 100 %  ${decimal(total)} ${unit} in ${duration(took)}`;
}
