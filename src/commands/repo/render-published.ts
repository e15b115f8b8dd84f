import type { IndexedPackage, Published } from "../../repository/types.ts";

/** What a publication has changed, a line each; the last tells of the suite. */
export function renderPublished({ suite, outcome, release, added, removed }: Published): string {
  const lines = [
    ...added.map((each) => `+ ${describe(each)}\n`),
    ...removed.map((each) => `- ${describe(each)}\n`),
  ];
  const says = {
    published: `published as ${release}`,
    unchanged: "unchanged",
    planned: "would be published",
  }[outcome];
  return `${lines.join("")}${suite}: ${says}\n`;
}

function describe({ name, version, architecture }: IndexedPackage): string {
  return `${name} ${version} (${architecture})`;
}

/** The same for programs, without the stanzas. */
export function publishedJson(published: readonly Published[]): string {
  return `${JSON.stringify(published.map(plainPublished), undefined, 2)}\n`;
}

export function plainPublished({ added, removed, ...facts }: Published) {
  return { ...facts, added: added.map(plainPackage), removed: removed.map(plainPackage) };
}

function plainPackage({ name, version, architecture, filename, size, sha256 }: IndexedPackage) {
  return { name, version, architecture, filename, size, sha256 };
}
