/** How to get the same numbers again, and how to cite them. */
import type { Manifest } from '../../runner/manifest.ts';
import type { Results } from '../../runner/results.ts';
import type { Section } from '../document.ts';

/** Versions, back end, digest, whole configuration. */
export function reproduceSection(results: Results, manifest: Manifest): Section {
  const { versions, backend } = manifest;
  return {
    id: 'reproduce',
    title: 'Reproduce and cite',
    blocks: [
      {
        kind: 'text',
        text:
          'The digest covers configuration, results, tables and log. A second run on the same V8 and back end must give ' +
          'the same one; elsewhere numbers agree within rounding. “adsim verify” tells which.',
      },
      {
        kind: 'facts',
        facts: [
          ['Digest', manifest.digest],
          ['Signature', results.signature],
          ['adsim', versions.adsim],
          ['Node', `${versions.node} (V8 ${versions.v8})`],
          ['Back end', `${backend.id}, ${backend.device}`],
          ['Started', manifest.wall.startedAt],
        ],
      },
      { kind: 'command', label: 'Run it again', command: manifest.command },
      {
        kind: 'command',
        label: 'Cite',
        command: `adsim ${versions.adsim}, “${results.name}”, ${results.signature}, sha256:${manifest.digest.slice(0, 16)}`,
      },
      { kind: 'folded', label: 'The whole configuration', text: JSON.stringify(manifest.config, null, 2) ?? 'null' },
    ],
  };
}
