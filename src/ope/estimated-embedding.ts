/**
 * An embedding whose p(e | action) nobody knows: estimated by how often each action was seen with each combination of
 * categories. Exact where categories are fixed for each action; a combination never seen with an action counts as impossible
 * for it, so with few rows per action the weights come near those of plain IPS.
 */
import type { Embedding, ImpressionLog, Matrix } from '../core/contracts.ts';
import { matrix } from '../core/matrix.ts';

/**
 * `seen` (m×D) as in `Embedding`; `dimensions` that count, default all. The combinations become the categories of one
 * dimension, because dimensions need not be independent. An action that was never logged is taken for an average one: it
 * gets the frequencies of all rows.
 */
export function estimatedEmbedding(
  log: ImpressionLog,
  seen: Matrix,
  dimensions: readonly number[] = Array.from({ length: seen.columns }, (_, d) => d),
): Embedding {
  const m = log.size;
  const k = log.spec.actions.length;
  const numbers = new Map<string, number>();
  const joint = matrix(m, 1);
  for (let i = 0; i < m; i++) {
    const key = dimensions.map((d) => seen.data[i * seen.columns + d]).join();
    joint.data[i] = numbers.get(key) ?? numbers.set(key, numbers.size).size - 1;
  }
  const odds = matrix(k, numbers.size);
  const rows = new Float64Array(k);
  const all = new Float64Array(numbers.size);
  for (let i = 0; i < m; i++) {
    const a = log.decisions.action[i * log.spec.slots];
    if (!(a >= 0)) continue; // an empty page
    odds.data[a * odds.columns + joint.data[i]]++;
    rows[a]++;
    all[joint.data[i]]++;
  }
  const total = rows.reduce((x, y) => x + y, 0);
  for (let a = 0; a < k; a++) {
    for (let c = 0; c < odds.columns; c++) {
      const at = a * odds.columns + c;
      odds.data[at] = rows[a] > 0 ? odds.data[at] / rows[a] : all[c] / total;
    }
  }
  return { seen: joint, given: [odds] };
}
