/** A doubt the program has about its own numbers: never an error, always with advice. */
export interface Warning {
  /** Stable kebab-case kind, for programs. */
  kind: string;
  /** What is doubtful, with the numbers. */
  message: string;
  /** What to do about it. */
  advice: string;
}

/** Warnings without repeats (same kind and message), in order of first appearance. */
export function distinctWarnings(warnings: readonly Warning[]): Warning[] {
  const seen = new Set<string>();
  return warnings.filter((w) => {
    const key = `${w.kind}\n${w.message}`;
    return seen.has(key) ? false : (seen.add(key), true);
  });
}
