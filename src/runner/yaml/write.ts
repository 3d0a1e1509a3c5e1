/** Writes plain values as YAML, in the order of their keys. */
import { stringify } from 'yaml';

/** YAML text of plain values, without folded lines. Same value, same bytes. */
export function yamlText(value: unknown): string {
  return stringify(value, { lineWidth: 0 });
}
