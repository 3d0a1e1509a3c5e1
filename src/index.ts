/**
 * The public API of adsim, in the order of one experiment: the words, a world, agents, an episode, models, the value of
 * policies off-line, whole experiments and their reports.
 *
 * Importing it is light: TensorFlow.js and Vega are loaded by the first call that needs them.
 */
import type { Experiment } from './runner/config.ts';
import type { FinishedRun, RunOptions } from './runner/experiment.ts';
import type { Manifest } from './runner/manifest.ts';
import type { Results } from './runner/results.ts';
import type { Verification } from './runner/verify.ts';
import type { HtmlOptions } from './report/render-html.ts';

// The words everyone speaks.
export type * from './core/contracts.ts';
export { CATEGORY_NAMES, HEADLINE_NAMES, STYLE_NAMES } from './core/contracts.ts';
export { CENSORED, CONVERTED, GOES_ON, NO_CONVERSION, TERMINATED, TRUNCATED } from './core/contracts.ts';
export { decisionsOf, outcomesOf, requestsOf, trueRequestsOf } from './core/batch.ts';
export type { Shape } from './core/batch.ts';
export { InputError } from './core/errors.ts';
export { wilson } from './core/intervals.ts';
export { impressionLog, slice } from './core/log.ts';
export type { LogOptions, WritableLog } from './core/log.ts';
export { matrix, matrixFrom, row, rowRange } from './core/matrix.ts';
export { normalQuantile, studentQuantile } from './core/quantiles.ts';
export { randomFrom } from './core/random.ts';
export type { Sequence } from './core/random.ts';
export { disjoint, summarise } from './core/statistics.ts';
export type { Summary } from './core/statistics.ts';

// A world.
export { resolveWorld, worldSchema } from './env/config.ts';
export type { WorldConfig, WorldInput } from './env/config.ts';
export { market } from './env/market.ts';
export { pageAuction } from './env/auction/mechanism.ts';
export type { AuctionRule, PageAuction } from './env/auction/mechanism.ts';
export * from './env/auction/theory.ts';
export { rtbAuctions, rtbOutcomesOf } from './env/auction/rtb.ts';
export type { RtbOutcomes, RtbRequests, RtbRule } from './env/auction/rtb.ts';
export { upworthyWorld } from './env/upworthy.ts';
export type { TestedArms, UpworthyOptions } from './env/upworthy.ts';
export { WORLDS } from './env/presets.ts';
export type { World } from './env/presets.ts';
export { syntheticCreatives } from './env/synthetic-creatives.ts';
export type { CreativeCounts } from './env/synthetic-creatives.ts';

// The same world for agents of your own, as in Gymnasium.
export { checkEnvironment } from './gym/check.ts';
export type { Finding } from './gym/findings.ts';
export { make, makeVector } from './gym/make.ts';
export type { MakeOptions } from './gym/make.ts';
export type { SingleEnvironment, Step } from './gym/single.ts';
export type { Space } from './gym/spaces.ts';
export type { VectorEnvironment, VectorInfo, VectorStep } from './gym/vector.ts';

// Agents, and the one place that draws.
export { decide } from './agents/decide.ts';
export { frozen } from './agents/frozen.ts';
export { greedy, oracle } from './agents/contextual/greedy.ts';
export { AGENTS, agentKind, agentSchema, createAgent, seesHidden } from './agents/registry.ts';
export type { AgentConfig, AgentInput, AgentKind, AgentSetup } from './agents/registry.ts';
export { withFloor } from './agents/with-floor.ts';
export { withBidder } from './agents/bidding/bidder.ts';
export type { Bidder } from './agents/bidding/bidder.ts';
export { BIDDERS, createBidder } from './agents/bidding/registry.ts';

// One episode.
export { playEpisode } from './runner/episode.ts';
export type { EpisodeOptions, Tick } from './runner/episode.ts';
export { tally } from './runner/tally.ts';
export type { EpisodeRecord, Observable, Tally } from './runner/tally.ts';

