/**
 * Open Bandit Pipeline's protocol for its dataset: resamples of one policy's log, on which Thompson sampling with the prior
 * of production is valued; the mean click rate of that policy's own log is taken for the truth, though it too is an estimate.
 */
import { join } from 'node:path';
import { selectRows } from '../../core/log.ts';
import { matrix } from '../../core/matrix.ts';
import type { Matrix } from '../../core/matrix.ts';
import { randomFrom } from '../../core/random.ts';
import { additiveLogistic } from '../../models/response/additive-logistic.ts';
import type { ColumnMap } from '../logs/column-map.ts';
import { openLog, wholeLog } from '../logs/open-log.ts';
import type { Design } from '../ope-benchmark/judged-log.ts';
import { makePart } from '../policies/make-part.ts';
import type { EstimatorStudy } from './paper.ts';

type Config = Extract<EstimatorStudy['design'], { kind: 'open-bandit' }>;

/** scikit-learn's C = 100. */
const L2 = 0.01;

/** Reads both logs and the prior; the design then draws resamples. Throws `InputError` for what cannot be read. */
export async function openBanditResamples(config: Config, dataFolder: string): Promise<Design> {
  const { prior, campaign, actions } = config;
  const source = await openLog(join(dataFolder, config.log), { columns: columnsOf(actions), carry: ['position'] });
  const whole = await wholeLog(source);
  const { outcomes, size } = (await wholeLog(await openLog(join(dataFolder, config.onPolicy), { carry: [] }))).log;
  const truth = outcomes.reward.reduce((sum, click) => sum + click, 0) / size;
  const policy = await makePart(
    { kind: 'bernoulli-thompson', prior, campaign },
    { source, folder: dataFolder, random: randomFrom('unused') },
  );
  const odds = await policy.odds(whole);
  await policy.close();
  const behaviour = matrix(whole.log.size, actions);
  behaviour.data.fill(1 / actions);
  return (random) => {
    const draw = random.stream('resample').sequence();
    const rows = Array.from({ length: whole.log.size }, () => draw.integer(whole.log.size));
    return {
      log: selectRows(whole.log, rows),
      behaviour,
      behaviourTruth: Number.NaN,
      candidates: [{ name: 'thompson', odds: rowsOf(odds, rows), truth }],
      makeModel: () => additiveLogistic(L2),
    };
  };
}

/** Context is who the user is, as in OBP; the affinities are left out there too. */
function columnsOf(actions: number): ColumnMap {
  const features = [0, 1, 2, 3].map((j) => `user_feature_${j}`);
  return {
    action: 'item_id',
    propensity: 'propensity_score',
    click: 'click',
    position: 'position',
    context: features,
    categories: features,
    actions,
  };
}

function rowsOf({ columns: k, data }: Matrix, rows: readonly number[]): Matrix {
  const out = matrix(rows.length, k);
  rows.forEach((from, to) => out.data.set(data.subarray(from * k, (from + 1) * k), to * k));
  return out;
}
