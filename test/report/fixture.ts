/** Made-up results and manifests that fill every part of a report, from a seed; and the barest ones. */
import { pairedDifference } from '../../src/core/paired.ts';
import { randomFrom } from '../../src/core/random.ts';
import { summarise } from '../../src/core/statistics.ts';
import type { Manifest } from '../../src/runner/manifest.ts';
import type { AgentResult, CoverageResult, EpisodeResult, ModelResult, Results } from '../../src/runner/results.ts';

const CATEGORIES = ['shirt', 'trousers', 'pullover', 'dress', 'coat', 'sandal', 'sneaker', 'bag', 'boot', 'top'];
const AGENTS: readonly (readonly [name: string, kind: string, rate: number])[] = [
  ['uniform', 'uniform', 0.021],
  ['epsilon-greedy 0.1', 'epsilon-greedy', 0.0302],
  ['UCB1', 'ucb1', 0.0293],
  ['Thompson', 'thompson', 0.0311],
  ['LinUCB', 'linucb', 0.0362],
  ['greedy(mlp)', 'greedy', 0.0363],
  ['best observable', 'best-observable', 0.0391],
  ['oracle', 'oracle', 0.0433],
];
const POINTS = 40;
const REQUESTS = 20_000;

export interface FixtureOptions {
  seeds?: number;
  sequential?: boolean;
  /** False: no creatives, models, off-policy evaluation or coverage. */
  full?: boolean;
}

/** Results of a made-up run; the same options give the same results. */
export function fakeResults({ seeds = 8, sequential = false, full = true }: FixtureOptions = {}): Results {
  const names = Array.from({ length: seeds }, (_, i) => `s${i + 1}`);
  const agents = AGENTS.map(([name, kind, rate]) => fakeAgent(name, kind, rate, names));
  return {
    schemaVersion: 3,
    tuning: [],
    name: 'Quickstart',
    question: 'Which policy should choose the creatives of a quiet market, and how sure are we?',
    signature: `world:quiet|agents:${AGENTS.length}|seeds:${seeds}|v:0.1.0|cfg:9f3c`,
    seeds: names,
    world: {
      name: sequential ? 'long-session' : 'quiet',
      users: 2000,
      lanes: 256,
      requests: REQUESTS,
      rewardUnit: 'click',
      sequential,
      contextNames: ['age', 'hour', 'interest'],
      slots: 1,
      auction: null,
      players: 1,
      limited: false,
      conversionWindowHours: null,
    },
    agents,
    creatives: full ? fakeCreatives() : null,
    ...(full && { guidance: fakeGuidance(), variety: fakeVariety(), conversions: fakeConversions() }),
    models: full ? [fakeModel('logistic', 0.71, seeds), fakeModel('mlp', 0.74, seeds)] : [],
    offPolicy: full
      ? {
          behaviour: 'epsilon-greedy 0.1',
          rows: REQUESTS,
          level: 0.95,
          policies: fakePolicies(names),
          coverage: fakeCoverage(),
        }
      : { behaviour: 'uniform', rows: 0, level: 0.95, policies: [], coverage: [] },
    warnings: full
      ? [
          {
            kind: 'low-effective-sample-size',
            message: 'oracle: the log of seed s1 has 412 effective rows of 20,000 (2 %).',
            advice: 'Collect the log with a policy that explores more, or read the DR interval only.',
          },
          {
            kind: 'interval-falls-short',
            message: 'SNIPS at a click rate of 2 %: 95 % intervals hold the truth in 86 % of worlds.',
            advice: 'Use more rows, or an interval that knows the bounds of the reward.',
          },
        ]
      : [],
  };
}

