/** What the repository keeps of itself in `venvdeb/repository.json`: the one file that is not made from packages. */
export interface RepositorySettings {
  /** Of this file's own form. */
  readonly format: 1;
  /** Identity, frozen: apt clients stop when Origin, Label or a Codename changes (apt-secure(8)). */
  readonly origin: string;
  readonly label: string;
  readonly description?: string;
  /** Where clients reach it, without a slash at its end: `https://apt.example.com`. */
  readonly publicUrl?: string;
  /** `flat`: one suite, every index in the top folder (`deb URL ./`). */
  readonly layout: "pool" | "flat";
  readonly suites: readonly Suite[];
  /** Which forms of `Packages` are stored; all are listed in Release with the plain one. */
  readonly compressions: readonly IndexCompression[];
  /** Whether `Contents-<arch>.gz` is published. */
  readonly contents: boolean;
  readonly retention: Retention;
  readonly keys: readonly RepositoryKey[];
  /** False on a store whose conditional writes are not honoured: then one publisher at a time is the user's duty. */
  readonly severalPublishers: boolean;
}

export type IndexCompression = "plain" | "gz" | "xz";

/** One distribution: what a client names after the URL. */
export interface Suite {
  readonly name: string;
  readonly codename: string;
  readonly components: readonly string[];
  /** Without `all`: its packages are listed in the index of every architecture. */
  readonly architectures: readonly string[];
  readonly description?: string;
  readonly version?: string;
  readonly notAutomatic?: boolean;
  readonly butAutomaticUpgrades?: boolean;
  /** Days after which clients refuse a Release that was not signed again. */
  readonly validForDays?: number;
}

export interface Retention {
  /** Newest versions of each package that `repo retain` keeps in a suite; nothing: all. */
  readonly versions?: number;
  /** Age in days up to which `repo retain` keeps a version, whatever their number. */
  readonly days?: number;
  /** How long what no suite names any more stays for clients in mid-download. */
  readonly graceHours: number;
  /** Former releases of each suite that stay whole for `repo rollback`; at least 3. */
  readonly releases: number;
}

export interface RepositoryKey {
  /** Of the primary key, 40 upper-case hexadecimal digits. */
  readonly fingerprint: string;
  /** `signing`: every release bears its signature. `retired`: kept for old releases only. */
  readonly status: "signing" | "retired";
  /** The armoured certificate (public key). */
  readonly certificate: string;
}

/** One package as an index lists it. */
export interface IndexedPackage {
  readonly name: string;
  readonly version: string;
  /** `all` too. */
  readonly architecture: string;
  /** Path in the repository. */
  readonly filename: string;
  /** Bytes. */
  readonly size: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Its whole stanza of `Packages`, `Package` first, ending in one newline. */
  readonly stanza: string;
}

/** A file of one release, as its `SHA256` block lists it: `path` is relative to the Release file. */
export interface ReleaseEntry {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** A Release file, read. */
export interface Release {
  /** Its text as it is signed, ending in a newline. */
  readonly text: string;
  readonly date: Date;
  readonly entries: readonly ReleaseEntry[];
  readonly fields: ReadonlyMap<string, string>;
}

/** What becomes of one index: `component` and `architecture` name it. */
export interface IndexEdit {
  readonly component: string;
  readonly architecture: string;
  readonly add: readonly IndexedPackage[];
  readonly remove: readonly IndexedPackage[];
}

/** What a publication did. */
export interface Published {
  readonly suite: string;
  /** `unchanged`: the suite was so already, and nothing was written. */
  readonly outcome: "published" | "unchanged" | "planned";
  /** Identifier of the release that is now the head: `20261123T120000Z`. */
  readonly release: string;
  readonly added: readonly IndexedPackage[];
  readonly removed: readonly IndexedPackage[];
}

/**
 * What the repository keeps of one .deb beside it, in `venvdeb/packages/<sha256>.json`: a cache, whose loss costs
 * reading the .deb again.
 */
export interface PackageRecord {
  /** Of this file's own form. */
  readonly format: 1;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Where it was placed first. */
  readonly path: string;
  /** When, by the store's clock: ISO 8601 in UTC. */
  readonly added: string;
  /** The newest entries of its changelog. Empty: it has none. Absent, as of the other two: it was not looked for. */
  readonly changelog?: string;
  /** Path of its SBOM in the repository. Empty: it has none. */
  readonly sbom?: string;
  /** Paths of its files and links without a leading slash, in byte order. */
  readonly files?: readonly string[];
}
