import { groupByBeginning } from "./catalog.ts";
import { renderDocument } from "./document.ts";
import { NOTHING, renderListing } from "./listing.ts";
import { joinMarkup, renderMarkup, type Markup } from "./markup.ts";
import { INDEX_PAGE, SEARCH_DATA, groupPage, linkFrom } from "./paths.ts";
import type { PackageRow, SuiteRows } from "./rows.ts";
import { countText, dayText, fingerprintText, shorten } from "./text.ts";
import type { ClientGuide, SiteFacts } from "./types.ts";

/** Packages up to which the first page lists all of them. */
export const MOST_ROWS = 300;

/** Packages of one page when the first page cannot list them. */
export const GROUP_SIZE = 300;

/** The first page: how a machine is set up, the keys, and the packages of each suite or where they are. */
export function renderIndexPage({ settings, guides }: SiteFacts, suites: readonly SuiteRows[]): string {
  const whole = fitsOnePage(suites);
  const body = renderMarkup("index", {
    label: shorten(settings.label, 200),
    origin: shorten(settings.origin, 200),
    description: renderParagraph(settings.description),
    facts: factsOf(suites),
    guides: renderGuides(guides),
    keys: joinMarkup(
      settings.keys
        .filter(({ status }) => status === "signing")
        .map(({ fingerprint }) => renderMarkup("key", { fingerprint: fingerprintText(fingerprint) })),
    ),
    search: whole ? "" : linkFrom(INDEX_PAGE, SEARCH_DATA),
    suites: joinMarkup(suites.map((suite) => renderSuite(suite, whole))),
  });
  return renderDocument({ page: INDEX_PAGE, title: `${settings.label}: Debian packages`, body });
}

/** Whether the first page lists every package itself. */
export function fitsOnePage(suites: readonly SuiteRows[]): boolean {
  return suites.reduce((count, { rows }) => count + rows.length, 0) <= MOST_ROWS;
}

function renderParagraph(text: string | undefined): Markup {
  return text === undefined || text === ""
    ? NOTHING
    : renderMarkup("paragraph", { text: shorten(text, 2000) });
}

function factsOf(suites: readonly SuiteRows[]): string {
  const names = new Set(suites.flatMap(({ rows }) => rows.map(({ name }) => name)));
  const times = suites.flatMap(({ date }) => date?.getTime() ?? []);
  const facts = [countText(names.size, "package"), countText(suites.length, "suite")];
  if (times.length > 0) facts.push(`last published ${dayText(new Date(Math.max(...times)))}`);
  return facts.join(" · ");
}

function renderGuides(guides: readonly ClientGuide[]): Markup {
  if (guides.length === 0) return renderParagraph("The address of this repository is not set yet.");
  return joinMarkup(
    guides.map(({ suite, steps }, index) =>
      renderMarkup(index === 0 ? "guide-open" : "guide", {
        suite: shorten(suite, 200),
        steps: joinMarkup(
          steps.map(({ title, note, commands, folded }) =>
            renderMarkup(folded ? "step-folded" : "step", { title, note: renderParagraph(note), commands }),
          ),
        ),
      }),
    ),
  );
}

function renderSuite(listed: SuiteRows, whole: boolean): Markup {
  const { suite, date, rows } = listed;
  const facts = [countText(rows.length, "package"), suite.architectures.join(", ")];
  if (date !== undefined) facts.push(`published ${dayText(date)}`);
  return renderMarkup("suite", {
    suite: shorten(suite.name, 200),
    facts: facts.filter((fact) => fact !== "").join(" · "),
    description: renderParagraph(suite.description),
    content: whole ? renderWhole(listed) : renderParts(listed),
  });
}

function renderWhole({ suite, rows }: SuiteRows): Markup {
  if (rows.length === 0) return renderParagraph("There is no package in it yet.");
  return renderListing(rows, { page: INDEX_PAGE, caption: `Packages of ${shorten(suite.name, 200)}` });
}

function renderParts({ suite, rows }: SuiteRows): Markup {
  if (rows.length === 0) return renderParagraph("There is no package in it yet.");
  const links = groupByBeginning(rows, GROUP_SIZE).map(({ prefix, entries }) =>
    renderMarkup("group-link", {
      link: linkFrom(INDEX_PAGE, groupPage(suite.name, prefix)),
      prefix: shorten(prefix, 60),
      count: String(entries.length),
    }),
  );
  const latest = latestOf(rows);
  const caption = `Latest packages of ${shorten(suite.name, 200)}`;
  return joinMarkup([
    renderMarkup("groups", { groups: joinMarkup(links) }),
    latest.length === 0
      ? NOTHING
      : renderMarkup("latest", { table: renderListing(latest, { page: INDEX_PAGE, caption }) }),
  ]);
}

/** The rows whose newest version came last. */
function latestOf(rows: readonly PackageRow[]): readonly PackageRow[] {
  return rows
    .flatMap((row) => (row.added === undefined ? [] : { row, time: row.added }))
    .sort((a, b) => b.time - a.time)
    .slice(0, LATEST)
    .map(({ row }) => row);
}

const LATEST = 15;
