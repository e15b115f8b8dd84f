import type { IndexedPackage, RepositorySettings } from "../types.ts";
import { compareVersions, type CatalogVersion } from "./catalog.ts";
import { renderDocument } from "./document.ts";
import { NOTHING, renderDay } from "./listing.ts";
import { isWebUrl, joinMarkup, renderMarkup, type Markup } from "./markup.ts";
import { INDEX_PAGE, linkFrom, packagePage } from "./paths.ts";
import { RELATIONS, renderRelations } from "./relations.ts";
import { addedDate } from "./rows.ts";
import type { PackageInSuites } from "./subjects.ts";
import { paragraphsOf, readFields, shorten, sizeText, synopsisOf } from "./text.ts";
import type { PackageNotes } from "./types.ts";

interface PackagePageInput {
  readonly settings: RepositorySettings;
  /** When files came, by their SHA-256. */
  readonly added: ReadonlyMap<string, Date>;
  readonly notes: ReadonlyMap<string, PackageNotes>;
  /** Whether a name that another package depends on has a page. */
  readonly hasPage: (name: string) => boolean;
}

/** The page of one package: how it is installed, its versions, what it needs and what has changed. */
export function renderPackagePage(subject: PackageInSuites, input: PackagePageInput): string {
  const page = packagePage(subject.name);
  const versions = versionsOf(subject);
  const newest = versions[0]?.files[0];
  const fields = readFields(newest?.stanza ?? "");
  const body = renderMarkup("package", {
    home: linkFrom(page, INDEX_PAGE),
    guide: `${linkFrom(page, INDEX_PAGE)}#set-up`,
    label: shorten(input.settings.label, 200),
    name: shorten(subject.name, 200),
    synopsis: synopsisOf(newest?.stanza ?? ""),
    install: `sudo apt install ${shorten(subject.name, 200)}`,
    versions: joinMarkup(
      versions.slice(0, MOST_VERSIONS).map((version) => renderVersion(version, page, input)),
    ),
    about: renderAbout(fields),
    relations: renderFields(
      "Dependencies",
      RELATIONS.flatMap((name) => {
        const value = fields.get(name);
        return value === undefined ? [] : { name, content: renderRelations(value, page, input.hasPage) };
      }),
    ),
    changelog: renderChangelog(newest && input.notes.get(newest.sha256)),
  });
  return renderDocument({ page, title: `${subject.name} · ${input.settings.label}`, body });
}

/** Newest versions that a page lists. */
const MOST_VERSIONS = 50;

/** Files that its page tells of. */
export function shownFiles(subject: PackageInSuites): readonly IndexedPackage[] {
  return versionsOf(subject)
    .slice(0, MOST_VERSIONS)
    .flatMap(({ files }) => files);
}

interface VersionInSuites extends CatalogVersion {
  readonly suites: readonly string[];
}

/** Each version once, whatever the number of suites that have it; newest first. */
function versionsOf({ suites }: PackageInSuites): readonly VersionInSuites[] {
  const versions = new Map<string, VersionInSuites>();
  for (const { suite, entry } of suites)
    for (const { version, files } of entry.versions) {
      const known = versions.get(version);
      versions.set(version, {
        version,
        files: known === undefined ? files : mergeFiles(known.files, files),
        suites: [...(known?.suites ?? []), suite],
      });
    }
  return [...versions.values()].sort((a, b) => compareVersions(b.version, a.version));
}

function mergeFiles(known: CatalogVersion["files"], more: CatalogVersion["files"]): CatalogVersion["files"] {
  const there = new Set(known.map(({ filename }) => filename));
  return [...known, ...more.filter(({ filename }) => !there.has(filename))];
}

function renderVersion(version: VersionInSuites, page: string, { added, notes }: PackagePageInput): Markup {
  return renderMarkup("version-row", {
    version: shorten(version.version, 100),
    suites: version.suites.map((suite) => shorten(suite, 60)).join(", "),
    files: joinMarkup(version.files.map((file) => renderFile(file, page, notes.get(file.sha256)))),
    added: renderDay(addedDate(version, added)),
  });
}

function renderFile(file: IndexedPackage, page: string, notes: PackageNotes | undefined): Markup {
  const architecture = shorten(file.architecture, 40);
  const version = shorten(file.version, 100);
  const sbom = notes?.sbom;
  return renderMarkup("file", {
    link: linkFrom(page, file.filename),
    architecture,
    version,
    size: sizeText(file.size),
    sbom:
      sbom === undefined
        ? NOTHING
        : renderMarkup("sbom", { link: linkFrom(page, sbom), architecture, version }),
  });
}

function renderAbout(fields: ReadonlyMap<string, string>): Markup {
  const paragraphs = paragraphsOf(fields.get("Description") ?? "");
  const lines = ABOUT.flatMap((name) => {
    const value = fields.get(name);
    return value === undefined ? [] : { name, content: renderValue(name, shorten(value, 500)) };
  });
  const text = joinMarkup(
    paragraphs.map((paragraph) =>
      renderMarkup(paragraph.includes("\n") ? "verbatim" : "paragraph", { text: paragraph }),
    ),
  );
  if (paragraphs.length + lines.length === 0) return NOTHING;
  return renderMarkup("section", { title: "About", content: joinMarkup([text, renderList(lines)]) });
}

const ABOUT = ["Homepage", "Maintainer", "Section", "License"];

function renderValue(name: string, value: string): Markup {
  const isLink = name === "Homepage" && isWebUrl(value);
  return isLink ? renderMarkup("link", { link: value, text: value }) : renderMarkup("text", { text: value });
}

interface Line {
  readonly name: string;
  readonly content: Markup;
}

function renderFields(title: string, lines: readonly Line[]): Markup {
  return lines.length === 0 ? NOTHING : renderMarkup("section", { title, content: renderList(lines) });
}

function renderList(lines: readonly Line[]): Markup {
  if (lines.length === 0) return NOTHING;
  return renderMarkup("fields", {
    fields: joinMarkup(lines.map((line) => renderMarkup("field", { ...line }))),
  });
}

function renderChangelog(notes: PackageNotes | undefined): Markup {
  const text = notes?.changelog?.trim() ?? "";
  if (text === "") return NOTHING;
  const content = renderMarkup("verbatim", { text: shorten(text, LONGEST_CHANGELOG) });
  return renderMarkup("section", { title: "Changes", content });
}

const LONGEST_CHANGELOG = 4000;
