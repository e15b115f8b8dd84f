import { VenvdebError } from "../errors.ts";
import { parseMarker, type Marker } from "./marker.ts";
import { normalizeName } from "./normalize-name.ts";
import { scanRequirement, type RequirementScanner } from "./requirement-scanner.ts";
import { parseSpecifier } from "./specifier.ts";

/** A dependency specifier (PEP 508). */
export interface Requirement {
  /** Normalised by PEP 503. */
  readonly name: string;
  /** Normalised by PEP 503, in the order given. */
  readonly extras: readonly string[];
  /** Clauses joined by `,` without white space; empty when any version will do. */
  readonly specifier: string;
  readonly url?: string;
  readonly marker?: Marker;
}

/**
 * Reads a dependency specifier: `celery[redis]>=5,<6; python_version >= "3.9"` or `name @ URL ; marker`.
 * @throws VenvdebError PYTHON_BAD_REQUIREMENT, PYTHON_BAD_MARKER
 */
export function parseRequirement(text: string): Requirement {
  const scanner = scanRequirement(text.trim());
  const name = scanner.take(identifier);
  if (name === undefined) throw badRequirement(text, "it does not start with a name");
  const extras = parseExtras(scanner, text);
  const base = { name: normalizeName(name), extras };
  if (scanner.take(/@/y) === undefined)
    return { ...base, specifier: readSpecifier(scanner, text), ...readMarker(scanner, text) };
  const url = scanner.take(/[^ \t]+/y);
  if (url === undefined) throw badRequirement(text, "no URL follows the @");
  return { ...base, specifier: "", url, ...readMarker(scanner, text) };
}

const identifier = /[a-zA-Z0-9](?:[a-zA-Z0-9._-]*[a-zA-Z0-9])?/y;

function parseExtras(scanner: RequirementScanner, text: string): readonly string[] {
  if (scanner.take(/\[/y) === undefined) return [];
  const extras: string[] = [];
  do {
    const extra = scanner.take(identifier);
    if (extra === undefined && extras.length > 0) throw badRequirement(text, "an extra has no name");
    if (extra !== undefined) extras.push(normalizeName(extra));
  } while (extras.length > 0 && scanner.take(/,/y) !== undefined);
  if (scanner.take(/\]/y) === undefined) throw badRequirement(text, "its [ has no ]");
  return extras;
}

function readSpecifier(scanner: RequirementScanner, text: string): string {
  const parenthesis = scanner.take(/\(/y) !== undefined;
  const written = (scanner.take(parenthesis ? /[^;)]+/y : /[^;]+/y) ?? "").trim();
  if (parenthesis && scanner.take(/\)/y) === undefined) throw badRequirement(text, "its ( has no )");
  const clauses = parseSpecifier(written);
  if (!clauses || /^,|,\s*,/.test(written))
    throw badRequirement(text, `"${written}" is no version specifier`);
  return clauses
    .map(({ operator, version, prefix }) => `${operator}${version}${prefix ? ".*" : ""}`)
    .join(",");
}

function readMarker(scanner: RequirementScanner, text: string): { marker?: Marker } {
  if (scanner.rest() === "") return {};
  if (scanner.take(/;/y) === undefined) throw badRequirement(text, `"${scanner.rest()}" is not understood`);
  return { marker: parseMarker(scanner.rest()) };
}

function badRequirement(text: string, problem: string): VenvdebError {
  return new VenvdebError(
    "PYTHON_BAD_REQUIREMENT",
    `Cannot read the requirement "${text}": ${problem} (PEP 508, such as name[extra]>=1.0; python_version < "3.12")`,
  );
}
