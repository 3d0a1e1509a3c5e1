/** What the operating system refuses because of a path that the user chose, in words that say what to do. */

const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied; choose another place, or ask for access',
  EPERM: 'permission denied; choose another place, or ask for access',
  EROFS: 'the file system is read-only; choose another place',
  ENOSPC: 'no space is left on the disk; free some and run the same command again',
  EDQUOT: 'your disk quota is used up; free some space and run the same command again',
  ENOTDIR: 'a part of the path is a file, not a folder; choose another place',
  EISDIR: 'is a folder, not a file; choose another place',
  ENAMETOOLONG: 'the path is too long; choose another place',
};

/** The sentence for an error of the file system; undefined where nobody's choice of a path explains it. */
export function refusalOf(error: unknown): string | undefined {
  const { code } = Object(error) as Partial<NodeJS.ErrnoException>;
  return code === undefined ? undefined : REFUSALS[code];
}