function fakeAgent(name: string, kind: string, rate: number, seeds: readonly string[]): AgentResult {
  const perSeed = seeds.map((seed) => {
    const luck = randomFrom(seed).stream('luck').sequence().normal();
    const own = randomFrom(seed).stream('agent', name).sequence();
    const value = rate + 0.0006 * luck + 0.0002 * own.normal();
    const clicks = Math.round(REQUESTS * value);
    const impressions = Math.round(REQUESTS * (0.93 + 0.002 * own.normal()));
    const conversions = Math.round(clicks * (0.05 + 0.002 * own.normal()));
    const episode: EpisodeResult = {
      seed,
      requests: REQUESTS,
      sessions: Math.round(REQUESTS / 4.1),
      impressions,
      clicks,
      conversions,
      costUsd: impressions * 0.0021,
      revenueUsd: conversions * 31,
      reward: clicks,
      regret: (0.0433 - rate) * REQUESTS * (1 + 0.05 * own.normal()),
      regretAgainstObservable: (0.0391 - rate) * REQUESTS * (1 + 0.05 * own.normal()),
      auction: null,
    };
    const learned = 1 - 0.021 / rate;
    let regret = 0;
    const curve = Array.from({ length: POINTS }, (_, i) => {
      const reward = rate * (1 - learned * Math.exp(-i / 6)) + 0.0006 * luck + 0.0012 * own.normal();
      regret += kind === 'oracle' ? 0 : ((0.0433 - reward) * REQUESTS) / POINTS;
      return { reward, regret };
    });
    return { episode, curve };
  });
  const over = (pick: (e: EpisodeResult) => number) => summarise(perSeed.map((one) => pick(one.episode)));
  const band = (pick: (point: { reward: number; regret: number }) => number) => {
    const points = Array.from({ length: POINTS }, (_, i) => summarise(perSeed.map((one) => pick(one.curve[i]))));
    return {
      mean: points.map((point) => point.mean),
      low: points.map((point) => point.interval?.[0] ?? null),
      high: points.map((point) => point.interval?.[1] ?? null),
    };
  };
  return {
    name,
    kind,
    episodes: perSeed.map((one) => one.episode),
    ctr: over((e) => e.clicks / e.impressions),
    cvr: over((e) => e.conversions / e.clicks),
    roi: over((e) => (e.revenueUsd - e.costUsd) / e.costUsd),
    costUsd: over((e) => e.costUsd),
    revenueUsd: over((e) => e.revenueUsd),
    value: over((e) => e.reward / e.requests),
    valuePerSession: over((e) => e.reward / e.sessions),
    regret: over((e) => e.regret),
    regretAgainstObservable: over((e) => e.regretAgainstObservable),
    auction: null,
    breakdowns: [],
    curve: {
      requests: Array.from({ length: POINTS }, (_, i) => ((i + 1) * REQUESTS) / POINTS),
      reward: band((point) => point.reward),
      regret: band((point) => point.regret),
    },
  };
}

function fakeCreatives(): NonNullable<Results['creatives']> {
  const random = randomFrom('creatives').sequence();
  const step = Array.from({ length: 60 }, (_, i) => (i + 1) * 20);
  return {
    source: 'silhouettes',
    backend: 'wasm',
    gallery: CATEGORIES.map((category, i) => {
      const pixels = Buffer.alloc(784);
      for (let p = 0; p < 784; p++) {
        const x = (p % 28) - 13.5;
        const y = Math.floor(p / 28) - 13.5;
        const inside = Math.abs(x) * (1 + i / 12) + Math.abs(y) * (1.6 - i / 12) < 12;
        pixels[p] = inside ? 150 + Math.floor(random.uniform() * 100) : Math.floor(random.uniform() * 18);
      }
      const rate = 0.02 + 0.02 * random.uniform();
      const impressions = i === 9 ? 0 : 40_000 + Math.floor(60_000 * random.uniform());
      return {
        name: `creative-${i + 1}`,
        category,
        headline: `The ${category} that fits every day, now lighter`,
        pixels: pixels.toString('base64'),
        recognisability: Math.log(0.5 + 0.5 * random.uniform()),
        impressions,
        clicks: Math.round(impressions * rate),
        ctr: impressions === 0 ? null : { rate, interval: [rate - 0.0011, rate + 0.0012] as const },
      };
    }),
    recognised: {
      ...share(0.83),
      samples: 1000,
      judgeAccuracy: 0.91,
      byCategory: CATEGORIES.map((category, i) => ({ category, ...share(0.8 + i / 100), judgeAccuracy: 0.91 })),
    },
    distances: [
      imageDistance('samples', 21.3),
      imageDistance('noise', 310.2),
      imageDistance('silhouettes', 96.4),
      imageDistance('real images', 1.12),
    ],
    memorised: {
      copies: share(0.012),
      heldOut: share(0.009),
      pValue: 0.42,
      medianRatio: { samples: 0.96, heldOut: 0.955 },
    },
    snapshots: [20, 1200].map((after) => ({
      step: after,
      pixels: Buffer.from(Array.from({ length: 25 * 784 }, (_, i) => (i * after) % 251)).toString('base64'),
    })),
    training: {
      step,
      generatorLoss: step.map((_, i) => 1.4 - 0.5 * Math.exp(-i / 9) + 0.1 * random.normal()),
      discriminatorLoss: step.map((_, i) => 1.1 + 0.25 * Math.exp(-i / 9) + 0.06 * random.normal()),
    },
  };
}

