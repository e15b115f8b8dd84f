/** What a source says of the tree that it wants out of a repository. One repository may serve several sources. */
export interface SourceScope {
  /** Folder of the project in the repository, `services/api`; absent: the repository itself. */
  readonly path?: string;
  /** Glob of the tags that are versions, `api-v*`; absent: every tag that reads as a version. */
  readonly versionTags?: string;
  /** git only: bring the submodules too. */
  readonly submodules?: boolean;
}

/** One source of a fleet: where its repository is, and what is wanted of it. */
export interface SourceSettings extends SourceScope {
  readonly kind: VersionControlKind;
  /** URL, or absolute path. Of Subversion: the folder that holds trunk, branches and tags. */
  readonly url: string;
}

export type VersionControlKind = "git" | "hg" | "svn";

/** A repository that was reached, over whatever keeps it. Each method speaks for one state of the remote: `refs` reads it anew. */
export interface VersionControl {
  readonly kind: VersionControlKind;
  /** Brings what is new and gives the branches and tags that are there now, sorted by kind and name. */
  refs(source: SourceScope): Promise<readonly Ref[]>;
  /**
   * What stands for the content that `export` would give, and changes only with it: for the key of a job. Undefined
   * where the commit does not have the source's folder.
   */
  tree(source: SourceScope, commit: string): Promise<string | undefined>;
  /** Writes the source's folder, as it is in the commit, to a folder that must not exist, without data of the tool. */
  export(source: SourceScope, commit: string, directory: string): Promise<ExportedTree>;
  /** What is known of a commit without exporting it. */
  describe(source: SourceScope, commit: string): Promise<HistoryDescription>;
  /**
   * The commits after `from` up to `to` that touch the source's folder, newest first, at most `MOST_COMMITS`.
   * All up to `to` where `from` is undefined or not known any more (its branch was rewritten).
   */
  log(source: SourceScope, from: string | undefined, to: string): Promise<readonly Commit[]>;
}

export interface Ref {
  readonly kind: "branch" | "tag";
  readonly name: string;
  /** Full: 40 or 64 digits; of Subversion `trunk@42`, a path below the URL and the revision that changed it last. */
  readonly commit: string;
  readonly date?: Date;
}

export interface ExportedTree {
  /** Absolute: the source's folder. Every file in it has the commit's date. */
  readonly directory: string;
  readonly commit: string;
  readonly date: Date;
  readonly describe: HistoryDescription;
}

/** Where a commit stands in the history of versions. */
export interface HistoryDescription {
  readonly kind: VersionControlKind;
  /** The version tag at or below the commit that no other follows; of several the highest. */
  readonly tag?: string;
  /** Commits after the tag, without a tag all. */
  readonly distance: number;
  readonly commit: string;
  readonly date: Date;
  /** The repository holds only the end of its history, so `distance` is of that. */
  readonly isShallow?: boolean;
}

export interface Commit {
  readonly id: string;
  readonly date: Date;
  /** Without control characters, as `subject`; may be empty. */
  readonly author: string;
  readonly subject: string;
}

/** More are no changelog that anybody reads. */
export const MOST_COMMITS = 500;
