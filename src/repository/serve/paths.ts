/**
 * The path in the repository that a request names, without a slash at its beginning, ending in one for a folder;
 * nothing for what could lead out of it or is no text.
 */
export function requestedPath(url: string): string | undefined {
  const [encoded = ""] = url.split(/[?#]/, 1);
  const path = decode(encoded);
  // A client that goes through a proxy writes the whole address, which no static server has to know.
  if (path === undefined || !path.startsWith("/") || /[\p{Cc}\\]/u.test(path)) return undefined;
  const parts = path.slice(1).split("/");
  const isBad = parts.some(
    (part, index) => part === ".." || part === "." || (part === "" && index < parts.length - 1),
  );
  return isBad ? undefined : parts.join("/");
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
