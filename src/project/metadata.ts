import { homepageOf } from "./homepage.ts";
import { licenseOf } from "./license.ts";
import { maintainerOf, parsePeople, type Person } from "./people.ts";
import { present } from "./facts.ts";

/** The fields of a METADATA or PKG-INFO file (core metadata specification) that a package is made of. */
export interface CoreMetadata {
  readonly name?: string;
  readonly version?: string;
  readonly summary?: string;
  /** SPDX expression, else one line of License, else the names of the classifiers. */
  readonly license?: string;
  /** Relative to the dist-info's `licenses` folder or, before metadata 2.4, to the dist-info. */
  readonly licenseFiles: readonly string[];
  readonly homepage?: string;
  /** The first author or maintainer, in words. */
  readonly author?: string;
  /** `Name <address>`: the first maintainer, else the first author, who has both. */
  readonly maintainer?: string;
  readonly requiresPython?: string;
  /** Requires-Dist lines, verbatim. */
  readonly requires: readonly string[];
  /** Provides-Extra, verbatim. */
  readonly extras: readonly string[];
  readonly classifiers: readonly string[];
}

/** Reads a METADATA file. What is not well formed is passed over: an installed distribution may have anything there. */
export function parseMetadata(text: string): CoreMetadata {
  const headers = parseHeaders(text);
  const all = (name: string) => headers.get(name) ?? [];
  const one = (name: string) => all(name).find((value) => value !== "" && value !== "UNKNOWN");
  const people = [
    ...peopleOf(one("maintainer"), one("maintainer-email")),
    ...peopleOf(one("author"), one("author-email")),
  ];
  return {
    ...present({
      name: one("name"),
      version: one("version"),
      summary: one("summary")?.replaceAll(/\s+/g, " "),
      license: one("license-expression") ?? licenseOf(one("license"), all("classifier")),
      homepage: homepageOf([...labelled(all("project-url")), ["Homepage", one("home-page") ?? ""]]),
      author: one("author") ?? wordsOf(people),
      maintainer: maintainerOf(people),
      requiresPython: one("requires-python"),
    }),
    licenseFiles: all("license-file"),
    requires: all("requires-dist"),
    extras: all("provides-extra"),
    classifiers: all("classifier"),
  };
}

/** Header names in lower case; the lines that fold a value are kept as lines. */
function parseHeaders(text: string): ReadonlyMap<string, readonly string[]> {
  const headers = new Map<string, string[]>();
  let values: string[] | undefined;
  for (const line of headerLines(text)) {
    const [, name, value = ""] = /^([A-Za-z][A-Za-z0-9-]*):[ \t]*(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      values = headers.get(name.toLowerCase()) ?? [];
      headers.set(name.toLowerCase(), values);
      values.push(value.trim());
    } else if (values && /^[ \t]/.test(line)) {
      const folded = line.replace(/^ {0,8}\|?/, "").trimEnd();
      values.push(`${values.pop() ?? ""}\n${folded}`);
    }
  }
  return headers;
}

/** Up to the empty line before the description; a description may be long. */
function headerLines(text: string): readonly string[] {
  const end = /\r?\n\r?\n/.exec(text)?.index ?? text.length;
  return text.slice(0, end).split(/\r?\n/);
}

function labelled(projectUrls: readonly string[]): readonly (readonly [string, string])[] {
  return projectUrls.map((entry) => {
    const comma = entry.indexOf(",");
    return [entry.slice(0, comma), entry.slice(comma + 1).trim()];
  });
}

/** Older files have name and address in two headers, newer ones both in the second. */
function peopleOf(name: string | undefined, email: string | undefined): readonly Person[] {
  const people = parsePeople(email ?? "");
  const [only] = people;
  if (name === undefined) return people;
  if (people.length === 1 && only !== undefined && only.name === undefined) return [{ ...only, name }];
  return [...people, { name }];
}

function wordsOf(people: readonly Person[]): string | undefined {
  return people.map(({ name, email }) => name ?? email).find((words) => words !== undefined);
}
