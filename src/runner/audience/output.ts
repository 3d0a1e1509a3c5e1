/** An audience as files for programs: numbers as JSON, users as a table. */
import type { AudienceResult } from './audience.ts';

/** Everything that the report shows, and its schema's version. The bytes are a pure function of the result. */
export function audienceJson(result: AudienceResult): string {
  const { source, sha256, rows, asked, interest, warnings, lookAlikes } = result;
  const { trials, bySilhouette, byElbow, byBic } = result.howMany;
  const document = {
    schemaVersion: 2,
    source,
    sha256,
    rows: rows.size,
    users: rows.users,
    categories: rows.categories,
    asked,
    howMany: {
      bySilhouette,
      byElbow,
      byBic,
      trials: trials.map(({ k, objective, silhouette, interval, bic }) => ({
        k,
        objective,
        silhouette,
        interval,
        bic,
      })),
    },
    personas: result.personas.personas,
    everybody: result.personas.everybody,
    interest,
    lookAlikes: lookAlikes && { auc: lookAlikes.auc, seeds: lookAlikes.seeds, reach: lookAlikes.reach },
    warnings,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** A line for each user: name, persona, and likeness to the seeds where there were any. */
export function usersCsv({ ids, personas: { of, personas }, lookAlikes }: AudienceResult): string {
  const lines = ids.map((id, u) =>
    [quoted(id), quoted(personas[of[u]].name), ...(lookAlikes ? [lookAlikes.scores[u].toPrecision(6)] : [])].join(','),
  );
  return `${['user', 'persona', ...(lookAlikes ? ['likeness'] : [])].join(',')}\n${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
