import type { PackageIndex } from "../index/types.ts";
import type { IndexedPackage } from "../types.ts";
import { assembleEntry, type CatalogEntry } from "./catalog.ts";

/** One package in all suites that have it. */
export interface PackageInSuites {
  readonly name: string;
  readonly suites: readonly { readonly suite: string; readonly entry: CatalogEntry }[];
}

/** What a suite lists. */
export interface SuiteIndexes {
  readonly suite: string;
  readonly indexes: readonly PackageIndex[];
}

/** Every package in the order of names; one is read at a time, since each index has that order. */
export function* allSubjects(suites: readonly SuiteIndexes[]): Generator<PackageInSuites> {
  const cursors = suites.flatMap(({ suite, indexes }) =>
    indexes.map((index) => startCursor(suite, index.packages())),
  );
  for (;;) {
    const name = leastName(cursors);
    if (name === undefined) return;
    const files = new Map<string, IndexedPackage[]>();
    for (const cursor of cursors) {
      const taken = take(cursor, name);
      if (taken.length > 0) files.set(cursor.suite, [...(files.get(cursor.suite) ?? []), ...taken]);
    }
    yield subjectOf(name, files);
  }
}

/** The packages of these names, as far as they are listed. */
export function* findSubjects(
  suites: readonly SuiteIndexes[],
  names: Iterable<string>,
): Generator<PackageInSuites> {
  for (const name of names) {
    const files = new Map(
      suites.map(({ suite, indexes }) => [suite, indexes.flatMap((index) => index.find(name))]),
    );
    const subject = subjectOf(name, files);
    if (subject.suites.length > 0) yield subject;
  }
}

/** A package of the files that each suite lists of it. */
export function subjectOf(
  name: string,
  filesBySuite: ReadonlyMap<string, readonly IndexedPackage[]>,
): PackageInSuites {
  const suites = [...filesBySuite].flatMap(([suite, files]) => {
    const entry = assembleEntry(name, files);
    return entry === undefined ? [] : { suite, entry };
  });
  return { name, suites };
}

interface Cursor {
  readonly suite: string;
  readonly rest: Iterator<IndexedPackage>;
  next: IndexedPackage | undefined;
}

function startCursor(suite: string, packages: Iterable<IndexedPackage>): Cursor {
  const cursor: Cursor = { suite, rest: packages[Symbol.iterator](), next: undefined };
  advance(cursor);
  return cursor;
}

function advance(cursor: Cursor): void {
  const { done, value } = cursor.rest.next();
  cursor.next = done === true ? undefined : value;
}

function leastName(cursors: readonly Cursor[]): string | undefined {
  let least: string | undefined;
  for (const { next } of cursors)
    if (next !== undefined && (least === undefined || next.name < least)) least = next.name;
  return least;
}

function take(cursor: Cursor, name: string): IndexedPackage[] {
  const taken: IndexedPackage[] = [];
  while (cursor.next?.name === name) {
    taken.push(cursor.next);
    advance(cursor);
  }
  return taken;
}
