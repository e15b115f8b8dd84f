import { normalizeName } from "../python/normalize-name.ts";
import { present, type ProjectFacts } from "./facts.ts";
import { checkRequirement } from "./fields.ts";
import { homepageOf } from "./homepage.ts";
import { parseIni, type Ini } from "./ini.ts";
import { licenseOf } from "./license.ts";
import { maintainerOf, parsePeople, type Person } from "./people.ts";

/**
 * What the declarative part of a setup.cfg says (setuptools); undefined when the file has no `[metadata]`.
 * With a setup.py beside it, what it leaves out is dynamic: that program may say it.
 * @throws VenvdebError PROJECT_BAD_METADATA
 */
export function readSetupCfg(
  text: string,
  file: string,
  options: { readonly hasSetupPy: boolean },
): ProjectFacts | undefined {
  const ini = parseIni(text);
  const metadata = ini.get("metadata");
  if (!metadata) return undefined;
  const fixed = (key: string) => fixedValue(metadata.get(key));
  const said = present({
    name: fixed("name"),
    version: fixed("version"),
    summary: fixed("description") ?? fixed("summary"),
    homepage: homepageOf([
      ["homepage", fixed("url") ?? fixed("home-page") ?? ""],
      ...lines(metadata.get("project_urls")).map(labelledUrl),
    ]),
    maintainer: maintainerOf([
      ...peopleOf(fixed("maintainer"), fixed("maintainer_email")),
      ...peopleOf(fixed("author"), fixed("author_email")),
    ]),
    license: licenseOf(fixed("license"), lines(fixed("classifiers"))),
    requiresPython: fixedValue(ini.get("options")?.get("python_requires")),
  });
  return { ...said, ...dependenciesOf(ini, file), dynamic: dynamicFields(ini, said, options.hasSetupPy) };
}

/** `attr:` and `file:` are for setuptools to follow. */
function fixedValue(value: string | undefined): string | undefined {
  return value === undefined || /^\s*(?:attr|file):/.test(value) ? undefined : value;
}

function lines(value: string | undefined): readonly string[] {
  return (value ?? "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function labelledUrl(line: string): readonly [string, string] {
  const equals = line.indexOf("=");
  return [line.slice(0, equals).trim(), line.slice(equals + 1).trim()];
}

function peopleOf(name: string | undefined, email: string | undefined): readonly Person[] {
  const people = parsePeople(email ?? "");
  return name === undefined
    ? people
    : people.map((person) => ({ name: person.name ?? name, email: person.email ?? "" }));
}

function dependenciesOf(
  ini: Ini,
  file: string,
): Pick<ProjectFacts, "dependencies" | "optionalDependencies" | "consoleScripts"> {
  const requirements = (section: string, key: string) =>
    requirementLines(fixedValue(ini.get(section)?.get(key)), file, `${section}.${key}`);
  const extras = [...(ini.get("options.extras_require")?.keys() ?? [])];
  const scripts = lines(fixedValue(ini.get("options.entry_points")?.get("console_scripts")));
  return {
    dependencies: requirements("options", "install_requires"),
    optionalDependencies: Object.fromEntries(
      extras.map((extra) => [normalizeName(extra), requirements("options.extras_require", extra)]),
    ),
    consoleScripts: scripts.map((line) => line.split("=")[0]?.trim() ?? "").sort(),
  };
}

/** One a line; setuptools takes `;` between them only where no marker could be meant, and so nobody writes it. */
function requirementLines(value: string | undefined, file: string, path: string): readonly string[] {
  const found = lines(value);
  for (const line of found) checkRequirement({ file, path: "", table: {} }, path, line);
  return found;
}

function dynamicFields(
  ini: Ini,
  said: Readonly<Record<string, string | undefined>>,
  hasSetupPy: boolean,
): readonly string[] {
  const options = ini.get("options");
  const isOpen = (value: string | undefined) =>
    value === undefined ? hasSetupPy : fixedValue(value) === undefined;
  return [
    ...(said["name"] === undefined ? ["name"] : []),
    ...(said["version"] === undefined ? ["version"] : []),
    ...(said["summary"] === undefined && hasSetupPy ? ["description"] : []),
    ...(isOpen(options?.get("install_requires")) ? ["dependencies"] : []),
    ...(hasSetupPy && !ini.has("options.extras_require") ? ["optional-dependencies"] : []),
    ...(isOpen(options?.get("python_requires")) ? ["requires-python"] : []),
  ];
}
