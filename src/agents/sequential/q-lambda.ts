/** Q-learning that hands each surprise back to all requests of the session that led to it. */
import { z } from 'zod';
import { GOES_ON } from '../../core/contracts.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, CommonConfig } from '../kind.ts';
import { discretiser } from './session-state.ts';
import type { Discretiser } from './session-state.ts';
import { tabularAgent } from './tabular-agent.ts';
import type { TabularAgent } from './tabular-agent.ts';
import { tabularFields, valueTable } from './value-table.ts';
import type { LearningConfig, LearningOptions } from './value-table.ts';

export interface QLambdaConfig extends CommonConfig, LearningConfig {
  kind: 'q-lambda';
  lambda: number;
}

/** Traces below this teach nothing worth the time. */
const FAINTEST = 1e-4;

/** What a lane's session has come through: pairs and how much of a surprise each still gets. */
interface Trace {
  session: number;
  eligibility: Map<number, number>;
}

/**
 * Watkins's Q(λ) (1989; Sutton & Barto 2018, section 12.10) with replacing traces: every pair of the session moves by its
 * trace's share of r + γ·max Q(s', ·) − Q(s, a); traces fade by γλ and are cut where an action explored.
 */
export function qLambda(k: number, states: Discretiser, options: LearningOptions & { lambda: number }): TabularAgent {
  const { name = 'q-lambda', discount, lambda } = options;
  const table = valueTable(k, states, options);
  const { values } = table;
  const traces: Trace[] = [];
  return tabularAgent(
    table,
    { ...options, name },
    {
      broken: (i) => traces[i]?.eligibility.clear(),
      learn({ requests, outcomes, next, i, action, pair }) {
        const { eligibility } = traceOf(i, requests.session[i]);
        if (values[pair] < table.best(pair - action, requests, i)) eligibility.clear();
        const surprise = outcomes.reward[i] + discount * table.future(outcomes, next, i, 'best') - values[pair];
        const share = table.step(pair);
        eligibility.set(pair, 1);
        for (const [cell, trace] of eligibility) {
          values[cell] += share * trace * surprise;
          const left = trace * discount * lambda;
          if (left < FAINTEST) eligibility.delete(cell);
          else eligibility.set(cell, left);
        }
        if (outcomes.ended[i] !== GOES_ON) eligibility.clear();
      },
    },
  );

  function traceOf(i: number, session: number): Trace {
    const trace = (traces[i] ??= { session, eligibility: new Map() });
    if (trace.session !== session) trace.eligibility.clear();
    trace.session = session;
    return trace;
  }
}

const schema = z.strictObject({
  kind: z.literal('q-lambda').describe('Looks ahead: tabular Q(λ) on session state'),
  lambda: z.number().min(0).max(1).default(0.8).describe('λ: how far back a surprise reaches, in [0, 1]; default 0.8'),
  ...tabularFields,
  ...commonFields,
}) satisfies z.ZodType<QLambdaConfig>;

export const qLambdaKind: AgentKind<QLambdaConfig> = {
  kind: 'q-lambda',
  summary: 'Q-learning that hands each surprise back to all requests of the session that led to it',
  reference: 'Watkins (1989); Sutton & Barto (2018), section 12.10',
  schema,
  sees: 'context',
  needs: [],
  create: ({ kind, name = kind, ...config }, { actions, spec }) =>
    qLambda(actions.size, discretiser(spec.contextNames, config.state), { ...config, name }),
};
