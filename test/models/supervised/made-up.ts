/** Rows whose classes depend on a number, a field and the last event of a sequence; some numbers are missing. Label 1 was clicked. */
import { matrix } from '../../../src/core/matrix.ts';
import { randomFrom } from '../../../src/core/random.ts';
import type { LabelledExamples } from '../../../src/models/supervised/examples.ts';

export const FEW_CLASSES = [2, 3];

const STEPS = 4;
const LEVELS = 5;

export function madeUp(size: number, classes: number, seed: string): LabelledExamples {
  const draw = randomFrom(seed).sequence();
  const numeric = matrix(size, 3);
  const codes = new Int32Array(size);
  const events = new Int32Array(size * STEPS);
  const length = new Int32Array(size);
  const label = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const [x, y] = [draw.normal(), draw.normal()];
    numeric.data.set([x, 10 + 3 * y, draw.uniform() < 0.1 ? Number.NaN : 2 * x + draw.normal()], 3 * i);
    codes[i] = 1 + draw.integer(LEVELS - 1);
    length[i] = draw.integer(STEPS + 1);
    for (let t = 0; t < length[i]; t++) events[i * STEPS + t] = 1 + draw.integer(LEVELS - 1);
    const scores = Array.from(
      { length: classes },
      (_, c) => 1.5 * x * c + (codes[i] % classes === c ? 1.5 : 0) - c * 0.2,
    );
    const odds = scores.map(Math.exp);
    let left = draw.uniform() * odds.reduce((a, b) => a + b);
    label[i] = odds.findIndex((one) => (left -= one) < 0);
  }
  const labels = ['', 'a', 'b', 'c', 'd'];
  const click = randomFrom(seed).stream('click').sequence();
  return {
    size,
    numeric,
    numericNames: ['x', 'y', 'near x'],
    fields: [{ name: 'kind', levels: LEVELS, codes, labels }],
    sequences: [{ name: 'before', levels: LEVELS, steps: STEPS, codes: events, length, target: 'kind' }],
    group: Int32Array.from({ length: size }, (_, i) => Math.floor(i / 2)),
    label,
    click: label.map((one) => (one === 1 || click.uniform() < 0.5 ? 1 : 0)),
    classes,
    classNames: Array.from({ length: classes }, (_, c) => `class ${c}`),
  };
}
