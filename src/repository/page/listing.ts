import { joinMarkup, renderMarkup, type Markup } from "./markup.ts";
import { linkFrom, packagePage } from "./paths.ts";
import type { PackageRow } from "./rows.ts";
import { dayText, shorten, sizeText } from "./text.ts";

interface Listing {
  /** The page that the table stands in. */
  readonly page: string;
  readonly caption: string;
}

/** A table of packages, a row for each with its newest version. */
export function renderListing(rows: readonly PackageRow[], { page, caption }: Listing): Markup {
  return renderMarkup("packages", { caption, rows: joinMarkup(rows.map((row) => renderRow(row, page))) });
}

function renderRow(row: PackageRow, page: string): Markup {
  const { name, version, older, synopsis, architectures, size, added } = row;
  return renderMarkup("package-row", {
    link: linkFrom(page, packagePage(name)),
    name: shorten(name, 200),
    synopsis,
    version: shorten(version, 100),
    older: older > 0 ? renderMarkup("older", { text: `and ${older} older` }) : NOTHING,
    architectures,
    size: sizeText(size),
    added: renderDay(added === undefined ? undefined : new Date(added)),
  });
}

export function renderDay(date: Date | undefined): Markup {
  return date === undefined
    ? NOTHING
    : renderMarkup("day", { time: date.toISOString().slice(0, 10), day: dayText(date) });
}

export const NOTHING = joinMarkup([]);
