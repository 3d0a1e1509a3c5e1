/** Ranges of numbers in a config. */
import { z } from 'zod';

export const whole = (low: number, high: number): z.ZodNumber => z.int().min(low).max(high);
export const positive = (high: number): z.ZodNumber => z.number().positive().max(high);
/** Below a thousandth, hours and rates only overflow. */
export const sizeable = (high: number): z.ZodNumber => z.number().min(1e-3).max(high);
export const from0 = (high: number): z.ZodNumber => z.number().min(0).max(high);
export const between = (low: number, high: number): z.ZodNumber => z.number().min(low).max(high);
