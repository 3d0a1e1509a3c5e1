/** Creatives as they are shown: as drawn, in other manners, or put together with other elements. */
import type { Creatives } from '../../core/contracts.ts';
import { crossed } from '../../core/elements.ts';
import { composites } from '../images/composite.ts';
import { stylePattern } from '../images/style-patterns.ts';
import type { StyleScale } from '../images/style.ts';
import { standardisedStyles } from '../images/style.ts';
import type { TensorGate } from '../tensor.ts';
import type { CreativesConfig } from './config.ts';
import { creativeFactors } from './config.ts';
import type { FeatureMaps } from './style-transfer.ts';
import { transferStyles } from './style-transfer.ts';

export interface ArrangementParts {
  config: Pick<CreativesConfig, 'styles' | 'composite'>;
  scale: StyleScale;
  /** Of the frozen perception model. */
  maps: FeatureMaps;
  onStep: (done: number, total: number) => void;
}

/**
 * Every creative in every style and combination of elements. Style is measured on the product in its manner: a background
 * or a badge is none of it. What depends on how they are recognised is still to be filled in.
 */
export async function arranged(
  gate: TensorGate,
  creatives: Creatives,
  products: readonly Uint8Array[],
  { config, scale, maps, onStep }: ArrangementParts,
): Promise<{ creatives: Creatives; pixels: readonly Uint8Array[] }> {
  const factors = creativeFactors(config);
  if (factors.length === 0) return { creatives, pixels: products };
  const { styles = ['plain'], composite } = config;
  const inManner = products.flatMap((product) => styles.map((style) => ({ product, style })));
  const changed = inManner.flatMap(({ product, style }) =>
    style === 'plain' ? [] : [{ product, pattern: stylePattern(style) }],
  );
  const transferred = await transferStyles(
    gate,
    maps,
    changed.map(({ product }) => product),
    changed.map(({ pattern }) => pattern),
    onStep,
  );
  let at = 0;
  const shown = inManner.map(({ product, style }) => (style === 'plain' ? product : transferred[at++]));
  const all = crossed(creatives, factors);
  const each = all.size / shown.length;
  const style = standardisedStyles(
    Array.from({ length: all.size }, (_, a) => shown[Math.floor(a / each)]),
    scale,
  );
  return { creatives: { ...all, style }, pixels: composite ? composites(shown, composite) : shown };
}
