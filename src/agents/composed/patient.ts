/** Waits for what comes late: an agent that learns of each request only when its conversions have had their time. */
import { z } from 'zod';
import type { Agent, LateConversion, Requests } from '../../core/contracts.ts';
import { impressionLog } from '../../core/log.ts';
import type { WritableLog } from '../../core/log.ts';
import { commonFields } from '../kind.ts';
import type { AgentKind, AgentSetup, CommonConfig } from '../kind.ts';
import { refuseContexts, refuseRewards } from '../shown.ts';
import { withFinalContexts } from '../sequential/logged.ts';
import type { NestedConfig, Nesting } from './nested.ts';

export interface PatientConfig extends CommonConfig {
  kind: 'patient';
  agent: NestedConfig;
  waitHours?: number | undefined;
}

/** A tick that waits. */
interface Waiting {
  hour: number;
  rows: WritableLog;
  next: Requests;
}

/**
 * Delayed-feedback learning by waiting: a tick is learned from, with the conversions that came late added to its rewards, once
 * `waitHours` have gone by. Unbiased where that is the conversion window; a shorter wait learns sooner and of less.
 */
export function patient(agent: Agent, spec: AgentSetup['spec'], options: { name?: string; waitHours: number }): Agent {
  const { name = 'patient', waitHours } = options;
  const queue: Waiting[] = [];
  return {
    ...agent,
    name,
    learn(requests, decisions, outcomes, next) {
      refuseContexts(name, requests);
      refuseRewards(name, requests.size, outcomes.reward, -Infinity, Infinity);
      if (waitHours === 0) {
        agent.learn(requests, decisions, outcomes, next);
        return;
      }
      const now = requests.hour[requests.size - 1] ?? 0;
      for (const one of outcomes.late) amend(one);
      const rows = impressionLog(spec, { capacity: requests.size });
      rows.append(requests, decisions, { ...outcomes, late: [] });
      queue.push({ hour: now, rows, next: copied(next) });
      while (queue.length > 0 && now - queue[0].hour >= waitHours) {
        const { rows: ripe, next: then } = queue.shift() as Waiting;
        agent.learn(ripe.requests, ripe.decisions, withFinalContexts(ripe), then);
      }
    },
  };

  /** Adds a late conversion to the row it belongs to, if that still waits. */
  function amend({ impression, slot, reward, revenueUsd }: LateConversion): void {
    for (const { rows } of queue) {
      const i = rows.requests.impression.subarray(0, rows.size).indexOf(impression);
      if (i < 0) continue;
      const { outcomes: o } = rows;
      const cell = i * spec.slots + slot;
      o.reward[i] += reward;
      if (spec.slots > 1) o.adReward[cell] += reward;
      o.revenue[cell] += revenueUsd;
      return;
    }
  }
}

/** The buffers of requests are used again: what waits needs its own. */
function copied(requests: Requests): Requests {
  const { context } = requests;
  return {
    size: requests.size,
    impression: requests.impression.slice(),
    session: requests.session.slice(),
    user: requests.user.slice(),
    hour: requests.hour.slice(),
    context: { ...context, data: context.data.slice() },
    eligible: requests.eligible.slice(),
  };
}

/** The kind, its agent read by `nesting`. */
export function patientKind(nesting: Nesting): AgentKind<PatientConfig> {
  return {
    kind: 'patient',
    summary: 'an agent that learns of each request only when its conversions have had their time: for delayed feedback',
    reference: 'Joulani, György & Szepesvári (2013), Online learning under delayed feedback',
    schema: z.strictObject({
      kind: z.literal('patient').describe('Learns when conversions have had their time'),
      agent: nesting.schema.prefault({ kind: 'lin-ucb' }).describe('The agent that learns; default lin-ucb'),
      waitHours: z
        .number()
        .min(0)
        .max(1e6)
        .optional()
        .describe('How long to wait [h]; default: the world’s conversion window, 0 where conversions come at once'),
      ...commonFields,
    }),
    sees: 'context',
    needs: [],
    holds: ({ agent }) => [agent],
    create: ({ kind, name = kind, agent, waitHours = -1 }, setup) =>
      patient(nesting.create(agent, setup, 0), setup.spec, {
        name,
        waitHours: waitHours < 0 ? (setup.spec.conversionWindowHours ?? 0) : waitHours,
      }),
  };
}
