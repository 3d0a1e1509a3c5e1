/** The impression log as Parquet: one column each, one row per request. */
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { ColumnSource } from 'hyparquet-writer';
import type { ImpressionLog } from '../core/contracts.ts';

/**
 * Encodes a log. Columns: impression, session, user, hour, action, propensity, bid, won, cost, click, conversion,
 * revenue, reward, ended, then `context:NAME` (d) and, where the log has them, `propensity:ACTION` (the whole
 * behaviour distribution) and `truth:ACTION`. With L > 1 slots the slot columns carry a suffix `:SLOT`. The key-value
 * metadata holds the `LogSpec` as JSON. Histories of events are not written. The bytes are a pure function of the log.
 */
export function encodeLog(log: ImpressionLog, options: { truth: boolean }): Uint8Array {
  const { requests: r, decisions: x, outcomes: o, spec, size: m } = log;
  const L = spec.slots;
  const columns: ColumnSource[] = [
    { name: 'impression', data: r.impression.subarray(0, m), type: 'DOUBLE' },
    { name: 'session', data: r.session.subarray(0, m), type: 'INT32' },
    { name: 'user', data: r.user.subarray(0, m), type: 'INT32' },
    { name: 'hour', data: r.hour.subarray(0, m), type: 'DOUBLE' },
  ];
  const slots = (name: string, values: ArrayLike<number>, type: 'INT32' | 'DOUBLE'): void => {
    for (let l = 0; l < L; l++) {
      columns.push({ name: L === 1 ? name : `${name}:${l}`, data: strided(values, m, L, l, type), type });
    }
  };
  slots('action', x.action, 'INT32');
  slots('propensity', x.propensity, 'DOUBLE');
  columns.push(
    { name: 'bid', data: x.bid.subarray(0, m), type: 'DOUBLE' },
    { name: 'won', data: Int32Array.from(o.won.subarray(0, m)), type: 'INT32' },
    { name: 'cost', data: o.cost.subarray(0, m), type: 'DOUBLE' },
  );
  slots('click', o.click, 'INT32');
  slots('conversion', o.conversion, 'INT32');
  slots('revenue', o.revenue, 'DOUBLE');
  columns.push(
    { name: 'reward', data: o.reward.subarray(0, m), type: 'DOUBLE' },
    { name: 'ended', data: Int32Array.from(o.ended.subarray(0, m)), type: 'INT32' },
  );
  wide('context', spec.contextNames, r.context.data);
  if (x.distribution) wide('propensity', spec.actions, x.distribution.data);
  if (options.truth && log.truth) wide('truth', spec.actions, log.truth.data);
  const buffer = parquetWriteBuffer({
    columnData: columns.map((column) => ({ ...column, nullable: false })),
    kvMetadata: [{ key: 'adsim', value: JSON.stringify({ ...spec, history: undefined }) }],
    createdBy: 'adsim',
    rowGroupSize: 100_000,
  });
  return new Uint8Array(buffer);

  function wide(prefix: string, names: readonly string[], data: Float64Array): void {
    names.forEach((name, j) => {
      columns.push({ name: `${prefix}:${name}`, data: strided(data, m, names.length, j, 'DOUBLE'), type: 'DOUBLE' });
    });
  }
}

/** Every `stride`-th value from `offset`, m of them. */
function strided(values: ArrayLike<number>, m: number, stride: number, offset: number, type: 'INT32' | 'DOUBLE') {
  const out = type === 'INT32' ? new Int32Array(m) : new Float64Array(m);
  for (let i = 0; i < m; i++) out[i] = values[i * stride + offset];
  return out;
}
