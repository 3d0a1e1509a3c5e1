/** What a campaign may say: what it sells, whom it is for, when it runs, what it may spend. */
import { z } from 'zod';
import { CATEGORY_NAMES } from '../core/contracts.ts';
import { AGE_BANDS, DEVICES, REGIONS } from './demographics.ts';
import { from0, positive, whole } from './ranges.ts';

const daypart = z.strictObject({
  fromHour: whole(0, 23).describe('First hour of the day in which ads run [h]'),
  toHour: whole(1, 24).describe('Hour of the day at which they stop; more than fromHour [h]'),
  days: z.array(whole(1, 7)).min(1).optional().describe('Days of the week, 1 being Monday; default: every day'),
});

export const campaignSchema = z.strictObject({
  name: z.string().min(1).describe('Name, unique among the campaigns'),
  categories: z
    .array(z.enum(CATEGORY_NAMES))
    .min(1)
    .optional()
    .describe('Categories whose creatives it shows; default: those that no other campaign names'),
  budgetUsd: positive(1e12).optional().describe('Budget for the whole episode; default: no limit [USD]'),
  dailyBudgetUsd: positive(1e12).optional().describe('Budget for each day of 24 h; default: no limit [USD]'),
  pacing: z
    .enum(['asap', 'even'])
    .default('asap')
    .describe('even: a day’s budget is released as the day’s requests come; default asap'),
  valuePerClickUsd: from0(1e6).default(0).describe('What a click is worth, conversions apart; default 0 [USD]'),
  valuePerConversionUsd: from0(1e9)
    .optional()
    .describe('What a conversion is worth; default: the margin of the product sold [USD]'),
  targeting: z
    .strictObject({
      age: z.array(z.enum(AGE_BANDS)).min(1).optional().describe('Age bands; default: all'),
      device: z.array(z.enum(DEVICES)).min(1).optional().describe('Devices; default: all'),
      region: z.array(z.enum(REGIONS)).min(1).optional().describe('Regions; default: all'),
    })
    .default({})
    .describe('Users it is for; default: all'),
  frequencyCap: whole(1, 1000)
    .optional()
    .describe('At most so many of its ads to a user in a day of 24 h; default: no limit [impressions]'),
  dayparts: z.array(daypart).max(50).default([]).describe('When it runs; default: always'),
});

export type CampaignConfig = z.infer<typeof campaignSchema>;