// Models of the reward.
export { evaluateModel } from './models/ctr/evaluate.ts';
export type { ModelEvaluation } from './models/ctr/evaluate.ts';
export { observable } from './models/ctr/observable.ts';
export { MODELS, createModel, modelSchema } from './models/ctr/registry.ts';
export type { ModelConfig, ModelEntry } from './models/ctr/registry.ts';
export { splitBySession } from './models/ctr/split.ts';

// The value of a policy that did not collect the log.
export { banditLog } from './ope/bandit-log.ts';
export type { BanditColumns } from './ope/bandit-log.ts';
export { actionMeans, crossFit } from './ope/cross-fit.ts';
export { evaluate } from './ope/evaluate.ts';
export type { EvaluateOptions } from './ope/evaluate.ts';
export { ESTIMATORS, chooseEstimators, createEstimators } from './ope/registry.ts';
export type { EstimatorEntry, EstimatorInput } from './ope/registry.ts';
export { WHOLE_LOG_ESTIMATORS } from './ope/whole-log/registry.ts';
export { evaluateWhole } from './ope/whole-log/whole-log.ts';
export type { WholeLogEstimator, WholeLogOptions } from './ope/whole-log/whole-log.ts';
export { INTERVAL_RULES, intervalRule } from './ope/intervals/registry.ts';
export type { IntervalRule, IntervalSample } from './ope/intervals/rule.ts';
export { measureCoverage } from './ope/twin/measure-coverage.ts';
export { twinOf } from './ope/twin/twin.ts';
export { logDiagnosis } from './ope/diagnosis/log-diagnosis.ts';
export type { DiagnosisSetup, Figure, LogDiagnosis } from './ope/diagnosis/log-diagnosis.ts';
export { estimatePropensities } from './ope/propensities/estimate-propensities.ts';
// …with reward models, weights and logs of other kinds.
export { balancedWeights } from './ope/balanced-weights.ts';
export { evaluateContinuous, kernelDr, kernelIps, kernelSnips } from './ope/continuous/kernel-estimators.ts';
export type { ContinuousEvidence } from './ope/continuous/kernel-estimators.ts';
export { KERNELS } from './ope/continuous/kernels.ts';
export { estimatedEmbedding } from './ope/estimated-embedding.ts';
export { mips, snmips } from './ope/estimators/mips.ts';
export { balancedEvidence, weightedLoggers } from './ope/loggers.ts';
export { mrdrPredictions } from './ope/mrdr.ts';
export { conditionalValueAtRisk, rewardDistribution, rewardQuantile } from './ope/reward-distribution.ts';
export { selectEmbedding } from './ope/select-embedding.ts';
// …of pages and of sessions.
export { createEpisodeEstimators, EPISODE_ESTIMATORS, evaluateEpisodes } from './ope/sequential/evaluate.ts';
export type { Episodes } from './ope/sequential/episodes.ts';
export { fittedLinearQ, fittedQ } from './ope/sequential/fitted-q.ts';
export { magic } from './ope/sequential/magic.ts';
export { marginalDr, marginalIs, marginalRatios, sope } from './ope/sequential/marginal.ts';
export { doubleReinforcement } from './ope/sequential/double-reinforcement.ts';
export { discountedValue, horizonValue, stateValues, visits } from './ope/sequential/markov.ts';
export { sessionEpisodes } from './ope/sequential/session-log.ts';
export { createSlateEstimators, evaluateSlates, SLATE_ESTIMATORS } from './ope/slates/evaluate.ts';
export type { SlateEvidence } from './ope/slates/evidence.ts';
export { pageMarginals, pageOdds, slateEvidence } from './ope/slates/page-log.ts';
export { pseudoInverseWeights } from './ope/slates/pseudo-inverse-weights.ts';
// …and whether to launch it.
export { VERDICT_CODES } from './ope/launch/decision.ts';
export type { CandidateDecision, LaunchDecision, Verdict } from './ope/launch/decision.ts';
export { decideLaunch } from './ope/launch/decide.ts';
export type { LaunchInput } from './ope/launch/decide.ts';
export { lift } from './ope/launch/lift.ts';
export { abCheck } from './ope/ab/check.ts';
export { abPlan } from './ope/ab/plan.ts';