function fakeConversions(): NonNullable<Results['conversions']> {
  const over = (mean: number) => summarise([0.9, 1, 1.1, 1].map((factor) => mean * factor));
  const model = (name: string, bias: number) => ({
    name,
    seeds: 4,
    scores: { bias: over(bias), error: over(0.07), shownError: over(0.02), lessBias: null },
  });
  return {
    clicks: over(1500),
    seen: over(0.46),
    rate: over(0.13),
    reference: 'seen',
    models: [
      model('seen', -0.45),
      model('a model whose name is long enough to be cut in charts', 0.1),
      { name: 'closed', seeds: 0, scores: null, untaught: 'log: 0 clicks' },
    ],
  };
}

function fakeVariety(): NonNullable<Results['variety']> {
  const over = (mean: number) => summarise([0.98, 1, 1.02, 1.01].map((factor) => mean * factor));
  const change = (mean: number) => {
    const difference = pairedDifference([0.05, 0.052, 0.051].map((x) => x + mean), [0.051, 0.05, 0.052]); // prettier-ignore
    return { best: difference, learned: difference };
  };
  return {
    groups: 40,
    points: [1, 2, 4, 8].map((distinct, i) => ({
      distinct,
      reached: 9 + 7 * i,
      best: over(0.05 + i / 200),
      learned: over(0.04 + i / 400),
      regret: { best: over((3 - i) / 200), learned: over(0.025 - i / 400) },
      change: change((i - 3) / 200),
    })),
    early: {
      steps: 25,
      distinct: 8,
      reached: 14,
      best: over(0.056),
      learned: over(0.042),
      regret: { best: over(0.009), learned: over(0.023) },
      change: change(-0.009),
    },
  };
}

function fakeGuidance(): NonNullable<Results['guidance']> {
  const over = (mean: number) => summarise([0.98, 1, 1.02, 1.01].map((factor) => mean * factor));
  const pixels = Buffer.alloc(784, 90).toString('base64');
  return {
    unguided: over(0.021),
    recognised: over(0.024),
    guided: over(0.029),
    gain: pairedDifference([0.029, 0.03, 0.028], [0.021, 0.022, 0.0215]),
    gainOverRecognised: pairedDifference([0.029, 0.03, 0.028], [0.024, 0.025, 0.0245]),
    predictedGain: over(0.4),
    appeal: [{ feature: 'recognisability', weight: over(0.28) }],
    images: [{ category: 'boot', unguided: pixels, guided: pixels }],
  };
}

const share = (rate: number) => ({ rate, interval: [rate * 0.97, rate * 1.03] as const });

function imageDistance(of: string, distance: number): NonNullable<Results['creatives']>['distances'][number] {
  const near = 1 / (1 + distance / 20);
  return {
    of,
    distance,
    kernel: { value: distance / 100, interval: [distance / 110, distance / 90] },
    precision: share(near),
    recall: share(near / 2),
    modes: { groups: 40, covered: Math.round(40 * near), uneven: Math.round(40 * (1 - near)) },
  };
}

