import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../../src/core/random.ts';
import { driftWatch } from '../../../../src/models/supervised/preparation/drift.ts';
import type { ColumnDrift } from '../../../../src/models/supervised/preparation/drift.ts';
import { labelFor } from '../../../../src/models/supervised/preparation/label.ts';
import { planColumns } from '../../../../src/models/supervised/preparation/plan.ts';
import { learnPreparation, prepare, textsOf } from '../../../../src/models/supervised/preparation/preparation.ts';
import type { Preparation } from '../../../../src/models/supervised/preparation/preparation.ts';
import { columnRoles } from '../../../../src/models/supervised/preparation/roles.ts';
import { selectTable } from '../../../../src/models/supervised/preparation/rows.ts';
import type { TableRows } from '../../../../src/models/supervised/preparation/rows.ts';
import { tableOf } from './tables.ts';

function drawn(seed: string, size: number, { mean = 0, places = ['a', 'b', 'c'], gaps = 0.1 } = {}): TableRows {
  const draw = randomFrom(seed).sequence();
  const cells = Array.from({ length: size }, () => ({
    x: draw.uniform() < gaps ? 'NA' : mean + draw.normal(),
    place: draw.uniform() < gaps ? '' : places[draw.integer(places.length)],
    y: draw.integer(2),
  }));
  return tableOf({ x: cells.map(({ x }) => x), place: cells.map(({ place }) => place), y: cells.map(({ y }) => y) });
}

function learned(train: TableRows): Preparation {
  const roles = columnRoles.parse({ label: 'y' });
  const label = labelFor(textsOf(train, 'y'));
  return learnPreparation(train, { plan: planColumns(train, roles), roles, label });
}

const usual = learned(drawn('train', 2000));

function driftOf(rows: TableRows, block = rows.size, preparation = usual): ColumnDrift[] {
  const watch = driftWatch(preparation);
  for (let from = 0; from < rows.size; from += block) {
    const part = selectTable(
      rows,
      Array.from({ length: Math.min(block, rows.size - from) }, (_, i) => from + i),
    );
    watch.add(part, prepare(preparation, part).fields);
  }
  return watch.columns();
}

describe('driftWatch', () => {
  it('sees nothing where nothing moved: p-values of 100 samples are about uniform', () => {
    const low = Array.from({ length: 100 }, (_, s) =>
      driftOf(drawn(`same ${s}`, 800), 800, learned(drawn(`train ${s}`, 1000))),
    ).flatMap((columns) => columns.map(({ pValue }) => (pValue < 0.1 ? 1 : 0)));
    // 200 p-values below 0.1: 20 ± 4.2 expected; the bounds are 4 sd.
    const count = low.reduce((a: number, b) => a + b, 0);
    expect(count).toBeGreaterThan(3);
    expect(count).toBeLessThan(37);
  });

  it('sees what moved, and by how much', () => {
    const [x, place] = driftOf(drawn('moved', 800, { mean: 1, places: ['a', 'b', 'c', 'd'], gaps: 0.3 }));
    expect(x.index).toBeGreaterThan(0.5);
    expect(x.pValue).toBeLessThan(1e-6);
    expect(x.missing[0]).toBeCloseTo(0.1, 1);
    expect(x.missing[1]).toBeCloseTo(0.3, 1);
    expect(place.unseen).toBeCloseTo(0.7 / 4, 1);
    expect(driftOf(drawn('far', 400, { mean: 50 }))[0].unseen).toBe(1);
  });

  it('blocks of any size give the same', () => {
    const rows = drawn('blocks', 500);
    expect(driftOf(rows, 7)).toEqual(driftOf(rows));
  });
});
