import { groupEntries, type CatalogEntry, type SuiteCatalog } from "./catalog.ts";
import { renderDocument } from "./document.ts";
import { NOTHING, addedDate, renderListing } from "./listing.ts";
import { joinMarkup, renderMarkup, type Markup } from "./markup.ts";
import { INDEX_PAGE, SEARCH_DATA, groupPage, linkFrom } from "./paths.ts";
import { countText, dayText, fingerprintText, shorten } from "./text.ts";
import type { ClientGuide, PageInput } from "./types.ts";

/** Packages up to which the first page lists all of them. */
export const MOST_ROWS = 300;

/** Packages of one page when the first page cannot list them. */
export const GROUP_SIZE = 300;

/** The first page: how a machine is set up, the keys, and the packages of each suite or where they are. */
export function renderIndexPage(input: PageInput, catalogs: readonly SuiteCatalog[]): string {
  const { settings } = input;
  const whole = fitsOnePage(catalogs);
  const body = renderMarkup("index", {
    label: shorten(settings.label, 200),
    origin: shorten(settings.origin, 200),
    description: renderParagraph(settings.description),
    facts: factsOf(catalogs),
    guides: renderGuides(input.guides),
    keys: joinMarkup(
      settings.keys
        .filter(({ status }) => status === "signing")
        .map(({ fingerprint }) => renderMarkup("key", { fingerprint: fingerprintText(fingerprint) })),
    ),
    search: whole ? "" : linkFrom(INDEX_PAGE, SEARCH_DATA),
    suites: joinMarkup(catalogs.map((catalog) => renderSuite(catalog, whole, input.added))),
  });
  return renderDocument({ page: INDEX_PAGE, title: `${settings.label}: Debian packages`, body });
}

/** Whether the first page lists every package itself. */
export function fitsOnePage(catalogs: readonly SuiteCatalog[]): boolean {
  return catalogs.reduce((count, { entries }) => count + entries.length, 0) <= MOST_ROWS;
}

function renderParagraph(text: string | undefined): Markup {
  return text === undefined || text === ""
    ? NOTHING
    : renderMarkup("paragraph", { text: shorten(text, 2000) });
}

function factsOf(catalogs: readonly SuiteCatalog[]): string {
  const names = new Set(catalogs.flatMap(({ entries }) => entries.map(({ name }) => name)));
  const times = catalogs.flatMap(({ date }) => date?.getTime() ?? []);
  const facts = [countText(names.size, "package"), countText(catalogs.length, "suite")];
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

function renderSuite(catalog: SuiteCatalog, whole: boolean, added: PageInput["added"]): Markup {
  const { suite, date, entries } = catalog;
  const facts = [countText(entries.length, "package"), suite.architectures.join(", ")];
  if (date !== undefined) facts.push(`published ${dayText(date)}`);
  return renderMarkup("suite", {
    suite: shorten(suite.name, 200),
    facts: facts.filter((fact) => fact !== "").join(" · "),
    description: renderParagraph(suite.description),
    content: whole ? renderWhole(catalog, added) : renderParts(catalog, added),
  });
}

function renderWhole({ suite, entries }: SuiteCatalog, added: PageInput["added"]): Markup {
  if (entries.length === 0) return renderParagraph("There is no package in it yet.");
  return renderListing(entries, {
    page: INDEX_PAGE,
    caption: `Packages of ${shorten(suite.name, 200)}`,
    added,
  });
}

function renderParts({ suite, entries }: SuiteCatalog, added: PageInput["added"]): Markup {
  if (entries.length === 0) return renderParagraph("There is no package in it yet.");
  const links = groupEntries(entries, GROUP_SIZE).map(({ prefix, entries: part }) =>
    renderMarkup("group-link", {
      link: linkFrom(INDEX_PAGE, groupPage(suite.name, prefix)),
      prefix: shorten(prefix, 60),
      count: String(part.length),
    }),
  );
  const latest = latestOf(entries, added);
  return joinMarkup([
    renderMarkup("groups", { groups: joinMarkup(links) }),
    latest.length === 0
      ? NOTHING
      : renderMarkup("latest", {
          table: renderListing(latest, {
            page: INDEX_PAGE,
            caption: `Latest packages of ${shorten(suite.name, 200)}`,
            added,
          }),
        }),
  ]);
}

/** The entries whose newest version came last. */
function latestOf(entries: readonly CatalogEntry[], added: PageInput["added"]): readonly CatalogEntry[] {
  return entries
    .flatMap((entry) => {
      const time = addedDate(entry.newest, added)?.getTime();
      return time === undefined ? [] : { entry, time };
    })
    .sort((a, b) => b.time - a.time)
    .slice(0, LATEST)
    .map(({ entry }) => entry);
}

const LATEST = 15;
