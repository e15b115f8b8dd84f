import { createHash } from "node:crypto";
import { assetPath } from "../../effects/assets.ts";
import { readFileSync, readdirSync } from "../../effects/fs.ts";
import { assembleCatalog, groupEntries, type CatalogEntry, type SuiteCatalog } from "./catalog.ts";
import { GROUP_SIZE, fitsOnePage, renderIndexPage } from "./index-page.ts";
import { addedDate, renderListing } from "./listing.ts";
import { renderMarkup } from "./markup.ts";
import { renderDocument } from "./document.ts";
import { MOST_VERSIONS, renderPackagePage, versionsOf, type PackageInSuites } from "./package-page.ts";
import { INDEX_PAGE, SCRIPT, SEARCH_DATA, STYLE_SHEET, groupPage, linkFrom, packagePage } from "./paths.ts";
import { namesRelatedTo } from "./relations.ts";
import { shorten, synopsisOf } from "./text.ts";
import type { PageInput, PlannedPage } from "./types.ts";

/**
 * The files of the site with what each depends on, so that only what changed is rendered and written. The first page
 * comes last: what it links to is there before it.
 */
export function planPages(input: PageInput): readonly PlannedPage[] {
  const catalogs = input.suites.map(assembleCatalog);
  const whole = fitsOnePage(catalogs);
  return [
    planAsset(STYLE_SHEET, "style.css"),
    planAsset(SCRIPT, "page.js"),
    ...planPackages(input, catalogs),
    ...(whole ? [] : [...catalogs.flatMap((catalog) => planGroups(input, catalog)), planSearch(catalogs)]),
    planIndex(input, catalogs),
  ];
}

function planAsset(path: string, name: string): PlannedPage {
  return planText(path, readFileSync(assetPath(`templates/page/${name}`), "utf8"));
}

function planText(path: string, text: string): PlannedPage {
  return { path, key: keyOf([text]), needs: [], render: () => text };
}

/** The first page is made anew at each publication, so its text is its key. */
function planIndex(input: PageInput, catalogs: readonly SuiteCatalog[]): PlannedPage {
  return planText(INDEX_PAGE, renderIndexPage(input, catalogs));
}

function planPackages(input: PageInput, catalogs: readonly SuiteCatalog[]): readonly PlannedPage[] {
  const subjects = new Map<string, PackageInSuites["suites"][number][]>();
  for (const { suite, entries } of catalogs)
    for (const entry of entries) {
      const known = subjects.get(entry.name);
      if (known === undefined) subjects.set(entry.name, [{ suite: suite.name, entry }]);
      else known.push({ suite: suite.name, entry });
    }
  const hasPage = (name: string): boolean => subjects.has(name);
  return [...subjects].map(([name, suites]) => planPackage({ name, suites }, input, hasPage));
}

function planPackage(
  subject: PackageInSuites,
  input: PageInput,
  hasPage: (name: string) => boolean,
): PlannedPage {
  const { settings, added } = input;
  const versions = versionsOf(subject).slice(0, MOST_VERSIONS);
  const files = versions.flatMap((version) => version.files);
  const facts = versions.flatMap((version) => [...version.suites, ...version.files.flatMap(fileFacts)]);
  const related = [...namesRelatedTo(files[0]?.stanza ?? "")].filter(hasPage);
  const dates = versions.map((version) => String(addedDate(version, added)?.getTime()));
  return {
    path: packagePage(subject.name),
    key: keyOf([formOfPages(), settings.label, subject.name, ...facts, "", ...related, "", ...dates]),
    needs: files.map(({ sha256 }) => sha256),
    render: (notes) => renderPackagePage(subject, { settings, added, notes, hasPage }),
  };
}

function fileFacts({ filename, sha256 }: { filename: string; sha256: string }): string[] {
  return [filename, sha256];
}

function planGroups(input: PageInput, { suite, entries }: SuiteCatalog): readonly PlannedPage[] {
  const { label } = input.settings;
  return groupEntries(entries, GROUP_SIZE).map(({ prefix, entries: part }) => {
    const path = groupPage(suite.name, prefix);
    const rows = part.flatMap((entry) => rowFacts(entry, input.added));
    return {
      path,
      key: keyOf([formOfPages(), label, suite.name, prefix, ...rows]),
      needs: [],
      render: () => renderGroup({ page: path, suite: suite.name, prefix, part }, input),
    };
  });
}

function rowFacts({ name, newest, versions }: CatalogEntry, added: PageInput["added"]): string[] {
  const date = String(addedDate(newest, added)?.getTime());
  return [name, String(versions.length), date, ...newest.files.flatMap(fileFacts)];
}

interface Group {
  readonly page: string;
  readonly suite: string;
  readonly prefix: string;
  readonly part: readonly CatalogEntry[];
}

function renderGroup({ page, suite, prefix, part }: Group, { settings, added }: PageInput): string {
  const body = renderMarkup("browse", {
    home: `${linkFrom(page, INDEX_PAGE)}#packages`,
    label: shorten(settings.label, 200),
    prefix: shorten(prefix, 60),
    suite: shorten(suite, 200),
    table: renderListing(part, { page, caption: `Packages of ${shorten(suite, 200)}`, added }),
  });
  return renderDocument({ page, title: `${prefix}… · ${suite} · ${settings.label}`, body });
}

/** Names, versions and synopses for the script: one line a package. */
function planSearch(catalogs: readonly SuiteCatalog[]): PlannedPage {
  const newest = new Map<string, CatalogEntry>();
  for (const { entries } of catalogs)
    for (const entry of entries) if (!newest.has(entry.name)) newest.set(entry.name, entry);
  const isShort = newest.size > MOST_SYNOPSES;
  const lines = [...newest.values()].map(({ name, newest: { version, files } }) =>
    JSON.stringify([
      name,
      version,
      isShort ? "" : shorten(synopsisOf(files[0].stanza), 100),
      ...linkUnlessPlain(name),
    ]),
  );
  return planText(SEARCH_DATA, `[\n${lines.join(",\n")}\n]\n`);
}

/** The link that the script cannot tell from the name. */
function linkUnlessPlain(name: string): string[] {
  const link = linkFrom(INDEX_PAGE, packagePage(name));
  return link === `packages/${name}.html` ? [] : [link];
}

/** Packages up to which the script searches in synopses too. */
const MOST_SYNOPSES = 20_000;

function keyOf(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 24);
}

/** Of the templates, so that pages of another version of the program are made anew. */
function formOfPages(): string {
  form ??= keyOf([FORM, ...readdirSync(assetPath("templates/page")).sort().map(templateText)]);
  return form;
}

let form: string | undefined;

/** To be raised with a change of the code that changes pages. */
const FORM = "1";

function templateText(name: string): string {
  return readFileSync(assetPath(`templates/page/${name}`), "utf8");
}
