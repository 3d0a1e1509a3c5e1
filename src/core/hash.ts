/** One hash of texts for every place that hashes categories, so that a category lies in the same bucket everywhere. */

/** FNV-1a over UTF-16 units, finished so that near texts lie far apart; in [0, 2³²), the same on every machine. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
