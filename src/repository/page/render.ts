import { groupBy } from "../../dependencies/group-by.ts";
import { compareText } from "./catalog.ts";
import { planOverview } from "./overview.ts";
import { renderPackagePage } from "./package-page.ts";
import { packagePage } from "./paths.ts";
import { rowOf } from "./rows.ts";
import { subjectOf, type PackageInSuites } from "./subjects.ts";
import type { PackageNotes, PageInput, PageSuite } from "./types.ts";

/** All files of the site, path to text. */
export function renderPage(
  input: PageInput & { readonly notes?: ReadonlyMap<string, PackageNotes> },
): ReadonlyMap<string, string> {
  const { settings, suites, added } = input;
  const notes = input.notes ?? new Map<string, PackageNotes>();
  const subjects = assembleSubjects(suites);
  const hasPage = (name: string): boolean => subjects.has(name);
  const rows = suites.map(({ suite, date }) => ({
    suite,
    date,
    rows: [...subjects.values()].flatMap((subject) =>
      subject.suites.flatMap((one) => (one.suite === suite.name ? rowOf(one.entry, added) : [])),
    ),
  }));
  return new Map([
    ...[...subjects.values()].map(
      (subject) =>
        [packagePage(subject.name), renderPackagePage(subject, { settings, added, notes, hasPage })] as const,
    ),
    ...planOverview(input, rows).map(({ path, render }) => [path, render()] as const),
  ]);
}

/** In the order of names. */
function assembleSubjects(suites: readonly PageSuite[]): ReadonlyMap<string, PackageInSuites> {
  const listed = suites.map(({ suite, packages }) => ({
    suite: suite.name,
    byName: groupBy(packages, ({ name }) => name),
  }));
  const names = [...new Set(listed.flatMap(({ byName }) => [...byName.keys()]))].sort(compareText);
  return new Map(
    names.map((name) => [
      name,
      subjectOf(name, new Map(listed.map(({ suite, byName }) => [suite, byName.get(name) ?? []]))),
    ]),
  );
}
