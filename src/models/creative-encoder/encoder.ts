/**
 * The creative encoder: pixels, headline and category become a short vector, learned from what creatives were clicked, so that a
 * creative that nobody has seen lies near those that earned what it will. One hidden layer, whose activations are the vector, and a
 * logit of the click rate over it; how long it learns is told by creatives held out, each part of them in turn.
 */
import { InputError } from '../../core/errors.ts';
import type { Matrix } from '../../core/matrix.ts';
import { matrix } from '../../core/matrix.ts';
import type { Random } from '../../core/random.ts';
import { adamOptimiser } from '../nets/adam.ts';
import { denseNet } from '../nets/dense-net.ts';
import type { DenseNet } from '../nets/dense-net.ts';
import { creativeInputs } from './inputs.ts';
import type { CreativeViews } from './inputs.ts';

export interface CreativeEncoderSettings {
  /** D: length of the vector; default 2: it is learned for one number, the click rate, and more of them learn the clicks by heart. */
  dimensions?: number;
  /** Steps of Adam at most, each over all creatives; default 400. */
  mostSteps?: number;
  /** Share of every weight that a step takes away; default 0.003. */
  decay?: number;
}

export interface CreativeEncoder {
  /** D */
  dimensions: number;
  /** Steps that served creatives held out best. */
  steps: number;
  /**
   * Mean binomial log loss of an impression of a creative held out [nats], and that of one rate for all of them.
   * The least over steps, so a little too good.
   */
  heldOut: { loss: number; constant: number };
  /** (k×D) vectors, each number in [−1, 1]. */
  embed(views: CreativeViews): Matrix;
  /** (k) click rates that they are expected to have. */
  rates(views: CreativeViews): Float64Array;
}

const LEARNING_RATE = 0.003;
/** Every so many steps creatives held out are asked. */
const ASKED = 5;
/** Creatives are held out in so many parts. */
const PARTS = 4;
/** It ends where so many steps have brought nothing. */
const PATIENCE = 100;
const LEAST_CREATIVES = 8;

/**
 * Learns from impressions `shown` (k) and `clicks` (k) of each creative; those never shown count nothing. Deterministic in its
 * arguments. Throws `InputError` where fewer than eight were shown, or none was clicked, or all always.
 */
export function creativeEncoder(
  views: CreativeViews,
  shown: ArrayLike<number>,
  clicks: ArrayLike<number>,
  random: Random,
  { dimensions = 2, mostSteps = 400, decay = 0.003 }: CreativeEncoderSettings = {},
): CreativeEncoder {
  const used = Int32Array.from({ length: views.pixels.length }, (_, i) => i).filter((i) => shown[i] > 0);
  const total = used.reduce((sum, i) => sum + shown[i], 0);
  const clicked = used.reduce((sum, i) => sum + clicks[i], 0);
  if (used.length < LEAST_CREATIVES || clicked === 0 || clicked === total) {
    throw new InputError(
      `creative encoder: ${used.length} creatives with ${clicked} clicks in ${total} impressions tell nothing apart; show at least ${LEAST_CREATIVES}, until some are clicked`,
    );
  }
  const raw = creativeInputs(views);
  const scale = scaleOf(raw, used);
  const inputs = scaled(raw, scale);
  const rows = (of: Int32Array) => ({
    inputs: rowsOf(inputs, of),
    n: of.length,
    shown: Float64Array.from(of, (i) => shown[i]),
    clicks: Float64Array.from(of, (i) => clicks[i]),
  });
  const order = random.stream('held out').sequence().shuffle(used.slice());
  const learner = (of: Rows) => trained([inputs.columns, dimensions, 1], of, decay, random.stream('weights'));
  const trials = Array.from({ length: PARTS }, (_, part) => {
    const out = rows(order.filter((_, i) => i % PARTS === part));
    const rest = rows(order.filter((_, i) => i % PARTS !== part));
    return { ...learner(rest), out, constant: constantLoss(rest, out) };
  });
  const mean = (lossOfOut: (trial: (typeof trials)[number]) => number): number =>
    trials.reduce((sum, trial) => sum + lossOfOut(trial), 0) / total;
  const asked = () => mean(({ net, out }) => lossOf(net, out));
  let best = { steps: 0, loss: asked() };
  for (let step = 1; step <= Math.min(mostSteps, best.steps + PATIENCE); step++) {
    for (const trial of trials) trial.step();
    if (step % ASKED !== 0) continue;
    const loss = asked();
    if (loss < best.loss) best = { steps: step, loss };
  }
  const whole = learner(rows(used));
  for (let step = 0; step < best.steps; step++) whole.step();
  const { net } = whole;
  const read = (asked: CreativeViews): Matrix => scaled(creativeInputs(asked), scale);
  return {
    dimensions,
    steps: best.steps,
    heldOut: { loss: best.loss, constant: mean(({ constant }) => constant) },
    embed(asked) {
      const { data, rows: k } = read(asked);
      return matrix(k, dimensions, net.represent(data, k).slice(0, k * dimensions));
    },
    rates(asked) {
      const { data, rows: k } = read(asked);
      return Float64Array.from(net.forward(data, k).subarray(0, k), (logit) => 1 / (1 + Math.exp(-logit)));
    },
  };
}

