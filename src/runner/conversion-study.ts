/**
 * Models of clicks and of what comes of them, in one seed: trained on its log as it stands at its end, when some conversions are still to
 * come, and held against the truth on visits of which nothing was logged.
 */
import { createAgent } from '../agents/registry.ts';
import type { Environment, ImpressionLog } from '../core/contracts.ts';
import { CONVERTED } from '../core/contracts.ts';
import { InputError } from '../core/errors.ts';
import { matrix } from '../core/matrix.ts';
import type { Matrix } from '../core/matrix.ts';
import type { Random } from '../core/random.ts';
import type { ModelSetup } from '../models/ctr/labels.ts';
import type { ConversionModel } from '../models/cvr/conversion-model.ts';
import { conversionName, createConversionModel } from '../models/cvr/models.ts';
import { agentSetup, rivalsOf } from './collect-log.ts';
import type { ResolvedExperiment } from './config.ts';
import { playEpisode } from './episode.ts';
import type { Tick } from './episode.ts';

/** Requests that models are judged on, with every ad. */
const JUDGED = 4000;

/** How far a model is from the truth, over all requests and ads. */
export interface ConversionScores {
  /** Mean of what it says of P(conversion | click), over the true mean, less 1. */
  bias: number;
  /** Root mean square error of P(conversion | click). */
  error: number;
  /** The same of P(conversion | shown). */
  shownError: number;
}

/** What a seed found. */
export interface ConversionStudy {
  /** Clicks in the log, conversions that had come by its end, and how many its clicks will bring in expectation. */
  clicks: number;
  seen: number;
  expected: number;
  /** True mean of P(conversion | click), over all requests and ads. */
  rate: number;
  /** In the order of the experiment; a reason instead of scores where the log taught too little. */
  models: readonly ({ name: string; scores: ConversionScores } | { name: string; untaught: string })[];
}

/** Counts, while a log is played, what its clicks will bring in expectation: of each ad in its place on the page. */
export function expectedConversions({ spec }: Environment): { onTick: (tick: Tick) => void; total: () => number } {
  const { slots: L } = spec;
  const [click, conversion] = oddsOf(spec);
  let total = 0;
  return {
    onTick({ requests, decisions, outcomes, responses }) {
      if (!responses) return;
      responses(click, conversion);
      for (let cell = 0; cell < requests.size * L; cell++) {
        if (outcomes.click[cell] === 0) continue;
        total += conversion.data[Math.floor(cell / L) * conversion.columns + decisions.action[cell]];
      }
    },
    total: () => total,
  };
}

interface Study {
  experiment: ResolvedExperiment;
  environment: Environment;
  /** The whole log, and the same as single ads that were shown. */
  log: ImpressionLog;
  shown: ImpressionLog;
  /** What its clicks will bring. */
  expected: number;
  setup: ModelSetup;
  seed: string;
  random: Random;
}

/** Trains and judges the experiment's conversion models. */
export async function conversionStudy(study: Study): Promise<ConversionStudy> {
  const { experiment, log, shown, expected, setup, random } = study;
  const configs = experiment.conversionModels ?? [];
  const fitted: ({ name: string; judge: Judge } | { name: string; untaught: string })[] = [];
  for (const config of configs) {
    const name = conversionName(config);
    const model = createConversionModel(config, setup);
    try {
      // oxlint-disable-next-line no-await-in-loop -- one after the other: they share the tensor back end
      await model.fit(shown, random.stream('model', name));
      fitted.push({ name, judge: judgeOf(model) });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      fitted.push({ name, untaught: error.message });
    }
  }
  const rate = mean();
  onFreshVisits(study, ({ requests, responses }, click, conversion) => {
    responses(click, conversion);
    const cells = requests.size * conversion.columns;
    rate.add(conversion, cells);
    for (const one of fitted) if ('judge' in one) one.judge.add(requests, click, conversion);
  });
  const ads = log.size * log.spec.slots;
  return {
    clicks: count(log.outcomes.click, ads, 1),
    seen: count(log.outcomes.conversion, ads, CONVERTED),
    expected,
    rate: rate.value(),
    models: fitted.map((one) => ('judge' in one ? { name: one.name, scores: one.judge.scores(rate.value()) } : one)),
  };
}

/** Sums of one model's errors. */
interface Judge {
  add(requests: Tick['requests'], click: Matrix, conversion: Matrix): void;
  /** Against the true mean of P(conversion | click). */
  scores(rate: number): ConversionScores;
}

function judgeOf(model: ConversionModel): Judge {
  let [p, q]: (Matrix | undefined)[] = [];
  const said = mean();
  let [cells, squares, shownSquares] = [0, 0, 0];
  return {
    add(requests, click, conversion) {
      p ??= matrix(click.rows, click.columns);
      q ??= matrix(click.rows, click.columns);
      model.predict(requests, p, q);
      const here = requests.size * click.columns;
      said.add(q, here);
      for (let c = 0; c < here; c++) {
        squares += square(q.data[c] - conversion.data[c]);
        shownSquares += square(p.data[c] * q.data[c] - click.data[c] * conversion.data[c]);
      }
      cells += here;
    },
    scores: (rate) => ({
      bias: said.value() / rate - 1,
      error: Math.sqrt(squares / cells),
      shownError: Math.sqrt(shownSquares / cells),
    }),
  };
}

const square = (x: number): number => x * x;

function mean(): { add: (values: Matrix, cells: number) => void; value: () => number } {
  let [sum, total] = [0, 0];
  return {
    add({ data }, cells) {
      for (let c = 0; c < cells; c++) sum += data[c];
      total += cells;
    },
    value: () => sum / total,
  };
}

function count(values: ArrayLike<number>, size: number, what: number): number {
  let found = 0;
  for (let i = 0; i < size; i++) if (values[i] === what) found++;
  return found;
}

function oddsOf({ lanes, actions }: Environment['spec']): [click: Matrix, conversion: Matrix] {
  return [matrix(lanes, actions.length), matrix(lanes, actions.length)];
}

/** Plays other visits of the seed's users. */
function onFreshVisits(
  { experiment, environment, seed, random }: Study,
  onTick: (tick: Tick & { responses: NonNullable<Tick['responses']> }, click: Matrix, conversion: Matrix) => void,
): void {
  const source = random.stream('visits');
  const [click, conversion] = oddsOf(environment.spec);
  playEpisode({
    environment,
    agent: createAgent({ kind: 'uniform' }, agentSetup(environment, 'uniform', new Map(), source, JUDGED)),
    rivals: rivalsOf(experiment, environment, source),
    seed,
    luck: source.path.join('/'),
    requests: JUDGED,
    random: source.stream('draws'),
    onTick(tick) {
      const { responses } = tick;
      if (responses) onTick({ ...tick, responses }, click, conversion);
    },
  });
}
