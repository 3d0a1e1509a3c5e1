/** Why a line is no row of JSONL; undefined where it is one. */
export function notJson(line: string): string | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? undefined
      : 'the line is no JSON object';
  } catch {
    return 'the line is no whole JSON object';
  }
}
