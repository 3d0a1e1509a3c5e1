/** Why: the sentences of a verdict, the decisive one first. */
import type { CandidateDecision } from './decision.ts';
import type { LiftMeasure } from './lift.ts';

interface Asked {
  minLift: number;
  measure: LiftMeasure;
  /** Rules that were tried and left. */
  left: readonly string[];
  candidates: number;
  looks: number;
  /** m */
  rows: number;
}

/** Doubts that more rows alone take away, and what they ask for (`doubts.ts`). */
const THIN = { 'few-rewards': 30, 'low-effective-sample-size': 100 } as const;

/** Of one candidate. */
export function reasonsFor(decision: Omit<CandidateDecision, 'reasons'>, asked: Asked): string[] {
  const { verdict, harmful, interval, lift, rule, blocking, moreRows } = decision;
  const say = (value: number): string => liftText(value, asked.measure);
  const bar = say(asked.minLift);
  const sentences: string[] = [];
  if (verdict === 'cannot-tell') {
    sentences.push(...blocking.map(({ message }) => `${sentence(message)}.`));
    if (blocking.length > 0 && blocking.every(({ kind }) => kind in THIN)) {
      const short = Math.max(
        THIN['few-rewards'] / decision.effectiveRewards,
        THIN['low-effective-sample-size'] / decision.effectiveSampleSize,
      );
      sentences.push(`A log of about ${grouped(Math.ceil(short * asked.rows))} rows like these could be read.`);
    }
    if (rule === null) {
      sentences.push('No interval rule holds on logs like this one, so nobody knows what its numbers are worth.');
      sentences.push(...asked.left.map((one) => `Left out: ${one}.`));
    } else if (interval === null) {
      sentences.push(`The interval of the lift (${rule}) has no end: the rows tell nothing of its spread.`);
    } else if (blocking.length === 0) {
      sentences.push(
        `The lower bound, ${say(interval[0])}, does not reach ${bar}, and the upper bound of ${rule} was measured to miss more often than it says, so a no-go cannot rest on it.`,
      );
    }
    return sentences;
  }
  const [low, high] = interval ?? [NaN, NaN];
  if (verdict === 'launch') {
    sentences.push(`The lift is at least ${bar}: its lower bound is ${say(low)} and its estimate ${say(lift ?? NaN)}.`);
  } else if (verdict === 'no-go') {
    sentences.push(
      harmful
        ? `It does harm: the lift is at most ${say(high)}, below 0.`
        : low > 0
          ? `It is better than the baseline, and by less than was asked: the lift is at most ${say(high)}, not ${bar}.`
          : `The lift does not reach ${bar}: its upper bound is ${say(high)}; whether it does harm is not said.`,
    );
  } else {
    sentences.push(
      `The log is sound and too short: the lift is between ${say(low)} and ${say(high)}, which holds ${bar}.`,
    );
    sentences.push(moreText(moreRows));
    if (asked.looks === 1) {
      sentences.push(
        'Asking again when the log has grown is a second look at the same question: state the number of looks, and the risk is divided among them.',
      );
    }
  }
  if (asked.candidates > 1) {
    sentences.push(
      `${asked.candidates} candidates were tried, so that each had to pass at a risk of ${percent(decision.decidedRisk)} (Holm).`,
    );
  }
  const harmed = decision.segments.filter((one) => one.verdict === 'harmed');
  if (harmed.length > 0 && verdict !== 'no-go') {
    const names = harmed.map(({ column, name }) => `${column} ${name}`).join(', ');
    sentences.push(
      `It harms ${names}: leave ${harmed.length === 1 ? 'that segment' : 'those segments'} with the baseline.`,
    );
  }
  if (decision.coverage === null)
    sentences.push(`The coverage of ${rule ?? ''} was not measured on logs like this one.`);
  return sentences;
}

/** What the other candidates came to, where there are others. */
export function summaryOf(decided: readonly CandidateDecision[], about: CandidateDecision): string[] {
  const others = decided.filter((one) => one !== about);
  if (others.length === 0) return [];
  const told = others.map(({ name, verdict }) => `${name} ${VERDICT_WORDS[verdict]}`).join(', ');
  return [`Of ${decided.length} candidates ${about.name} is the one to speak of; the others: ${told}.`];
}

export const VERDICT_WORDS = { launch: 'launch', hold: 'hold', 'no-go': 'no-go', 'cannot-tell': 'can’t tell' } as const;

function moreText(more: CandidateDecision['moreRows']): string {
  if (more === null) return '';
  if (more === 'never') return 'The estimate is the bar itself: no number of rows would decide.';
  if (more >= 1e9) return 'More than a billion further rows would be needed to decide.';
  return `About ${grouped(more)} more rows like these would decide, if the lift is what it looks like.`;
}

/** `+3.1 %`, or a signed number. */
export function liftText(value: number, measure: LiftMeasure): string {
  const scaled = measure === 'relative' ? 100 * value : value;
  const digits = Number(Math.abs(scaled).toPrecision(3)).toString();
  const sign = Number(digits) === 0 ? '' : scaled < 0 ? '−' : '+';
  return `${sign}${digits}${measure === 'relative' ? ' %' : ''}`;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** `12,345`. */
export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/gu, ',');
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
