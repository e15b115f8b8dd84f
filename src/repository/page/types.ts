import type { PackageIndex } from "../index/types.ts";
import type { IndexedPackage, RepositorySettings, Suite } from "../types.ts";

/** What the first page tells beside packages. */
export interface SiteFacts {
  readonly settings: RepositorySettings;
  /** How a machine is set up, for each suite. */
  readonly guides: readonly ClientGuide[];
}

/** What the pages are made of. */
export interface PageInput extends SiteFacts {
  readonly suites: readonly PageSuite[];
  /** When a package came into the repository, by the SHA-256 of its file. */
  readonly added: ReadonlyMap<string, Date>;
}

/** One suite as it is published. */
export interface PageSuite {
  readonly suite: Suite;
  /** Of its Release; nothing: never published. */
  readonly date?: Date;
  /** Of all components and architectures, in any order; one that several indexes list may be there several times. */
  readonly packages: readonly IndexedPackage[];
}

/** One suite whose packages are looked at as far as they changed. */
export interface SiteSuite {
  readonly suite: Suite;
  /** Of its Release; nothing: never published. */
  readonly date?: Date;
  /** Which release it is; empty before the first. */
  readonly release: string;
  readonly indexes: readonly SiteIndex[];
}

interface SiteIndex {
  /** Of its plain form, relative to the folder of the Release. */
  readonly path: string;
  /** Of the same. */
  readonly sha256: string;
  readonly read: () => Promise<PackageIndex>;
}

/** What a user does once on a machine to use one suite. */
export interface ClientGuide {
  readonly suite: string;
  readonly steps: readonly ClientStep[];
}

interface ClientStep {
  readonly title: string;
  readonly note?: string;
  /** Lines to copy, as they are. */
  readonly commands: string;
  /** For few: shown only when it is opened. */
  readonly folded: boolean;
}

/** What a page tells of a package beyond its stanza. */
export interface PackageNotes {
  /** Entries of its Debian changelog, the newest first. */
  readonly changelog?: string;
  /** Path of its software bill of materials in the repository. */
  readonly sbom?: string;
}

/** What a repository keeps of a package. An empty changelog or SBOM: it has none. */
export interface SiteRecord extends PackageNotes {
  /** When it came, ISO 8601. */
  readonly added: string;
}

/** One file of the site, not rendered yet. */
export interface PlannedPage {
  /** In the repository. */
  readonly path: string;
  /** Of everything that its text depends on: the same key, the same text. */
  readonly key: string;
  readonly render: () => string;
}
