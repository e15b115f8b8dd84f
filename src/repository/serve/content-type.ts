/** What a file of a repository is, by its name. */
export function contentType(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (/^(?:InRelease|Release|Packages|Contents-[^.]+)$/.test(name)) return PLAIN;
  return TYPES[/\.[a-z0-9]+$/i.exec(name)?.[0].toLowerCase() ?? ""] ?? "application/octet-stream";
}

const PLAIN = "text/plain; charset=utf-8";

const TYPES: Readonly<Record<string, string>> = {
  ".asc": "application/pgp-keys",
  ".css": "text/css; charset=utf-8",
  ".deb": "application/vnd.debian.binary-package",
  ".gpg": "application/pgp-signature",
  ".gz": "application/gzip",
  ".html": "text/html; charset=utf-8",
  ".inrelease": PLAIN,
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".sources": PLAIN,
  ".txt": PLAIN,
  ".xz": "application/x-xz",
};
