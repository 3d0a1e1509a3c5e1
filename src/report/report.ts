/** Results and manifest → a report as data, in the reader's order: answer, evidence, doubts, how to repeat it. */
import { distinctWarnings } from '../core/warnings.ts';
import type { Manifest } from '../runner/manifest.ts';
import type { Results } from '../runner/results.ts';
import { measureOf, rank } from './compare.ts';
import type { Report, Section } from './document.ts';
import { agentsSection } from './sections/agents.ts';
import { answerOf, answerSection, groundsOf } from './sections/answer.ts';
import { auctionSection } from './sections/auction.ts';
import { breakdownsSection } from './sections/breakdowns.ts';
import { comparisonsSection } from './sections/comparisons.ts';
import { conversionsSection } from './sections/conversions.ts';
import { coverageSection } from './sections/coverage.ts';
import { elementsSection } from './sections/elements.ts';
import { gallerySection } from './sections/creatives.ts';
import { generatorSection } from './sections/generator.ts';
import { guidanceSection } from './sections/guidance.ts';
import { interferenceSection } from './sections/interference.ts';
import { learningSection } from './sections/learning.ts';
import { methodSection } from './sections/method.ts';
import { modelsSection } from './sections/models.ts';
import { offPolicySection } from './sections/off-policy.ts';
import { reproduceSection } from './sections/reproduce.ts';
import { tuningSection } from './sections/tuning.ts';
import { varietySection } from './sections/variety.ts';

/** The whole document; sections whose part of the results is null or empty are left out. */
export function buildReport(results: Results, manifest: Manifest): Report {
  const ranking = rank(results);
  const warnings = distinctWarnings(results.warnings);
  const { creatives, models, offPolicy } = results;
  const sections: (Section | null)[] = [
    ranking === null ? null : answerSection(results, ranking),
    methodSection(results, manifest),
    results.agents.length === 0 ? null : agentsSection(results, measureOf(results)),
    ranking === null ? null : comparisonsSection(results, ranking),
    tuningSection(results),
    results.agents.length === 0 ? null : learningSection(results),
    auctionSection(results),
    breakdownsSection(results),
    creatives === null || creatives.gallery.length === 0
      ? null
      : gallerySection(creatives, results.elements !== undefined),
    results.elements === undefined ? null : elementsSection(results.elements, results),
    creatives === null ? null : generatorSection(creatives),
    results.guidance === undefined ? null : guidanceSection(results.guidance, results),
    results.variety === undefined ? null : varietySection(results.variety, results),
    models.length === 0 ? null : modelsSection(models, offPolicy.behaviour),
    results.conversions === undefined ? null : conversionsSection(results.conversions, results),
    offPolicy.policies.length === 0 ? null : offPolicySection(results),
    interferenceSection(results),
    offPolicy.coverage.length === 0 ? null : coverageSection(offPolicy.coverage),
    {
      id: 'warnings',
      title: 'Warnings',
      blocks:
        warnings.length === 0
          ? [
              {
                kind: 'text',
                text: 'None: the program found no reason to doubt these numbers beyond the intervals shown.',
              },
            ]
          : [{ kind: 'warnings', warnings }],
    },
    reproduceSection(results, manifest),
  ];
  return {
    title: results.name,
    question: results.question,
    answer: answerOf(results, ranking),
    grounds: groundsOf(results, ranking),
    warnings,
    signature: results.signature,
    sections: sections.filter((section) => section !== null),
  };
}
