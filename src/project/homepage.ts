/**
 * The home page among labelled URLs, by the well-known labels (PEP 753: case, white space and punctuation do not count),
 * else where the source is. Only http and https count.
 */
export function homepageOf(urls: readonly (readonly [label: string, url: string])[]): string | undefined {
  const known = new Map(
    urls
      .filter(([, url]) => /^https?:\/\/[^\s]+$/i.test(url))
      .toReversed()
      .map(([label, url]) => [label.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ""), url]),
  );
  for (const label of labels) {
    const url = known.get(label);
    if (url !== undefined) return url;
  }
  return undefined;
}

const labels = ["homepage", "home", "website", "source", "repository", "sourcecode", "github", "code"];