function fakeModel(name: string, auc: number, seeds: number): ModelResult {
  const random = randomFrom(`model ${name}`).sequence();
  const over = (mean: number, spread: number) =>
    summarise(Array.from({ length: seeds }, () => mean + spread * random.normal()));
  const falsePositiveRate = Array.from({ length: 51 }, (_, i) => i / 50);
  return {
    name,
    rows: { train: 12_000, validation: 4_000, test: 4_000 },
    auc: over(auc, 0.008),
    logLoss: over(0.136 - (auc - 0.7) / 10, 0.001),
    baselineLogLoss: over(0.147, 0.001),
    calibrationError: over(0.0031, 0.0004),
    roc: {
      falsePositiveRate,
      truePositiveRate: falsePositiveRate.map((x) => Math.exp(((1 - auc) / auc) * Math.log(Math.max(x, 1e-6)))),
    },
    calibration: Array.from({ length: 10 }, (_, i) => {
      const predicted = 0.008 + 0.008 * i;
      const observed = predicted + 0.002 * random.normal();
      return { predicted, observed, interval: [Math.max(observed - 0.004, 0), observed + 0.005] as const, rows: 3200 };
    }),
  };
}

function fakePolicies(seeds: readonly string[]): Results['offPolicy']['policies'] {
  const widths: readonly (readonly [name: string, half: number, bias: number])[] = [
    ['ips', 0.0042, 0],
    ['snips', 0.0031, 0],
    ['dm', 0.0007, -0.002],
    ['dr', 0.0024, 0],
  ];
  return AGENTS.map(([policy, , rate], which) => ({
    policy,
    estimators: widths.map(([estimator, half, bias]) => {
      const random = randomFrom(`ope ${policy} ${estimator}`).sequence();
      const wide = estimator === 'ips' && which === 7 ? 12 : 1;
      const results = seeds.map((seed) => {
        const value = rate + bias + (half * wide * random.normal()) / 2;
        return {
          seed,
          value,
          interval: [value - half * wide, value + half * wide] as const,
          effectiveSampleSize: 300 + 9000 * random.uniform(),
          truth: rate,
        };
      });
      const errors = results.map((one) => (one.value - one.truth) / one.truth);
      return {
        estimator,
        rule: 'delta method, t',
        seeds: results,
        covered: results.filter((one) => one.interval[0] <= one.truth && one.truth <= one.interval[1]).length,
        relativeError: Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length),
      };
    }),
  }));
}

function fakeCoverage(): CoverageResult[] {
  return ['high click rate', 'ad-like click rate'].flatMap((setting, which) =>
    ['snips', 'dr'].map((estimator) => ({
      setting,
      estimator,
      rule: 'delta method, t',
      worlds: 500,
      rows: 2000,
      clickRate: which === 0 ? 0.31 : 0.021,
      nominal: 0.95,
      actual: which === 0 ? 0.948 : 0.864,
      interval: which === 0 ? ([0.925, 0.964] as const) : ([0.831, 0.891] as const),
      fallsShort: which === 1,
    })),
  );
}

/** A manifest to go with them. */
export function fakeManifest(): Manifest {
  return {
    schemaVersion: 1,
    name: 'Quickstart',
    command: 'adsim run experiments/quickstart.yaml --seeds 8 --set world.requests=20000',
    config: { name: 'Quickstart', world: { name: 'quiet' }, seeds: 8, agents: AGENTS.map(([, kind]) => ({ kind })) },
    versions: { adsim: '0.1.0', node: 'v20.20.2', v8: '11.3.244.8' },
    backend: { id: 'wasm', device: 'CPU' },
    digest: '9f3c1d2e8a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d',
    files: { 'results.json': 'ab'.repeat(32) },
    wall: { startedAt: '2026-11-21T22:30:00.000Z', seconds: 58.2, workers: 2, stages: { run: 40 } },
  };
}
