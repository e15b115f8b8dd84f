import { VenvdebError } from "../errors.ts";

/**
 * Renders one deb822 stanza (Policy 5.1), ending in a newline. Fields without a value are left out. Of a value with
 * several lines, the lines after the first are indented and blank ones become ` .`; a value may begin with a newline,
 * as lists of checksums do.
 * @throws VenvdebError DEB_BAD_FIELD for a bad or repeated name, or a value that would break out of its field.
 */
export function formatStanza(fields: readonly (readonly [string, string | undefined])[]): string {
  const seen = new Set<string>();
  let text = "";
  for (const [name, value] of fields) {
    if (value === undefined || value.trim() === "") continue;
    if (!FIELD_NAME.test(name)) throw badField(name, "its name is not one of a control field");
    if (seen.has(name.toLowerCase())) throw badField(name, "it is there twice");
    seen.add(name.toLowerCase());
    text += formatField(name, value);
  }
  return text;
}

/**
 * Reads stanzas divided by blank lines. Look-ups in the maps ignore the case of names; folded values keep their
 * newlines, without the one blank that marks a continuation line. Signatures and comments are not deb822 and refused.
 * @throws VenvdebError DEB_BAD_STANZA for text of another form, a repeated field, or more than the limits.
 */
export function parseStanzas(text: string, limits: StanzaLimits = DEFAULT_LIMITS): Map<string, string>[] {
  const stanzas: Map<string, string>[] = [];
  let stanza: FieldMap | undefined;
  let field: OpenField | undefined;
  const close = (): void => {
    if (stanza && field) stanza.set(field.name, field.lines.join("\n"));
    field = undefined;
  };
  for (const line of linesOf(text)) {
    if (line.trim() === "") {
      close();
      stanza = undefined;
    } else if (line.startsWith(" ") || line.startsWith("\t")) {
      if (!field) throw badStanza("a continuation line follows no field", line);
      addLine(field, line.slice(1), limits);
    } else {
      close();
      if (!stanza) stanzas.push((stanza = new FieldMap()));
      field = openField(line, stanza, limits);
    }
  }
  close();
  return stanzas;
}

export interface StanzaLimits {
  /** Characters of one field. */
  readonly field: number;
  /** Fields of one stanza. */
  readonly fields: number;
}

const DEFAULT_LIMITS: StanzaLimits = { field: 256 * 1024, fields: 256 };

/** Printable ASCII but for the colon, not beginning with `#` or `-` (Policy 5.1). */
const FIELD_NAME = /^[!-"$-,.-9;-~][!-9;-~]*$/;

interface OpenField {
  readonly name: string;
  readonly lines: string[];
  length: number;
}

/** A map from field names to values that finds `version` as `Version`; the names keep their spelling. */
class FieldMap extends Map<string, string> {
  readonly #spelling = new Map<string, string>();

  override get(name: string): string | undefined {
    return super.get(this.#spelled(name));
  }

  override has(name: string): boolean {
    return super.has(this.#spelled(name));
  }

  override set(name: string, value: string): this {
    this.#spelling.set(name.toLowerCase(), this.#spelled(name));
    return super.set(this.#spelled(name), value);
  }

  override delete(name: string): boolean {
    return super.delete(this.#spelled(name));
  }

  #spelled(name: string): string {
    return this.#spelling.get(name.toLowerCase()) ?? name;
  }
}

function formatField(name: string, value: string): string {
  if (CONTROL_CHARACTERS.test(value)) throw badField(name, "it holds control characters");
  const [first = "", ...rest] = value.trimEnd().split("\n");
  if (rest.length > 0 && SINGLE_LINE.has(name.toLowerCase()))
    throw badField(name, "it has several lines (wanted: one)");
  const lines = rest.map((line) => (line.trim() === "" ? " ." : ` ${line.trimEnd()}`));
  const head = first.trim() === "" ? `${name}:` : `${name}: ${first.trim()}`;
  return `${[head, ...lines].join("\n")}\n`;
}

/** All but a tab and a newline: a lone carriage return is a line's end to some parsers. */
// oxlint-disable-next-line no-control-regex
const CONTROL_CHARACTERS = /[\0-\u0008\u000b-\u001f\u007f]/;

/** Fields that are one line by definition (Policy 5.6, Release files): a newline there is a mistake or a trick. */
const SINGLE_LINE = new Set(
  (
    "package version architecture maintainer section priority homepage installed-size essential multi-arch " +
    "pre-depends depends recommends suggests enhances breaks conflicts replaces provides " +
    "origin label suite codename date valid-until filename size acquire-by-hash"
  ).split(" "),
);

function* linesOf(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    yield text.slice(start, end);
    start = end + 1;
  }
}

function openField(line: string, stanza: ReadonlyMap<string, string>, limits: StanzaLimits): OpenField {
  const colon = line.indexOf(":");
  const name = line.slice(0, Math.max(colon, 0));
  if (!FIELD_NAME.test(name)) throw badStanza("a line is no field", line);
  if (stanza.has(name)) throw badStanza(`the field ${name} is there twice`, line);
  if (stanza.size >= limits.fields) throw badStanza(`it has more than ${limits.fields} fields`, line);
  const field: OpenField = { name, lines: [], length: 0 };
  addLine(field, line.slice(colon + 1).trim(), limits);
  return field;
}

function addLine(field: OpenField, line: string, limits: StanzaLimits): void {
  field.length += line.length + 1;
  if (field.length > limits.field)
    throw badStanza(`the field ${field.name} is longer than ${limits.field} characters`, "");
  field.lines.push(line.trimEnd());
}

function badField(name: string, problem: string): VenvdebError {
  return new VenvdebError(
    "DEB_BAD_FIELD",
    `Cannot write the control field "${name.slice(0, 80)}": ${problem}`,
  );
}

function badStanza(problem: string, line: string): VenvdebError {
  const quoted = line === "" ? "" : `: "${line.slice(0, 80)}"`;
  return new VenvdebError("DEB_BAD_STANZA", `Cannot read the control data: ${problem}${quoted}`);
}
