import { groupBy } from "../../dependencies/group-by.ts";
import { compareDebianVersions, isDebianVersion } from "../../deb/version.ts";
import type { IndexedPackage } from "../types.ts";

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

/** Puts the files of one package in order: versions from the newest, then architectures. Nothing without a file. */
export function assembleEntry(name: string, files: readonly IndexedPackage[]): CatalogEntry | undefined {
  const versions = [...groupBy(files, ({ version }) => version)]
    .sort(([a], [b]) => compareVersions(b, a))
    .flatMap(([version, all]) => assembleVersion(version, all) ?? []);
  const [newest] = versions;
  return newest && { name, newest, versions };
}

/** `all` is listed in the index of every architecture. */
function assembleVersion(version: string, all: readonly IndexedPackage[]): CatalogVersion | undefined {
  const distinct = all.length === 1 ? all : [...new Map(all.map((file) => [file.filename, file])).values()];
  const [first, ...rest] = distinct.toSorted(
    (a, b) => compareText(a.architecture, b.architecture) || compareText(a.filename, b.filename),
  );
  return first && { version, files: [first, ...rest] };
}

/** What is no Debian version comes last; those that are equal to dpkg are in the order of their texts. */
export function compareVersions(a: string, b: string): number {
  const known = Number(isDebianVersion(a)) - Number(isDebianVersion(b));
  if (known !== 0) return known;
  return (isDebianVersion(a) ? compareDebianVersions(a, b) : 0) || compareText(a, b);
}

export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** What has names that begin alike, in pieces that a page can hold. */
export interface NameGroup<T> {
  readonly prefix: string;
  readonly entries: readonly T[];
}

/** Cuts what is sorted by names by the beginnings of these, so that one more package changes one group. */
export function groupByBeginning<T extends { readonly name: string }>(
  entries: readonly T[],
  largest: number,
): readonly NameGroup<T>[] {
  const prefix = commonPrefix(entries);
  if (entries.length <= largest) return entries.length === 0 ? [] : [{ prefix, entries }];
  const next = groupBy(entries, ({ name }) => name.slice(0, prefix.length + 1));
  return [...next].flatMap(([start, part]) =>
    part.length <= largest ? [{ prefix: start, entries: part }] : groupByBeginning(part, largest),
  );
}

function commonPrefix(entries: readonly { readonly name: string }[]): string {
  const first = entries[0]?.name ?? "";
  const last = entries.at(-1)?.name ?? "";
  let length = 0;
  while (length < first.length && first[length] === last[length]) length++;
  return first.slice(0, length);
}
