/**
 * IPS with the interval of Clopper and Pearson: w·r, divided by the greatest weight, is rounded to 0 or 1 by chance in
 * thought, so m rows count as m / w_max coin tosses. Wide where weights are heavy; exact for equal weights, and a rule of
 * thumb elsewhere, because the greatest weight is that seen. VW's `clopper_pearson`.
 */
import { betaQuantile } from '../../core/quantiles.ts';
import { nothingKnown, weightless } from './whole-log.ts';
import type { WholeLogEstimator } from './whole-log.ts';

export function bernoulliRounding(): WholeLogEstimator {
  return {
    name: 'ips-bernoulli',
    summary: 'IPS with Clopper and Pearson’s interval for as many coin tosses as the greatest weight leaves.',
    reference: 'Vowpal Wabbit estimators; Clopper & Pearson 1934',
    estimate(rows, level) {
      const { weight, reward, rewardRange } = rows;
      const [low, high] = rewardRange;
      const m = weight.length;
      let scaled = 0;
      let plain = 0;
      let greatest = 0;
      for (let i = 0; i < m; i++) {
        scaled += (weight[i] * (reward[i] - low)) / (high - low);
        plain += weight[i] * reward[i];
        if (weight[i] > greatest) greatest = weight[i];
      }
      const rule = 'clopper-pearson-rounded';
      const value = plain / m;
      if (weightless(rows) || !(high > low)) return { value, interval: nothingKnown(rows), rule };
      const hits = scaled / greatest;
      const tosses = m / greatest;
      const alpha = 1 - level;
      const from = hits > 0 && hits < tosses + 1 ? betaQuantile(alpha / 2, hits, tosses - hits + 1) : hits > 0 ? 1 : 0;
      const to = hits < tosses ? betaQuantile(1 - alpha / 2, hits + 1, tosses - hits) : 1;
      return { value, interval: [low + from * (high - low), low + to * (high - low)], rule };
    },
  };
}