// Models of clicks, purchases and any other column: learned, measured, explained, made smaller.
export type { Classifier, SavedModel } from './models/supervised/classifier.ts';
export type { Examples, Field, LabelledExamples, Sequence as EventSequence } from './models/supervised/examples.ts';
export { selectExamples } from './models/supervised/examples.ts';
export { CLASSIFIERS, createClassifier, restoreClassifier } from './models/supervised/registry.ts';
export { correctedOdds } from './models/supervised/calibration/down-sampled.ts';
export { predictTrees, restoredTrees } from './models/supervised/trees/tree.ts';
export { clickModelOf } from './models/ctr/click-model-of.ts';
export { createConversionModel } from './models/cvr/models.ts';
export type { ConversionModel } from './models/cvr/conversion-model.ts';
export { crossValidate } from './models/supervised/validation/cross-validate.ts';
export { kFolds, timeFolds } from './models/supervised/validation/folds.ts';
export { assess, compare } from './models/metrics/metrics.ts';
export { adFigures, increment, upliftAt } from './models/metrics/business.ts';
export { kernelShap } from './models/explain/kernel-shap.ts';
export { linearShap } from './models/explain/linear-shap.ts';
export { modelGame } from './models/explain/model-game.ts';
export { partialDependence } from './models/explain/partial-dependence.ts';
export { permutationImportance } from './models/explain/permutation-importance.ts';
export { surrogateOn, surrogateTree } from './models/explain/surrogate.ts';
export { treeShap } from './models/explain/tree-shap.ts';
export { treeShapAgainst } from './models/explain/tree-shap-background.ts';
export { compressionTable } from './models/compression/table.ts';

// Texts and audiences.
export { writeCopy } from './models/copy/copywriter.ts';
export { grammarCopy } from './models/copy/grammar.ts';
export { falseFacts, missingFacts } from './models/copy/realisation.ts';
export { bleu } from './models/copy/metrics/bleu.ts';
export { chrf } from './models/copy/metrics/chrf.ts';
export { distinct, selfBleu } from './models/copy/metrics/diversity.ts';
export { rouge } from './models/copy/metrics/rouge.ts';
export { ter } from './models/copy/metrics/ter.ts';
export { gaussianMixture } from './models/audience/gaussian-mixture.ts';
export { howMany } from './models/audience/how-many.ts';
export { lookAlikes } from './models/audience/look-alikes.ts';
export { personasOf } from './models/audience/personas.ts';
export { creativeEncoder } from './models/creative-encoder/encoder.ts';
export { hashedTerms } from './models/text/hashed-terms.ts';
export { latentSemantics } from './models/text/latent-semantics.ts';
export { skipGram } from './models/text/skip-gram.ts';
export { tfIdf } from './models/text/tf-idf.ts';

// Whole experiments, their results and reports.
export { experimentSchema } from './runner/config.ts';
export type { Experiment } from './runner/config.ts';
export { loadConfig } from './runner/config-file.ts';
export type { ConfigSource } from './runner/config-file.ts';
export type { FinishedRun, RunOptions } from './runner/experiment.ts';
export type { Manifest } from './runner/manifest.ts';
export type { Progress, ProgressListener } from './runner/progress.ts';
export { readRun } from './runner/results-folder.ts';
export type * from './runner/results.ts';
export type { Verification } from './runner/verify.ts';
export type { HtmlOptions } from './report/render-html.ts';
export { VERSION } from './version.ts';

/** Runs an experiment into a results folder. Throws `InputError` on a folder it may not use. */
export async function runExperiment(experiment: Experiment, options: RunOptions): Promise<FinishedRun> {
  return (await import('./runner/experiment.ts')).runExperiment(experiment, options);
}

/** Runs the experiment of a results folder again and compares. Throws `InputError` where the folder holds no run. */
export async function verifyRun(
  directory: string,
  options: Omit<RunOptions, 'directory' | 'command' | 'cacheFolder'>,
): Promise<Verification> {
  return (await import('./runner/verify.ts')).verifyRun(directory, options);
}

/** The report as one HTML page that opens offline. Same results and manifest, same bytes. */
export async function renderHtml(results: Results, manifest: Manifest, options: HtmlOptions = {}): Promise<string> {
  return (await import('./report/render-html.ts')).renderHtml(results, manifest, options);
}
