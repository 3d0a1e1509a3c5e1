/**
 * Why a click model prefers one ad to another for a request: the ads are given, and what is shared out among what is known of the
 * user is the difference of their log-odds of a click. What is not known is taken from background requests, by each method alike:
 * for a model whose log-odds add up column by column a column's share is what it changes alone; trees are walked; all others
 * are asked about coalitions.
 */
import type { Random, Requests } from '../../core/contracts.ts';
import { matrix, rowRange } from '../../core/matrix.ts';
import type { ClickModel } from '../ctr/click-model.ts';
import { featureMap } from '../ctr/features.ts';
import type { ModelSetup } from '../ctr/labels.ts';
import { selectExamples } from '../supervised/examples.ts';
import type { Examples } from '../supervised/examples.ts';
import { kernelShap } from './kernel-shap.ts';
import type { Game } from './kernel-shap.ts';
import { wholeColumns } from './mixed-rows.ts';
import { logOdds, modelGame } from './model-game.ts';
import { treeShapAgainst } from './tree-shap-background.ts';
import { oddsTrees, treeAttributions } from './tree-shap.ts';

export type PreferenceMethod = 'linear' | 'tree' | 'kernel';

export interface Preference {
  /** Difference of log-odds where nothing is known of the user; with the shares it adds up to `score`. */
  base: number;
  score: number;
  /** By context column, then the events where the world shows them. */
  columns: { name: string; phi: number; standardError: number | null }[];
}

export interface Asked {
  model: ClickModel;
  setup: ModelSetup;
  /** Row 0 is explained, the others are the background. */
  requests: Requests;
  /** What is preferred, and to what. */
  ads: readonly [number, number];
  random: Random;
}

const COALITIONS = 2048;

/** Throws RangeError without background; Error where a model is said to be linear, or of trees, and isn't. */
export function explainPreference(method: PreferenceMethod, asked: Asked): Preference {
  const { model, setup, requests, ads, random } = asked;
  const rows = asExamples(requests, setup.contextNames);
  const columns = wholeColumns(rows);
  const score = (some: Examples): Float64Array => differences(model, setup, asRequests(some, requests), ads);
  const [whole] = score(selectExamples(rows, [0]));
  const game = modelGame(score, rows, columns);
  const told = method === 'tree' ? byTrees(asked, columns.length) : PLAYED[method](game, random);
  return {
    base: told.base,
    score: whole,
    columns: columns.map(({ name }, c) => ({
      name,
      phi: told.phi[c],
      standardError: told.standardError?.[c] ?? null,
    })),
  };
}

interface Told {
  base: number;
  phi: Float64Array;
  standardError?: Float64Array | null;
}

const PLAYED = {
  linear(game: Game): Told {
    const { players } = game;
    const coalitions = new Uint8Array((players + 1) * players);
    for (let c = 0; c < players; c++) coalitions[(c + 1) * players + c] = 1;
    const [base, ...alone] = game.worth(coalitions, players + 1);
    return { base, phi: Float64Array.from(alone, (worth) => worth - base) };
  },
  kernel: (game: Game, random: Random): Told => kernelShap(game, { coalitions: COALITIONS, random }),
};

/** A match feature is known where the context column is that it is read from. */
function byTrees({ model, setup, requests, ads }: Asked, players: number): Told {
  if (!model.inside) throw new Error(`${model.name}: has no trees`);
  const { inside } = model;
  const trees = oddsTrees(inside.save());
  const map = featureMap(setup);
  const behind = map.context + map.action;
  const told: Told = { base: 0, phi: new Float64Array(players) };
  for (const [at, action] of ads.entries()) {
    const rows = inside.rowsOf(requests, action);
    const owners = Array.from({ length: map.size + rows.fields.length }, (_, column) => {
      const matched = column < behind ? -1 : (map.matchColumn[action * map.matches + column - behind] ?? -1);
      return column < map.size && matched >= 0 ? matched : column;
    });
    const background = selectExamples(
      rows,
      Int32Array.from({ length: rows.size - 1 }, (_, i) => i + 1),
    );
    const explainer = treeShapAgainst(trees, background, 0, owners);
    const { data } = treeAttributions(explainer, selectExamples(rows, [0]));
    const sign = at === 0 ? 1 : -1;
    told.base += sign * explainer.base;
    for (let c = 0; c < map.context; c++) told.phi[c] += sign * data[c];
  }
  return told;
}

/** (n) log-odds of the one ad less those of the other. */
function differences(
  model: ClickModel,
  { actions }: ModelSetup,
  requests: Requests,
  [one, other]: readonly [number, number],
): Float64Array {
  const k = actions.size;
  const { data } = predictions(model, requests, k);
  return Float64Array.from(
    { length: requests.size },
    (_, i) => logOdds(data[i * k + one]) - logOdds(data[i * k + other]),
  );
}

/** (n×k) P(click). */
export function predictions(model: ClickModel, requests: Requests, k: number): { data: Float64Array } {
  const out = matrix(requests.size, k);
  model.predict(requests, out);
  return out;
}

function asExamples({ size, context, history }: Requests, names: readonly string[]): Examples {
  const sequences = history ? [{ name: 'events', ...history }] : [];
  return { size, numeric: rowRange(context, 0, size), numericNames: names, fields: [], sequences };
}

function asRequests({ size, numeric, sequences }: Examples, like: Requests): Requests {
  const [events] = sequences;
  return {
    size,
    impression: new Float64Array(size),
    session: new Int32Array(size),
    user: new Int32Array(size),
    hour: new Float64Array(size),
    context: numeric,
    eligible: new Uint8Array(0),
    ...(like.history && { history: { ...like.history, codes: events.codes, length: events.length } }),
  };
}
