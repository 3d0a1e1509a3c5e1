/** How models get better as a stream goes by: their mean loss between one count of rows and twice as many. */

/** Of the rows since the line before. */
export interface StreamLoss {
  /** Rows up to here. */
  rows: number;
  /** By model [nats]; each row counts by its weight. */
  logLoss: readonly number[];
  /** Of predicting the class shares of all rows before. */
  baseRate: number;
}

/** The first line. */
const FIRST = 1024;

export interface ProgressiveLosses {
  /** Takes a row: what each model, and last the base rate, gave the class that came. */
  add(odds: ArrayLike<number>, weight: number): void;
  /** A line for every doubling, and one for what is left. */
  all(): StreamLoss[];
}

export function progressiveLosses(models: number): ProgressiveLosses {
  const done: StreamLoss[] = [];
  const sums = new Float64Array(models + 1);
  let [rows, total, next] = [0, 0, FIRST];
  function line(): StreamLoss {
    const mean = Array.from(sums, (sum) => sum / total);
    return { rows, logLoss: mean.slice(0, models), baseRate: mean[models] };
  }
  return {
    add(odds, weight) {
      for (let c = 0; c <= models; c++) sums[c] -= weight * Math.log(Math.max(odds[c], 1e-15));
      total += weight;
      if (++rows < next) return;
      if (total > 0) done.push(line());
      sums.fill(0);
      [total, next] = [0, 2 * next];
    },
    all: () => (total > 0 ? [...done, line()] : done),
  };
}
