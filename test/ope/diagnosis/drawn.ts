/** Rows of given weights, for checks that look at weights alone, and logs drawn from a design. */
import { matrix } from '../../../src/core/matrix.ts';
import type { Evidence } from '../../../src/core/contracts.ts';
import type { Random } from '../../../src/core/random.ts';
import { rowTerms, sliceEvidence } from '../../../src/ope/evidence.ts';
import { banditLog } from '../../../src/ope/bandit-log.ts';
import type { Check, DiagnosedRows, Findings } from '../../../src/ope/diagnosis/check.ts';

/** Rows of one action whose weights are given: propensity is not looked at by whoever takes them. */
export function rowsOf(weight: Float64Array, reward: Float64Array = new Float64Array(weight.length)): DiagnosedRows {
  const n = weight.length;
  const evaluation = matrix(n, 1);
  evaluation.data.fill(1);
  const log = banditLog({ actions: 1, action: new Int32Array(n), propensity: new Float64Array(n).fill(1), reward });
  return { evidence: { log, evaluation }, weight, first: 0 };
}

export interface Design {
  n: number;
  /** π_b and π_e of a row, given its one context number in [0, 1). */
  behaviour: (x: number) => readonly number[];
  evaluation: (x: number) => readonly number[];
  /** Chance of a reward of 1. */
  rate?: (x: number, action: number, i: number) => number;
  /** Odds that actions are really drawn with, where they are not those logged. */
  drawn?: (x: number, i: number) => readonly number[];
}

/** A log of the design, with one context column and the whole behaviour policy. */
export function drawLog(design: Design, random: Random): Evidence & Required<Pick<Evidence, 'behaviour'>> {
  const { n, behaviour, evaluation, rate = () => 0.3, drawn = behaviour } = design;
  const k = behaviour(0).length;
  const action = new Int32Array(n);
  const propensity = new Float64Array(n);
  const reward = new Float64Array(n);
  const context = matrix(n, 1);
  const logged = matrix(n, k);
  const policy = matrix(n, k);
  for (let i = 0; i < n; i++) {
    const x = random.uniform(i, 0);
    context.data[i] = x;
    const odds = drawn(x, i);
    let u = random.uniform(i, 1);
    let a = 0;
    while (a < k - 1 && u >= odds[a]) u -= odds[a++];
    action[i] = a;
    logged.data.set(behaviour(x), i * k);
    policy.data.set(evaluation(x), i * k);
    propensity[i] = logged.data[i * k + a];
    reward[i] = random.uniform(i, 2) < rate(x, a, i) ? 1 : 0;
  }
  return { log: banditLog({ actions: k, action, propensity, reward, context }), evaluation: policy, behaviour: logged };
}

/** What the check finds in the evidence, in blocks of uneven size. */
export function findingsOf(
  check: Check,
  evidence: Evidence,
  { block = 700, segments }: { block?: number; segments?: DiagnosedRows['segments'] } = {},
): Findings {
  for (let from = 0; from < evidence.log.size; from += block) {
    const to = Math.min(from + block, evidence.log.size);
    const part = sliceEvidence(evidence, from, to);
    const rows: DiagnosedRows = { evidence: part, weight: rowTerms(part).weight, first: from };
    if (segments) rows.segments = new Map([...segments].map(([name, cells]) => [name, cells.slice(from, to)]));
    check.add(rows);
  }
  return check.report();
}

export function kindsOf({ warnings }: Findings): string[] {
  return warnings.map(({ kind }) => kind);
}

export function valueOf({ figures }: Findings, name: string): number | null {
  const found = figures.find((figure) => figure.name === name);
  if (!found) throw new Error(`no figure ${name} among ${figures.map((f) => f.name).join(', ')}`);
  return found.value;
}

/** Share of seeds in which the findings hold a warning of the kind. */
export function alarmRate(seeds: number, kind: string, findings: (seed: number) => Findings): number {
  let alarms = 0;
  for (let seed = 0; seed < seeds; seed++) if (kindsOf(findings(seed)).includes(kind)) alarms++;
  return alarms / seeds;
}
