import { VenvdebError } from "../errors.ts";
import type { ControlFields } from "./types.ts";
import { parseRelation, formatRelation } from "./relations.ts";
import { formatStanza } from "./stanza.ts";
import { isDebianVersion } from "./version.ts";

/**
 * Renders the control file of a binary package, fields in the order that dpkg-gencontrol writes them (Policy 5.3).
 * Relations keep their order and are checked; see mergeRelations for joining them.
 * @throws VenvdebError DEB_BAD_FIELD, DEPENDS_BAD_RELATION
 */
export function renderControl(fields: ControlFields): string {
  validateFields(fields);
  return formatStanza([
    ["Package", fields.package],
    ["Version", fields.version],
    ["Architecture", fields.architecture],
    ["Maintainer", fields.maintainer],
    ["Installed-Size", fields.installedSize?.toFixed(0)],
    ["Pre-Depends", renderRelations(fields.preDepends)],
    ["Depends", renderRelations(fields.depends)],
    ["Recommends", renderRelations(fields.recommends)],
    ["Suggests", renderRelations(fields.suggests)],
    ["Enhances", renderRelations(fields.enhances)],
    ["Breaks", renderRelations(fields.breaks)],
    ["Conflicts", renderRelations(fields.conflicts)],
    ["Replaces", renderRelations(fields.replaces)],
    ["Provides", renderRelations(fields.provides)],
    ["Section", fields.section],
    ["Priority", fields.priority],
    ["Homepage", fields.homepage],
    ...Object.entries(fields.extra ?? {}),
    ["Description", renderDescription(fields.synopsis, fields.description ?? "")],
  ]);
}

/**
 * The value of Description: the synopsis, then paragraphs wrapped at 79 columns. Indented lines stay as they are, as
 * the Policy asks for verbatim text (5.6.13).
 */
function renderDescription(synopsis: string, extended: string): string {
  const paragraphs = extended
    .replaceAll(/\r\n?/g, "\n")
    .split(/\n[ \t]*\n/)
    .map((paragraph) => paragraph.replaceAll(/^\n+|\s+$/g, ""))
    .filter((paragraph) => paragraph !== "")
    .map(renderParagraph);
  return paragraphs.length === 0 ? synopsis : `${synopsis}\n${paragraphs.join("\n\n")}`;
}

/** The field's own indent is one column; a line that would be only a dot, or begin with one, would be read as markup. */
function renderParagraph(paragraph: string): string {
  const lines: string[] = [];
  let words: string[] = [];
  const flush = (): void => {
    lines.push(...wrap(words, 79));
    words = [];
  };
  for (const line of paragraph.split("\n")) {
    const text = line.replaceAll("\t", "  ").trimEnd();
    if (text.startsWith(" ")) {
      flush();
      lines.push(text);
    } else words.push(...text.split(/\s+/).filter((word) => word !== ""));
  }
  flush();
  return lines.map((line) => (line.startsWith(".") ? ` ${line}` : line)).join("\n");
}

function wrap(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

function renderRelations(relations: readonly string[] | undefined): string | undefined {
  return relations?.map((relation) => formatRelation(parseRelation(relation))).join(", ");
}

/** Policy 5.6.1 (names), 5.6.2 (maintainer), 5.6.8 (architecture), 3.4.1 (synopsis). */
const FORMS = [
  ["package", /^[a-z0-9][a-z0-9+.-]+$/, "lower case letters, digits, +, - and ., at least two of them"],
  ["architecture", /^[a-z0-9][a-z0-9-]*$/, "all, or a Debian architecture such as amd64"],
  ["maintainer", /^[^<>\n]*[^<>\s][^<>\n]* <[^<>\s@]+@[^<>\s@]+>$/, "Name <address>"],
  ["section", /^[a-z0-9][a-z0-9/+.-]*$/, "a section such as python or net"],
  [
    "priority",
    /^(?:required|important|standard|optional|extra)$/,
    "optional, standard, important or required",
  ],
  ["synopsis", /^\S(?:[^\n]*\S)?$/, "one line"],
] as const satisfies readonly (readonly [keyof ControlFields, RegExp, string])[];

function validateFields(fields: ControlFields): void {
  for (const [key, form, wanted] of FORMS) {
    const value = fields[key];
    if (!form.test(value)) throw badField(key, value, wanted);
  }
  if (!isDebianVersion(fields.version)) throw badField("version", fields.version, "a Debian version");
}

function badField(key: string, value: string, wanted: string): VenvdebError {
  return new VenvdebError(
    "DEB_BAD_FIELD",
    `Cannot write the control field "${key}": it is "${value.slice(0, 200)}" (wanted: ${wanted})`,
  );
}
