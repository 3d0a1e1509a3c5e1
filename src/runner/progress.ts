/** How far a run has come; the command line turns it into a bar or into plain lines. */
export interface Progress {
  /** What is being done, for instance `creatives` or `episodes`. */
  stage: string;
  done: number;
  /** Infinity where nobody knows yet. */
  total: number;
  /** What `done` counts, for instance `steps` or `requests`. */
  unit: string;
}

export type ProgressListener = (progress: Progress) => void;
