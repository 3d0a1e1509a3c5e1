/** What Python's shap says (python-shap.py writes it). */
import { readFileSync } from 'node:fs';

interface Told {
  base: number;
  /** rows × columns */
  phi: number[][];
}

interface Golden {
  versions: { shap: string; sklearn: string };
  columns: number;
  rows: number[][];
  background: number[][];
  /** The score before any tree. */
  base: number;
  root: number[];
  feature: number[];
  threshold: (number | null)[];
  left: number[];
  right: number[];
  value: number[];
  cover: number[];
  pathDependent: Told;
  interventional: Told;
  linear: Told & { weights: number[]; intercept: number };
}

export const shap = JSON.parse(readFileSync(new URL('python-shap.json', import.meta.url), 'utf8')) as Golden;
