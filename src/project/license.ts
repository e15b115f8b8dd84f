/**
 * What metadata says of the license in one line: the License field if it is short (some put the whole text there),
 * else the names of the `License ::` classifiers.
 */
export function licenseOf(license: string | undefined, classifiers: readonly string[]): string | undefined {
  const short = license?.trim();
  if (short && !short.includes("\n") && short.length <= 100) return short;
  const names = classifiers
    .filter((classifier) => /^License\s*::/.test(classifier))
    .map((classifier) => classifier.split("::").at(-1)?.trim() ?? "")
    .filter((name) => name !== "" && name !== "OSI Approved");
  return names.length === 0 ? undefined : names.join(" OR ");
}
