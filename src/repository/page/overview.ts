import { createHash } from "node:crypto";
import { assetPath } from "../../effects/assets.ts";
import { readFileSync, readdirSync } from "../../effects/fs.ts";
import { groupByBeginning } from "./catalog.ts";
import { GROUP_SIZE, fitsOnePage, renderIndexPage } from "./index-page.ts";
import { renderListing } from "./listing.ts";
import { renderMarkup } from "./markup.ts";
import { renderDocument } from "./document.ts";
import { INDEX_PAGE, SCRIPT, SEARCH_DATA, STYLE_SHEET, groupPage, linkFrom, packagePage } from "./paths.ts";
import type { PackageRow, SuiteRows } from "./rows.ts";
import { shorten } from "./text.ts";
import type { PlannedPage, SiteFacts } from "./types.ts";

/**
 * The files of the site but the pages of packages, with what each depends on, so that only what changed is rendered and
 * written. The first page comes last: what it links to is there before it.
 */
export function planOverview(
  facts: SiteFacts,
  suites: readonly SuiteRows[],
  keptKey: KeptKey = () => undefined,
): readonly PlannedPage[] {
  return [
    planAsset(STYLE_SHEET, "style.css"),
    planAsset(SCRIPT, "page.js"),
    ...(fitsOnePage(suites)
      ? []
      : [...suites.flatMap((suite) => planGroups(facts, suite, keptKey)), planSearch(suites)]),
    // It is made anew at each publication, so its text is its key.
    planText(INDEX_PAGE, renderIndexPage(facts, suites)),
  ];
}

/** The key of a file if no package of that suite changed whose name begins so: then the file did not either. */
export type KeptKey = (path: string, suite: string, prefix: string) => string | undefined;

/** Of the templates and the repository's name: pages of another form are made anew, all of them. */
export function formOfPages({ settings }: SiteFacts): string {
  return keyOf([FORM, settings.label, ...readdirSync(assetPath("templates/page")).sort().map(templateText)]);
}

/** To be raised with a change of the code that changes pages. */
const FORM = "1";

function templateText(name: string): string {
  return readFileSync(assetPath(`templates/page/${name}`), "utf8");
}

function planAsset(path: string, name: string): PlannedPage {
  return planText(path, templateText(name));
}

function planText(path: string, text: string): PlannedPage {
  return { path, key: keyOf([text]), render: () => text };
}

function planGroups(facts: SiteFacts, { suite, rows }: SuiteRows, keptKey: KeptKey): readonly PlannedPage[] {
  return groupByBeginning(rows, GROUP_SIZE).map(({ prefix, entries: part }) => {
    const page = groupPage(suite.name, prefix);
    return {
      path: page,
      key: keptKey(page, suite.name, prefix) ?? keyOf([suite.name, prefix, ...part.flatMap(rowFacts)]),
      render: () => renderGroup({ page, suite: suite.name, prefix, part }, facts),
    };
  });
}

function rowFacts({ name, version, older, synopsis, architectures, size, added }: PackageRow): string[] {
  return [name, version, String(older), synopsis, architectures, String(size), String(added)];
}

interface Group {
  readonly page: string;
  readonly suite: string;
  readonly prefix: string;
  readonly part: readonly PackageRow[];
}

function renderGroup({ page, suite, prefix, part }: Group, { settings }: SiteFacts): string {
  const body = renderMarkup("browse", {
    home: `${linkFrom(page, INDEX_PAGE)}#packages`,
    label: shorten(settings.label, 200),
    prefix: shorten(prefix, 60),
    suite: shorten(suite, 200),
    table: renderListing(part, { page, caption: `Packages of ${shorten(suite, 200)}` }),
  });
  return renderDocument({ page, title: `${prefix}… · ${suite} · ${settings.label}`, body });
}

/** Names, versions and synopses for the script: one line a package. */
function planSearch(suites: readonly SuiteRows[]): PlannedPage {
  const newest = new Map<string, PackageRow>();
  for (const { rows } of suites) for (const row of rows) if (!newest.has(row.name)) newest.set(row.name, row);
  const isShort = newest.size > MOST_SYNOPSES;
  const lines = [...newest.values()].map(({ name, version, synopsis }) =>
    JSON.stringify([name, version, isShort ? "" : shorten(synopsis, 100), ...linkUnlessPlain(name)]),
  );
  return planText(SEARCH_DATA, `[\n${lines.join(",\n")}\n]\n`);
}

/** The link that the script cannot tell from the name. */
function linkUnlessPlain(name: string): string[] {
  if (/^[a-z0-9][a-z0-9.-]{0,100}$/.test(name)) return [];
  const link = linkFrom(INDEX_PAGE, packagePage(name));
  return link === `packages/${name}.html` ? [] : [link];
}

/** Packages up to which the script searches in synopses too. */
const MOST_SYNOPSES = 20_000;

function keyOf(parts: readonly string[]): string {
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 24);
}
