import type { Suite } from "../types.ts";
import type { CatalogEntry, CatalogVersion } from "./catalog.ts";
import { shorten, synopsisOf } from "./text.ts";

/** What lists say of a package in one suite: all of the site but the pages of packages is made of these. */
export interface PackageRow {
  readonly name: string;
  /** The newest; the rest is of it. */
  readonly version: string;
  /** How many versions there are beside it. */
  readonly older: number;
  readonly synopsis: string;
  readonly architectures: string;
  /** Bytes of its largest file. */
  readonly size: number;
  /** When it came, in milliseconds since 1970. */
  readonly added?: number;
}

/** The rows of one suite, by name. */
export interface SuiteRows {
  readonly suite: Suite;
  /** Of its Release; nothing: never published. */
  readonly date: Date | undefined;
  readonly rows: readonly PackageRow[];
}

/** Makes the row of a package; `added` tells when files came, by their SHA-256. */
export function rowOf(
  { name, newest, versions }: CatalogEntry,
  added: ReadonlyMap<string, Date>,
): PackageRow {
  const time = addedDate(newest, added)?.getTime();
  return {
    name,
    version: newest.version,
    older: versions.length - 1,
    synopsis: synopsisOf(newest.files[0].stanza),
    architectures: newest.files.map(({ architecture }) => shorten(architecture, 40)).join(", "),
    size: Math.max(...newest.files.map(({ size }) => size)),
    ...(time === undefined ? {} : { added: time }),
  };
}

/** When a version came: with its first file. */
export function addedDate({ files }: CatalogVersion, added: ReadonlyMap<string, Date>): Date | undefined {
  const times = files.flatMap(({ sha256 }) => added.get(sha256)?.getTime() ?? []);
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}
