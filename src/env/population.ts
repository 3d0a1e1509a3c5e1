/** A population of real users, as `adsim fit` estimates it from a behaviour log and a world can be made of it. */
import { z } from 'zod';

const share = z.number().min(0).max(1);
const rate = z.number().min(0).max(1000);

const segment = z.strictObject({
  name: z.string().min(1).describe('In words'),
  share: share.describe('Share of users [share]'),
  affinity: z.array(share).min(1).describe('Probability of each category [share]'),
  activity: z.number().positive().describe('Visits per user relative to the mean [1]'),
});

const ones = (values: readonly number[]): boolean => Math.abs(values.reduce((a, b) => a + b, 0) - 1) < 1e-6;

export const populationSchema = z
  .strictObject({
    schemaVersion: z.literal(1),
    categories: z.array(z.string().min(1)).min(1).max(10).describe('Names, in the order of the affinities'),
    segments: z.array(segment).min(1).max(64),
    activityShape: z.number().positive().describe('Shape of the Gamma distribution of activity within a segment [1]'),
    dailyProfile: z.array(rate).length(24).describe('Relative rate in each hour of the day, mean 1'),
    weeklyProfile: z.array(rate).length(7).describe('Relative rate on each day of the week, Monday first, mean 1'),
    visitsPerUserPerDay: z.number().positive().describe('Mean visits of a user in a day [1/d]'),
    users: z.int().min(1).describe('How many users it was estimated on'),
    unseen: z.int().min(0).optional().describe('Users there must be beside them who happened not to come'),
    source: z.string().optional().describe('Name of the log'),
    sha256: z.string().optional().describe('Digest of the log'),
    rows: z.int().optional().describe('Rows of the log'),
    visits: z.int().optional().describe('Visits that it was estimated on'),
    dropped: z.record(z.string(), z.int()).optional().describe('Rows left out, by reason'),
    period: z.array(z.string()).length(2).optional().describe('First and last moment of the log'),
  })
  .refine(({ segments }) => ones(segments.map((one) => one.share)), {
    path: ['segments'],
    message: 'shares of the segments must add up to 1; correct them',
  })
  .refine(({ segments, categories }) => segments.every((one) => one.affinity.length === categories.length), {
    path: ['segments'],
    message: 'each segment needs one affinity for each category; add what is missing',
  })
  .refine(({ segments }) => segments.every((one) => ones(one.affinity)), {
    path: ['segments'],
    message: 'affinities of each segment must add up to 1; correct them',
  })
  .refine(({ dailyProfile, weeklyProfile }) => [dailyProfile, weeklyProfile].every((p) => p.some((rate) => rate > 0)), {
    path: ['dailyProfile'],
    message: 'all rates of a profile are 0, so nobody would ever come; make at least one positive',
  });

export type Population = z.infer<typeof populationSchema>;
