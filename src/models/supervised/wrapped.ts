/** A model inside another's saved form: its arrays under `of.`, its settings under `of`. */
import type { SavedModel } from './classifier.ts';

/** What the outer model saves, with the inner one in it. */
export function savedAround(outer: SavedModel, inner: SavedModel): SavedModel {
  const nested = Object.fromEntries(Object.entries(inner.arrays).map(([name, array]) => [`of.${name}`, array]));
  return {
    kind: outer.kind,
    settings: { ...outer.settings, of: { ...inner.settings, kind: inner.kind } },
    arrays: { ...outer.arrays, ...nested },
  };
}

/** The inner model's saved form. */
export function savedInside({ settings, arrays }: SavedModel): SavedModel {
  const inner = settings['of'] as { kind: string };
  const own = Object.entries(arrays).flatMap(([name, array]) =>
    name.startsWith('of.') ? [[name.slice(3), array] as const] : [],
  );
  return { kind: inner.kind, settings: inner, arrays: Object.fromEntries(own) };
}
