/** Headline weights from a file of randomised headline tests, ready to paste into a world. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { randomFrom } from '../../core/random.ts';
import { fitHeadlineWeights } from '../../models/response/headline-weights.ts';
import type { Estimated, HeadlineFit } from '../../models/response/headline-weights.ts';
import { sha256 } from '../digest.ts';
import { readHeadlineTests } from '../upworthy-file.ts';
import { yamlText } from '../yaml/write.ts';

export interface HeadlineResult {
  /** File name without its folder. */
  source: string;
  sha256: string;
  arms: number;
  tests: number;
  /** Arms left out because their randomisation is doubted. */
  dropped: number;
  fit: HeadlineFit;
}

/** Fits and checks headline weights. Deterministic in (file, seed). Throws `InputError` for a file that cannot be used. */
export function fitHeadlines(file: string, seed = 'headlines'): HeadlineResult {
  const arms = readHeadlineTests(file, { causal: true });
  const fit = fitHeadlineWeights(arms, randomFrom(seed));
  const digest = sha256(readFileSync(file));
  return {
    source: path.basename(file),
    sha256: digest,
    arms: arms.size,
    tests: arms.tests,
    dropped: arms.dropped,
    fit,
  };
}

/** `response.yaml`: `world` can be pasted into a config; the intervals and the held-out check stand beside it. */
export function headlinesYaml({ fit, ...source }: HeadlineResult): string {
  const { heldOut } = fit;
  const both = ({ value, interval }: Estimated): { value: number; interval: number[] } => ({
    value: rounded(value),
    interval: interval.map(rounded),
  });
  return yamlText({
    schemaVersion: 1,
    ...source,
    world: {
      response: {
        headlineWeights: Object.fromEntries(
          Object.entries(fit.weights).map(([name, { value }]) => [name, rounded(value)]),
        ),
      },
    },
    level: fit.level,
    headlineWeights: Object.fromEntries(Object.entries(fit.weights).map(([name, one]) => [name, both(one)])),
    notFitted: [...fit.constant, 'topical-match'],
    fittedOn: fit.train,
    heldOut: {
      tests: heldOut.tests,
      slope: both(heldOut.slope),
      pairs: heldOut.pairs,
      accuracy: rounded(heldOut.accuracy),
      ...(heldOut.accuracyInterval && { interval: heldOut.accuracyInterval.map(rounded) }),
    },
  });
}

/** Four significant digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
