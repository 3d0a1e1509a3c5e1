/** What a check found. */

export interface Finding {
  /** What was checked, in a sentence. */
  check: string;
  ok: boolean;
  /** What is wrong; empty where nothing is. */
  message: string;
  /** What to do about it; empty where nothing is wrong. */
  advice: string;
}

/** Tries one thing: `test` returns what is wrong, or nothing. */
export type Check = (sentence: string, advice: string, test: () => string) => void;

/** The findings of all checks that `run` makes. A test that throws has found something. */
export function findings(run: (check: Check) => void): Finding[] {
  const found: Finding[] = [];
  run((check, advice, test) => {
    let message: string;
    try {
      message = test();
    } catch (error) {
      message = `threw ${(error as Error).message}`;
    }
    const ok = message === '';
    found.push({ check, ok, message, advice: ok ? '' : advice });
  });
  return found;
}

/** Nothing where `act` throws, else what was accepted. */
export function refuses(act: () => unknown, what: string): string {
  try {
    act();
  } catch {
    return '';
  }
  return `${what} was accepted`;
}
