import { normalizeName } from "../python/normalize-name.ts";
import { isTable, valueOf } from "../toml.ts";
import { present, type ProjectFacts } from "./facts.ts";
import { badField, listAt, requirementsAt, tableAt, textAt, textsAt, type Place } from "./fields.ts";
import { homepageOf } from "./homepage.ts";
import { licenseOf } from "./license.ts";
import { maintainerOf, type Person } from "./people.ts";

/**
 * What the `[project]` table of a pyproject.toml says (PEP 621, PEP 639).
 * @throws VenvdebError PROJECT_BAD_METADATA
 */
export function readProjectTable(pyproject: Place): ProjectFacts {
  const project = tableAt(pyproject, "project");
  const extras = tableAt(project, "optional-dependencies");
  return {
    ...present({
      name: textAt(project, "name"),
      version: textAt(project, "version"),
      summary: textAt(project, "description"),
      homepage: homepageOf(urlsOf(tableAt(project, "urls"))),
      maintainer: maintainerOf([...peopleAt(project, "maintainers"), ...peopleAt(project, "authors")]),
      license: licenseOf(licenseText(project), textsAt(project, "classifiers")),
      requiresPython: textAt(project, "requires-python"),
    }),
    dependencies: requirementsAt(project, "dependencies"),
    optionalDependencies: Object.fromEntries(
      Object.keys(extras.table).map((extra) => [normalizeName(extra), requirementsAt(extras, extra)]),
    ),
    consoleScripts: Object.keys(tableAt(project, "scripts").table).sort(),
    dynamic: textsAt(project, "dynamic"),
  };
}

/** Every text of a table of URLs. */
export function urlsOf(urls: Place): readonly (readonly [string, string])[] {
  return Object.keys(urls.table).map((label) => [label, textAt(urls, label) ?? ""]);
}

function peopleAt(project: Place, key: string): readonly Person[] {
  return listAt(project, key).map((person) => {
    if (!isTable(person)) throw badField(project, key, person, "a list of { name, email }");
    const place = { ...project, path: `${project.path}.${key}`, table: person };
    return present({ name: textAt(place, "name"), email: textAt(place, "email") });
  });
}

function licenseText(project: Place): string | undefined {
  const license = valueOf(project.table, "license");
  return isTable(license) ? textAt(tableAt(project, "license"), "text") : textAt(project, "license");
}
