/** What a repository may cost. Real ones stay far below; each bounds what a hostile one can do. */
export const LIMITS = {
  /** Of one run of a tool. */
  seconds: 1800,
  /** Of waiting for another process that fetches into the same mirror. */
  lockSeconds: 3600,
  /** Of one file that a tool writes: a pack. */
  fileBytes: 8 * 1024 ** 3,
  /** Of an answer that is kept in memory. */
  answerBytes: 96 * 1024 ** 2,
  /** Of all files of an exported tree, and of the archive that brings them. */
  treeBytes: 4 * 1024 ** 3,
  treeEntries: 400_000,
  /** Of all files of a commit, as git takes them into memory for the attributes of a few. */
  commitEntries: 2_000_000,
  /** Of one path, as PATH_MAX less what is before it. */
  pathBytes: 3072,
  refs: 50_000,
  submodules: 64,
  submoduleDepth: 4,
} as const;
