/** `adsim explain DIR`: what a trained model leans on, how it answers to its strongest columns, and itself in a few rules. */
import { InputError } from '../../core/errors.ts';
import { randomFrom } from '../../core/random.ts';
import type { Random } from '../../core/random.ts';
import { splitRows } from '../../models/ctr/split.ts';
import { wholeColumns } from '../../models/explain/mixed-rows.ts';
import { oddsOf } from '../../models/explain/model-game.ts';
import { partialDependence } from '../../models/explain/partial-dependence.ts';
import type { Dependence } from '../../models/explain/partial-dependence.ts';
import { permutationImportance } from '../../models/explain/permutation-importance.ts';
import type { Importance, Judged } from '../../models/explain/permutation-importance.ts';
import { surrogateOn, surrogateTree } from '../../models/explain/surrogate.ts';
import type { Surrogate } from '../../models/explain/surrogate.ts';
import { checkLabelled, selectExamples } from '../../models/supervised/examples.ts';
import type { LabelledExamples } from '../../models/supervised/examples.ts';
import { CLASSIFIERS, createClassifier } from '../../models/supervised/registry.ts';
import { kFolds } from '../../models/supervised/validation/folds.ts';
import type { ModelFile } from '../supervised/model-folder.ts';
import { openExplained, labelledRows } from './read.ts';

export interface ModelExplanation {
  schemaVersion: 1;
  model: string;
  kind: string;
  digest: string;
  data: string;
  rows: number;
  label: string;
  /** The class that dependence and rules speak of. */
  class: string;
  level: number;
  repeats: number;
  /** Models like this one, each judged on a part it did not see; 0: the model itself, on rows that are new to it. */
  folds: number;
  importances: Importance[];
  /** Of the columns that matter most. */
  dependence: Dependence[];
  surrogate: Omit<Surrogate, 'tree'>;
}

const LEVEL = 0.95;
const REPEATS = 3;
const FOLDS = 3;
/** Columns whose dependence is told, and rows that it is the mean of. */
const TOLD = 3;
const DEPENDENCE_ROWS = 1000;

/** Reads and explains; writes nothing. Throws `InputError` in one sentence. */
export async function explainModel(folder: string, data?: string, encoder?: string): Promise<ModelExplanation> {
  const explained = await openExplained(folder, data, encoder);
  const { file, model, preparation } = explained.trained;
  const rows = await labelledRows(explained);
  checkLabelled(rows, explained.data);
  const random = randomFrom('explain').stream('model');
  const judged = explained.own ? await refitted(file, rows, random) : [{ model, rows }];
  const columns = wholeColumns(rows);
  const options = { repeats: REPEATS, random: random.stream('shuffles'), level: LEVEL };
  const importances = permutationImportance(judged, columns, options);
  const c = rows.classes === 2 ? 1 : 0;
  const score = oddsOf(model, rows.classes, c);
  const sample = selectExamples(rows, someOf(rows.size, DEPENDENCE_ROWS, random.stream('dependence')));
  const strongest = importances
    .map(({ name }) => columns.findIndex((column) => column.name === name))
    .filter((at) => columns[at].numbers.length + columns[at].fields.length === 1 && columns[at].sequences.length === 0);
  const group = rows.group ?? Int32Array.from({ length: rows.size }, (_, i) => i);
  const halves = splitRows(group, rows.size, [0.5, 0.5], random.stream('halves')).map((half) =>
    selectExamples(rows, half),
  );
  const tree = surrogateTree(halves[0], score(halves[0]));
  const { tree: _tree, ...surrogate } = surrogateOn(tree, halves[1], score(halves[1]), { c, level: LEVEL });
  return {
    schemaVersion: 1,
    model: file.name,
    kind: file.kind,
    digest: file.digest,
    data: explained.data,
    rows: rows.size,
    label: preparation.label.name,
    class: preparation.label.classes[c],
    level: LEVEL,
    repeats: REPEATS,
    folds: explained.own ? FOLDS : 0,
    importances,
    dependence: strongest
      .slice(0, TOLD)
      .map((at) => partialDependence(score, sample, columns, at, { points: 6, level: LEVEL })),
    surrogate,
  };
}

/** Models of the same settings, each trained on the rows that it is not judged on. */
async function refitted(file: ModelFile, rows: LabelledExamples, random: Random): Promise<Judged[]> {
  const settings = settingsOf(file);
  const judged: Judged[] = [];
  for (const [f, { train, test }] of kFolds(rows, FOLDS, random.stream('folds')).folds.entries()) {
    const model = createClassifier(settings);
    // oxlint-disable-next-line no-await-in-loop -- two at once would share the cores
    await model.fit(selectExamples(rows, train), random.stream('fit', f));
    judged.push({ model, rows: selectExamples(rows, test) });
  }
  return judged;
}

/** What a config would say of the model, without what it learned. */
function settingsOf({
  kind,
  settings,
}: Pick<ModelFile, 'kind' | 'settings'>): { kind: string } & Record<string, unknown> {
  const entry = CLASSIFIERS.find((one) => one.kind === kind);
  if (!entry) throw new InputError(`model "${kind}" is unknown to this adsim; train the model again`);
  const said = Object.entries(settings).filter(([key]) => Object.hasOwn(entry.schema.shape, key));
  const inside = settings['of'] as { kind: string } | undefined;
  return {
    ...Object.fromEntries(said),
    kind,
    ...(inside && { of: settingsOf({ kind: inside.kind, settings: inside as never }) }),
  };
}

function someOf(size: number, most: number, random: Random): Int32Array {
  const all = Int32Array.from({ length: size }, (_, i) => i);
  return size <= most ? all : random.sequence().shuffle(all).subarray(0, most).sort();
}
