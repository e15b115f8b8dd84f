import { groupBy } from "../../dependencies/group-by.ts";
import { compareDebianVersions, isDebianVersion } from "../../deb/version.ts";
import type { IndexedPackage, Suite } from "../types.ts";
import type { PageSuite } from "./types.ts";

/** The packages of one suite in the order of a page. */
export interface SuiteCatalog {
  readonly suite: Suite;
  readonly date: Date | undefined;
  /** Sorted by name. */
  readonly entries: readonly CatalogEntry[];
}

/** All versions of one package in one suite. */
export interface CatalogEntry {
  readonly name: string;
  readonly newest: CatalogVersion;
  /** Newest first, with the newest. */
  readonly versions: readonly CatalogVersion[];
}

export interface CatalogVersion {
  readonly version: string;
  /** One for each architecture, sorted. */
  readonly files: readonly [IndexedPackage, ...IndexedPackage[]];
}

/** Puts the packages of a suite in order: names, then versions from the newest, then architectures. */
export function assembleCatalog({ suite, date, packages }: PageSuite): SuiteCatalog {
  const byName = groupBy(packages, ({ name }) => name);
  const entries = [...byName]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([name, files]) => assembleEntry(name, files) ?? []);
  return { suite, date, entries };
}

function assembleEntry(name: string, files: readonly IndexedPackage[]): CatalogEntry | undefined {
  const versions = [...groupBy(files, ({ version }) => version)]
    .sort(([a], [b]) => compareVersions(b, a))
    .flatMap(([version, all]) => assembleVersion(version, all) ?? []);
  const [newest] = versions;
  return newest && { name, newest, versions };
}

/** `all` is listed in the index of every architecture. */
function assembleVersion(version: string, all: readonly IndexedPackage[]): CatalogVersion | undefined {
  const distinct = all.length === 1 ? all : [...new Map(all.map((file) => [file.filename, file])).values()];
  const [first, ...rest] = distinct.toSorted((a, b) => compareText(a.architecture, b.architecture));
  return first && { version, files: [first, ...rest] };
}

/** What is no Debian version comes last. */
export function compareVersions(a: string, b: string): number {
  const known = Number(isDebianVersion(a)) - Number(isDebianVersion(b));
  if (known !== 0) return known;
  return isDebianVersion(a) ? compareDebianVersions(a, b) : compareText(a, b);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Entries whose names begin alike, in pieces that a page can hold. */
export interface CatalogGroup {
  readonly prefix: string;
  readonly entries: readonly CatalogEntry[];
}

/** Cuts sorted entries by the beginnings of their names, so that one more package changes one group. */
export function groupEntries(entries: readonly CatalogEntry[], largest: number): readonly CatalogGroup[] {
  const prefix = commonPrefix(entries);
  if (entries.length <= largest) return entries.length === 0 ? [] : [{ prefix, entries }];
  const next = groupBy(entries, ({ name }) => name.slice(0, prefix.length + 1));
  return [...next].flatMap(([start, part]) =>
    part.length <= largest ? [{ prefix: start, entries: part }] : groupEntries(part, largest),
  );
}

function commonPrefix(entries: readonly CatalogEntry[]): string {
  const first = entries[0]?.name ?? "";
  const last = entries.at(-1)?.name ?? "";
  let length = 0;
  while (length < first.length && first[length] === last[length]) length++;
  return first.slice(0, length);
}