interface Rows {
  inputs: Float64Array;
  n: number;
  shown: Float64Array;
  clicks: Float64Array;
}

/** A net that begins at the rows' common click rate, and what one step of Adam on all rows does. */
function trained(sizes: readonly number[], rows: Rows, decay: number, random: Random): { net: DenseNet; step(): void } {
  const net = denseNet(sizes, random, { activation: 'tanh', lastScale: 0.1 });
  const bias = net.parameters.length - 1;
  const total = rows.shown.reduce((a, b) => a + b, 0);
  const rate = (rows.clicks.reduce((a, b) => a + b, 0) + 0.5) / (total + 1);
  net.parameters[bias] = Math.log(rate / (1 - rate));
  const optimiser = adamOptimiser(net.parameters.length, { learningRate: LEARNING_RATE });
  const slope = new Float64Array(rows.n);
  return {
    net,
    step() {
      const logits = net.forward(rows.inputs, rows.n);
      for (let i = 0; i < rows.n; i++) {
        // As if clicks were one in two: the step does not shrink with the rate.
        slope[i] = (rows.shown[i] / (1 + Math.exp(-logits[i])) - rows.clicks[i]) / (total * rate);
      }
      net.backward(slope, rows.n);
      optimiser.step(net.parameters, net.gradient);
      for (let w = 0; w < bias; w++) net.parameters[w] *= 1 - decay;
    },
  };
}

/** Binomial log loss of all impressions [nats]. */
function lossOf(net: DenseNet, { inputs, n, shown, clicks }: Rows): number {
  const logits = net.forward(inputs, n);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += shown[i] * Math.log1p(Math.exp(logits[i])) - clicks[i] * logits[i];
  return sum;
}

/** The same of the others' click rate. */
function constantLoss(rest: Rows, out: Rows): number {
  const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
  const rate = (sum(rest.clicks) + 0.5) / (sum(rest.shown) + 1);
  const clicks = sum(out.clicks);
  return -clicks * Math.log(rate) - (sum(out.shown) - clicks) * Math.log1p(-rate);
}

interface Scale {
  mean: Float64Array;
  inverse: Float64Array;
}

function scaleOf({ data, columns: d }: Matrix, used: Int32Array): Scale {
  const mean = new Float64Array(d);
  const square = new Float64Array(d);
  for (const i of used) for (let j = 0; j < d; j++) mean[j] += data[i * d + j] / used.length;
  for (const i of used) for (let j = 0; j < d; j++) square[j] += (data[i * d + j] - mean[j]) ** 2 / used.length;
  return { mean, inverse: square.map((v) => (v > 1e-12 ? 1 / Math.sqrt(v) : 0)) };
}

/** Inputs with mean 0 and standard deviation 1, held within three of them: rare words of few creatives must not shout. */
function scaled({ data, rows, columns: d }: Matrix, { mean, inverse }: Scale): Matrix {
  const out = matrix(rows, d);
  for (let at = 0; at < rows * d; at++) {
    out.data[at] = Math.max(-3, Math.min(3, (data[at] - mean[at % d]) * inverse[at % d]));
  }
  return out;
}

function rowsOf({ data, columns: d }: Matrix, of: Int32Array): Float64Array {
  const out = new Float64Array(of.length * d);
  of.forEach((i, row) => out.set(data.subarray(i * d, (i + 1) * d), row * d));
  return out;
}
