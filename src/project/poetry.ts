import { present, NO_FACTS, type ProjectFacts } from "./facts.ts";
import { tableAt, textAt, textsAt, type Place } from "./fields.ts";
import { homepageOf } from "./homepage.ts";
import { licenseOf } from "./license.ts";
import { maintainerOf, parsePeople } from "./people.ts";
import { valueOf } from "../toml.ts";
import { urlsOf } from "./pyproject.ts";

/**
 * What the `[tool.poetry]` table of a pyproject.toml without `[project]` says. Its constraints are not PEP 508, so the
 * dependencies are its backend's business.
 * @throws VenvdebError PROJECT_BAD_METADATA
 */
export function readPoetryTable(pyproject: Place): ProjectFacts {
  const tool = tableAt(pyproject, "tool");
  const poetry = tableAt(tool, "poetry");
  const isVersioned = valueOf(tableAt(tool, "poetry-dynamic-versioning").table, "enable") !== true;
  const people = [...textsAt(poetry, "maintainers"), ...textsAt(poetry, "authors")];
  return {
    ...NO_FACTS,
    ...present({
      name: textAt(poetry, "name"),
      version: isVersioned ? textAt(poetry, "version") : undefined,
      summary: textAt(poetry, "description"),
      homepage: homepageOf([
        ["homepage", textAt(poetry, "homepage") ?? ""],
        ...urlsOf(tableAt(poetry, "urls")),
        ["repository", textAt(poetry, "repository") ?? ""],
      ]),
      maintainer: maintainerOf(people.flatMap(parsePeople)),
      license: licenseOf(textAt(poetry, "license"), textsAt(poetry, "classifiers")),
    }),
    consoleScripts: Object.keys(tableAt(poetry, "scripts").table).sort(),
    dynamic: [
      ...(isVersioned ? [] : ["version"]),
      "dependencies",
      "optional-dependencies",
      "requires-python",
    ],
  };
}
