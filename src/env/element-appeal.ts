/** What the elements of composited creatives are truly worth to whom, beyond how well the picture is recognised. */
import type { Elements, Factor } from '../core/elements.ts';
import { elementColumns, elementNames } from '../core/elements.ts';
import { InputError } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import type { WorldConfig } from './config.ts';
import { segmentCount } from './users.ts';

/** Throws `InputError` where `world.response` gives appeal to an element that creatives of these factors do not have. */
export function checkElements(config: WorldConfig, factors: readonly Factor[] = []): void {
  const { elementAppeal = {}, elementWeight = 0 } = config.response;
  const names = elementNames(factors);
  if (names.length === 0 && elementWeight > 0) {
    throw new InputError(
      'world.response.elementWeight: the creatives have no elements; add creatives.composite or styles',
    );
  }
  const S = segmentCount(config);
  for (const [name, appeal] of Object.entries(elementAppeal)) {
    const at = `world.response.elementAppeal.${name}`;
    if (names.length === 0)
      throw new InputError(`${at}: the creatives have no elements; add creatives.composite or styles`);
    if (!names.includes(name)) {
      throw new InputError(`${at}: no creative has this element; use one of ${names.join(', ')}`);
    }
    if (typeof appeal !== 'number' && appeal.length !== S) {
      throw new InputError(`${at}: ${appeal.length} numbers for ${S} segments; give one number, or one per segment`);
    }
  }
}

/** (S×K)[logit] what its elements add to each creative for users of each segment: as the config says, and a taste drawn. */
export function elementAppeals(
  config: WorldConfig,
  elements: Elements | undefined,
  random: Random,
): Float64Array | undefined {
  const { elementAppeal = {}, elementWeight = 0 } = config.response;
  if (!elements) return undefined;
  const names = elementNames(elements.factors);
  const { rows: K, columns: E, data } = elementColumns(elements);
  const taste = random.stream('element-taste');
  const appeals = new Float64Array(segmentCount(config) * K);
  for (let s = 0, at = 0; at < appeals.length; s++) {
    const worth = names.map((name, e) => {
      const said = elementAppeal[name] ?? 0;
      return (typeof said === 'number' ? said : said[s]) + elementWeight * taste.normal(s, e);
    });
    for (let a = 0; a < K; a++, at++) {
      for (let e = 0; e < E; e++) appeals[at] += data[a * E + e] * worth[e];
    }
  }
  return appeals;
}
