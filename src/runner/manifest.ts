/** What is needed to run an experiment again and to tell whether the same came out. Wall times live only here. */
export interface Manifest {
  schemaVersion: 1;
  name: string;
  /** The command that reproduces the run. */
  command: string;
  /** The whole configuration, every default written out. */
  config: unknown;
  versions: { adsim: string; node: string; v8: string };
  /** Numeric back end that trained the networks; results are bit-exact on wasm and cpu only. */
  backend: { id: string; device: string };
  /** SHA-256 over everything that must be equal in a second run (config, results, tables, log). */
  digest: string;
  /** SHA-256 of each file that enters the digest, by path in the results folder. */
  files: Readonly<Record<string, string>>;
  /** Not part of the digest. */
  wall: { startedAt: string; seconds: number; workers: number; stages: Readonly<Record<string, number>> };
}
