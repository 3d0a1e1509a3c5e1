/** The truth: what every action, and every page, is worth in expectation, in closed form from the hidden row. */
import type { Matrix, TrueRequests, TruthModel } from '../core/contracts.ts';
import type { Campaigns } from './campaigns.ts';
import type { WorldConfig } from './config.ts';
import type { Delays } from './delays.ts';
import { expectedPage } from './examination.ts';
import type { Examination } from './examination.ts';
import type { Response } from './response.ts';

export interface TruthParts {
  config: WorldConfig;
  campaigns: Campaigns;
  examination: Examination;
  delays: Delays | undefined;
}

/** The truth of a world; `response` is asked at each call, as it changes with the seed. */
export function truthOf({ config, campaigns, examination, delays }: TruthParts, response: () => Response): TruthModel {
  const k = campaigns.actions.size;
  const L = config.page.slots;
  const profit = config.reward === 'profit';
  const seen = delays?.seen ?? 1;
  const costUsd = profit && !config.auction ? config.costPerImpressionUsd : 0;
  const clicks = new Float64Array(L);
  const worths = new Float64Array(L);
  return { predict, page, responses };

  /** What a click is worth. */
  function worth(of: Response, hidden: Float64Array, at: number, a: number, match: number): number {
    if (!profit) return 1;
    return campaigns.clickUsd[a] + counting(of, hidden, at, a, match) * of.conversionUsd(hidden, at, a);
  }

  /** P(conversion within the window | click). */
  function counting(of: Response, hidden: Float64Array, at: number, a: number, match: number): number {
    return of.conversion(hidden, at, a, match) * seen;
  }

  function responses(requests: TrueRequests, click: Matrix, conversion: Matrix): void {
    const of = response();
    const { data, columns: h } = requests.hidden;
    const top = examination.factors[0];
    for (let i = 0; i < requests.size; i++) {
      const mood = of.mood(data, i * h);
      for (let a = 0; a < k; a++) {
        const match = of.match(data, i * h, a);
        click.data[i * k + a] = top * of.click(data, i * h, a, mood, match);
        conversion.data[i * k + a] = counting(of, data, i * h, a, match);
      }
    }
  }

  function predict(requests: TrueRequests, out: Matrix): void {
    const of = response();
    const { data, columns: h } = requests.hidden;
    const top = examination.factors[0];
    for (let i = 0; i < requests.size; i++) {
      const mood = of.mood(data, i * h);
      for (let a = 0; a < k; a++) {
        const match = of.match(data, i * h, a);
        const click = top * of.click(data, i * h, a, mood, match);
        out.data[i * k + a] = profit ? click * worth(of, data, i * h, a, match) - costUsd : click;
      }
    }
  }

  function page(requests: TrueRequests, action: Int32Array, out: Float64Array): void {
    const of = response();
    const { data, columns: h } = requests.hidden;
    for (let i = 0; i < requests.size; i++) {
      const mood = of.mood(data, i * h);
      let cost = 0;
      for (let l = 0; l < L; l++) {
        const a = action[i * L + l];
        clicks[l] = 0;
        worths[l] = 0;
        if (a < 0) continue;
        const match = of.match(data, i * h, a);
        clicks[l] = of.click(data, i * h, a, mood, match);
        worths[l] = worth(of, data, i * h, a, match);
        cost += costUsd;
      }
      out[i] = expectedPage(examination, L, clicks, worths) - cost;
    }
  }
}
