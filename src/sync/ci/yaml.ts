/** What a pipeline is made of. */
export type YamlValue = string | number | boolean | readonly YamlValue[] | YamlMap;

export interface YamlMap {
  readonly [key: string]: YamlValue;
}

/**
 * Writes YAML that every reader takes in the same way: block maps and lists, text in quotes unless it is plainly text,
 * several lines as a literal block.
 */
export function renderYaml(value: YamlMap): string {
  return `${mapLines(value, "").join("\n")}\n`;
}

function mapLines(map: YamlMap, indent: string): string[] {
  return Object.entries(map).flatMap(([key, value]) => nested(`${indent}${scalar(key)}:`, value, indent));
}

/** A value behind its key, or below it. */
function nested(head: string, value: YamlValue, indent: string): string[] {
  const inner = `${indent}  `;
  if (isList(value)) return value.length === 0 ? [`${head} []`] : [head, ...listLines(value, inner)];
  if (typeof value === "object")
    return Object.keys(value).length === 0 ? [`${head} {}`] : [head, ...mapLines(value, inner)];
  if (typeof value === "string" && isBlock(value)) return [`${head} |`, ...blockLines(value, inner)];
  return [`${head} ${scalar(value)}`];
}

/** The first line of a map in a list stands behind the dash. */
function listLines(list: readonly YamlValue[], indent: string): string[] {
  return list.flatMap((value) => {
    if (typeof value !== "object" || isList(value) || Object.keys(value).length === 0)
      return nested(`${indent}-`, value, indent);
    const [first = "", ...rest] = mapLines(value, `${indent}  `);
    return [`${indent}- ${first.trimStart()}`, ...rest];
  });
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value);
}

/** Lines that begin with a blank, or hold what is no text, are for quotes. */
function isBlock(text: string): boolean {
  return /^[^\s][^\n]*\n/.test(text) && text.endsWith("\n") && !/[^\P{Cc}\n]|\n\n$|[^\S\n]\n/u.test(text);
}

function blockLines(text: string, indent: string): string[] {
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => (line === "" ? "" : `${indent}${line}`));
}

function scalar(value: string | number | boolean): string {
  if (typeof value !== "string") return String(value);
  return PLAIN.test(value) && !RESERVED.test(value) ? value : JSON.stringify(value);
}

const PLAIN = /^[A-Za-z_.][A-Za-z0-9_./@-]*(?: [A-Za-z0-9_./@-]+)*$/;
/** Of YAML 1.1 and 1.2. */
const RESERVED = /^(?:true|false|yes|no|on|off|y|n|null|nan|\.nan|[.]inf)$/i;
