import type { CatalogEntry, CatalogVersion } from "./catalog.ts";
import { joinMarkup, renderMarkup, type Markup } from "./markup.ts";
import { linkFrom, packagePage } from "./paths.ts";
import { dayText, shorten, sizeText, synopsisOf } from "./text.ts";
import type { PageInput } from "./types.ts";

interface Listing {
  /** The page that the table stands in. */
  readonly page: string;
  readonly caption: string;
  readonly added: PageInput["added"];
}

/** A table of packages, a row for each with its newest version. */
export function renderListing(entries: readonly CatalogEntry[], { page, caption, added }: Listing): Markup {
  const rows = joinMarkup(entries.map((entry) => renderRow(entry, page, added)));
  return renderMarkup("packages", { caption, rows });
}

function renderRow(
  { name, newest, versions }: CatalogEntry,
  page: string,
  added: PageInput["added"],
): Markup {
  const [first] = newest.files;
  return renderMarkup("package-row", {
    link: linkFrom(page, packagePage(name)),
    name: shorten(name, 200),
    synopsis: synopsisOf(first.stanza),
    version: shorten(newest.version, 100),
    older:
      versions.length > 1 ? renderMarkup("older", { text: `and ${versions.length - 1} older` }) : NOTHING,
    architectures: newest.files.map(({ architecture }) => shorten(architecture, 40)).join(", "),
    size: sizeText(Math.max(...newest.files.map(({ size }) => size))),
    added: renderDay(addedDate(newest, added)),
  });
}

/** When a version came: with its first file. */
export function addedDate({ files }: CatalogVersion, added: PageInput["added"]): Date | undefined {
  const times = files.flatMap(({ sha256 }) => added.get(sha256)?.getTime() ?? []);
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

export function renderDay(date: Date | undefined): Markup {
  return date === undefined
    ? NOTHING
    : renderMarkup("day", { time: date.toISOString().slice(0, 10), day: dayText(date) });
}

export const NOTHING = joinMarkup([]);
