import type { IncomingHttpHeaders } from "node:http";

interface Version {
  readonly size: number;
  readonly modified: Date;
}

/** Changes whenever the file does: objects are replaced as a whole. */
export function entityTag({ size, modified }: Version): string {
  return `"${size.toString(16)}-${modified.getTime().toString(16)}"`;
}

/** Whether the client has this version (RFC 9110, 13.1): an entity tag is asked before a date. */
export function isUnchanged(headers: IncomingHttpHeaders, version: Version): boolean {
  const tags = headers["if-none-match"];
  if (tags !== undefined)
    return tags.split(",").some((tag) => tag.trim() === "*" || withoutWeak(tag) === entityTag(version));
  const since = Date.parse(headers["if-modified-since"] ?? "");
  return since >= wholeSeconds(version.modified);
}

function withoutWeak(tag: string): string {
  return tag.trim().replace(/^W\//, "");
}

function wholeSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000) * 1000;
}

/**
 * The part that the client asks for (RFC 9110, 14.2), its end not included; nothing: all of it, as for several parts and
 * for a part of another version.
 */
export function requestedRange(
  headers: IncomingHttpHeaders,
  version: Version,
): { readonly start: number; readonly end: number } | "outside" | undefined {
  const [, first = "", last = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.range ?? "") ?? [];
  if (first + last === "" || !isOfThisVersion(headers["if-range"], version)) return undefined;
  const { size } = version;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (first !== "" && last !== "" && Number(last) < start) return undefined;
  return start >= end ? "outside" : { start, end };
}

function isOfThisVersion(condition: string | string[] | undefined, version: Version): boolean {
  if (condition === undefined) return true;
  if (typeof condition !== "string") return false;
  if (condition.includes('"')) return condition === entityTag(version);
  return Date.parse(condition) === wholeSeconds(version.modified);
}
