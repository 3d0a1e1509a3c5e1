/** The contract of models of clicks and what comes of them. */
import type { FitReport, ImpressionLog, Matrix, Random, Requests } from '../../core/contracts.ts';

export interface ConversionModel {
  name: string;
  /**
   * Learns from a log that runs to its end: a click is as old as the log's last row. Deterministic in (log, random) on the
   * wasm and cpu back ends. Throws `InputError` on a log without clicks or without conversions.
   */
  fit(log: ImpressionLog, random: Random): Promise<FitReport>;
  /**
   * Fills two n×k matrices: P(click | shown) and P(conversion | click), of a conversion that counts, that is within
   * the log's window. Their product is P(conversion | shown). Throws `Error` before a fit.
   */
  predict(requests: Requests, click: Matrix, conversion: Matrix): void;
}
