import { describe, expect, it } from 'vitest';
import { CATEGORY_NAMES } from '../../../src/core/contracts.ts';
import type { EventHistory, Requests } from '../../../src/core/contracts.ts';
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import { actionExamples, answersAt } from '../../../src/models/ctr/action-examples.ts';
import { createModel } from '../../../src/models/ctr/registry.ts';
import { toyLog } from '../../support/toy-log.ts';

const { log, ...setup } = toyLog({ rows: 300 });
const k = setup.actions.size;
const T = 3;

/** A history in categories: row i has i % 4 events. */
const history: EventHistory = {
  steps: T,
  levels: 11,
  codes: Int32Array.from({ length: 300 * T }, (_, c) => (c % T < Math.floor(c / T) % 4 ? 1 + ((c * 7) % k) : 0)),
  length: Int32Array.from({ length: 300 }, (_, i) => i % 4),
};
const requests: Requests = { ...log.requests, history };

describe('rows of requests and actions', () => {
  const table = actionExamples(setup);

  it('carry action, category and events, the events in the codes of the category', () => {
    const rows = table.rowsOf(requests, Int32Array.of(7, 2), Int32Array.of(4, 0));
    expect(rows.fields[1].labels).toEqual(['', ...CATEGORY_NAMES]);
    expect(rows.fields.map(({ name, levels, codes }) => ({ name, levels, codes: [...codes] }))).toEqual([
      { name: 'action', levels: k + 1, codes: [5, 1] },
      { name: 'category', levels: 11, codes: [5, 1] },
    ]);
    expect(rows.sequences).toEqual([
      {
        name: 'events',
        levels: 11,
        steps: T,
        codes: Int32Array.from([...history.codes.slice(21, 24), ...history.codes.slice(6, 9)]),
        length: Int32Array.of(3, 2),
        target: 'category',
      },
    ]);
    expect(rows.numericNames.slice(0, 1)).toEqual(['affinity:t-shirt']);
    expect(rows.numeric.data[0]).toBe(log.requests.context.data[7 * setup.contextNames.length]);
    expect([...(rows.group ?? [])]).toEqual([2, 0]);
  });

  it('are asked for a few requests at a time, and answered in their place', () => {
    const out = matrix(300, k);
    let calls = 0;
    table.each(requests, (rows, from) => {
      calls++;
      const answers = answersAt(out, from, rows.size);
      for (let r = 0; r < rows.size; r++) answers.data[r] = 10 * from + r;
    });
    expect(calls).toBe(3);
    expect(out.data[0]).toBe(0);
    expect(out.data[299 * k + k - 1]).toBe(2560 + 44 * k - 1);
  });
});

describe('a network as a click model', () => {
  it('reads the sequence where the log has one', async () => {
    const quick = { hidden: [8], embedding: 4, epochs: 2, batch: 100 };
    const shifted: Requests = {
      ...requests,
      history: { ...history, codes: history.codes.map((c) => (c === 0 ? 0 : 1 + (c % k))) },
    };
    for (const kind of ['din', 'gru', 'embedding-mlp']) {
      const model = createModel({ kind, ...quick }, setup);
      await model.fit({ ...log, requests }, randomFrom('fit'));
      const [one, two] = [matrix(300, k), matrix(300, k)];
      model.predict(requests, one);
      model.predict(shifted, two);
      // Row 0 has no event, row 1 has one.
      expect(two.data.subarray(0, k)).toEqual(one.data.subarray(0, k));
      expect(two.data.subarray(k, 2 * k)).not.toEqual(one.data.subarray(k, 2 * k));
    }
  });
});
