import { isDebianVersion } from "../../deb/version.ts";
import { VenvdebError } from "../../errors.ts";

/** What names a package in a repository. */
export interface PackageIdentity {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source: string;
}

/**
 * Checks the fields that become paths and index entries, as strictly as the Policy (5.6.1, 5.6.8, 5.6.12, 7.1). One bad
 * stanza in an index stops every client, so relations are checked too, as generously as dpkg reads them.
 * @throws VenvdebError REPO_BAD_PACKAGE
 */
export function validateControl(control: ReadonlyMap<string, string>): PackageIdentity {
  const name = field(control, "Package", (text) => NAME.test(text), NAME_WANTED);
  const version = field(control, "Version", isShortVersion, "[epoch:]upstream[-revision]");
  const architecture = field(control, "Architecture", isArchitecture, "all, or one architecture like amd64");
  const source = control.has("Source") ? field(control, "Source", isSource, NAME_WANTED) : name;
  for (const refused of REFUSED)
    if (control.has(refused)) throw badField(control, refused, "none in a package");
  for (const [flag, form, wanted] of FLAGS)
    if (control.has(flag)) field(control, flag, (text) => form.test(text), wanted);
  if (architecture === "all" && control.get("Multi-Arch") === "same")
    throw badField(control, "Multi-Arch", "another value in a package for all architectures");
  for (const relation of RELATIONS) validateRelation(control, relation);
  return { name, version, architecture, source: source.split(/[ (]/, 1)[0] ?? source };
}

const NAME = /^[a-z0-9][a-z0-9+.-]{1,99}$/;
const NAME_WANTED = "lower case letters, digits, +, - and ., at most 100";
const SOURCE = /^([a-z0-9][a-z0-9+.-]{1,99})(?: *\(([^()\s]+)\))?$/;

/** Fields of dpkg's own database, with which dpkg does not read a package. */
const REFUSED = ["Status", "Config-Version", "Triggers-Pending", "Triggers-Awaited", "Conffiles"];

/** Fields that dpkg stops at when they have another value. The last ones are not published, but dpkg reads them. */
const FLAGS = [
  ["Essential", /^(?:yes|no)$/, "yes or no"],
  ["Protected", /^(?:yes|no)$/, "yes or no"],
  ["Multi-Arch", /^(?:same|foreign|allowed|no)$/, "same, foreign, allowed or no"],
  ["Filename", /^\S*$/, "none"],
  ["MSDOS-Filename", /^\S*$/, "none"],
  ["Size", /^\S*$/, "none"],
  ["MD5sum", /^\S*$/, "none"],
] as const;

const RELATIONS =
  "Pre-Depends Depends Recommends Suggests Enhances Breaks Conflicts Replaces Provides Built-Using Static-Built-Using".split(
    " ",
  );
const WITHOUT_ALTERNATIVES = new Set(["Breaks", "Conflicts", "Replaces", "Provides"]);

function field(
  control: ReadonlyMap<string, string>,
  name: string,
  isGood: (text: string) => boolean,
  wanted: string,
): string {
  const text = control.get(name) ?? "";
  if (!isGood(text)) throw badField(control, name, wanted);
  return text;
}

/** File systems take 255 bytes for a name, and upper case costs three in the pool. */
function isShortVersion(text: string): boolean {
  return text.length <= 128 && isDebianVersion(text) && text.replaceAll(/[A-Z+~:]/g, "___").length <= 128;
}

function isArchitecture(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,19}$/.test(text) && text !== "any" && text !== "source";
}

/** Its version is told when it is another one than the package's. */
function isSource(text: string): boolean {
  const [, name, version] = SOURCE.exec(text) ?? [];
  return name !== undefined && (version === undefined || isDebianVersion(version));
}

function validateRelation(control: ReadonlyMap<string, string>, name: string): void {
  const text = control.get(name);
  if (text === undefined || text === "") return;
  for (const clause of text.split(",")) {
    const alternatives = clause.split("|");
    const isOne = alternatives.length === 1 || !WITHOUT_ALTERNATIVES.has(name);
    if (!isOne || !alternatives.every(isAlternative))
      throw badField(control, name, "relations that dpkg can read");
  }
}

const ALTERNATIVE =
  /^\s*[A-Za-z0-9][A-Za-z0-9+._-]*(?::[a-z0-9][a-z0-9-]*)?\s*(?:\(\s*(?:<<|<=|=|>=|>>|<|>)\s*([^\s()]+)\s*\)\s*)?$/;

/** Of a version, dpkg wants a digit at its beginning but does not insist. */
function isAlternative(text: string): boolean {
  const match = ALTERNATIVE.exec(text);
  const version = match?.[1];
  return (
    match !== null && (version === undefined || isDebianVersion(version) || isDebianVersion(`0${version}`))
  );
}

function badField(control: ReadonlyMap<string, string>, name: string, wanted: string): VenvdebError {
  const value = JSON.stringify((control.get(name) ?? "").slice(0, 200));
  return new VenvdebError("REPO_BAD_PACKAGE", `its field ${name} is ${value} (wanted: ${wanted})`);
}
