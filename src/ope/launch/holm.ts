/**
 * Holm's correction by bounds instead of p-values, so that it works with any interval rule: of k questions still open,
 * those whose bound at risk / k decides are decided, and the rest is asked again with fewer open. The chance of any false
 * decision is at most the risk, whatever hangs together. Holm 1979.
 */

/**
 * For each of `count` questions the one-sided risk at which it was decided, or undefined. `decides(i, risk)` says
 * whether question i's bound at that risk decides it; smaller risks must not decide more.
 */
export function holmByBounds(
  count: number,
  risk: number,
  decides: (i: number, risk: number) => boolean,
): (number | undefined)[] {
  const at = Array.from({ length: count }, (): number | undefined => undefined);
  for (let open = count; open > 0;) {
    const each = risk / open;
    const decided = at.flatMap((one, i) => (one === undefined && decides(i, each) ? [i] : []));
    if (decided.length === 0) break;
    for (const i of decided) at[i] = each;
    open -= decided.length;
  }
  return at;
}
