/** What clients and caches are told of an object. */
export interface ObjectHeaders {
  readonly CacheControl: string;
  readonly ContentType: string;
}

/**
 * What is written once under its hash or version is kept by caches for a year; what is replaced is asked for each time.
 * There is never a content encoding: apt wants the bytes of a `.gz` as they are.
 */
export function headersOf(path: string): ObjectHeaders {
  return { CacheControl: isImmutable(path) ? IMMUTABLE : "no-cache", ContentType: contentType(path) };
}

const IMMUTABLE = "public, max-age=31536000, immutable";

function isImmutable(path: string): boolean {
  // In a flat repository, packages and by-hash are in the top folder.
  if (/(?:^|\/)by-hash\//.test(path) || path.endsWith(".deb")) return true;
  return path.startsWith("pool/") || /^venvdeb\/(?:history|index|packages)\//.test(path);
}

function contentType(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const extension = /\.[a-z0-9]+$/.exec(name)?.[0] ?? "";
  return TYPES[extension] ?? (PLAIN.test(name) ? "text/plain; charset=utf-8" : "application/octet-stream");
}

const PLAIN = /^(?:InRelease|Release|Packages)$/;

const TYPES: Readonly<Record<string, string>> = {
  ".deb": "application/vnd.debian.binary-package",
  ".gz": "application/gzip",
  ".xz": "application/x-xz",
  ".asc": "text/plain; charset=utf-8",
  ".gpg": "application/pgp-signature",
  ".sources": "text/plain; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
};
