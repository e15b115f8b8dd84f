import { compareVersions, parseVersion, type Pep440Version } from "../python/pep440.ts";
import type { Ref } from "./types.ts";

/**
 * The Python version that a tag stands for, as it is written there: of `v1.4.2`, `release-1.4.2`, `api/v1.4.2`.
 * Where the source names its tags by a glob, what stands before the first star is taken off.
 */
export function versionOfTag(tag: string, pattern?: string): string | undefined {
  if (pattern !== undefined && !globPattern(pattern).test(tag)) return undefined;
  const head = pattern === undefined ? "" : literalHead(pattern);
  const rest = tag.slice(head.length);
  const found = pattern === undefined ? undefined : wholeVersion(rest);
  return found ?? anywhere(tag);
}

/** The tags that are versions. */
export function versionTags(refs: readonly Ref[], pattern?: string): Ref[] {
  return refs.filter(({ kind, name }) => kind === "tag" && versionOfTag(name, pattern) !== undefined);
}

/** That of the highest version (PEP 440); of two spellings of one version, the first by name. */
export function highestTag(tags: readonly Ref[], pattern?: string): Ref | undefined {
  const parsed = tags.flatMap((tag): { tag: Ref; version: Pep440Version }[] => {
    const version = parseVersion(versionOfTag(tag.name, pattern) ?? "");
    return version === undefined ? [] : [{ tag, version }];
  });
  const sorted = parsed.toSorted(
    (a, b) => compareVersions(b.version, a.version) || (a.tag.name < b.tag.name ? -1 : 1),
  );
  return sorted[0]?.tag;
}

/** With `*` and `?` of a shell; `*` stands for slashes too. */
export function globPattern(pattern: string): RegExp {
  const source = pattern.replaceAll(/[^*?]+|\*+|\?/g, (part) => {
    if (part.startsWith("*")) return ".*";
    return part === "?" ? "." : part.replaceAll(/[$()+./[\\\]^{|}]/g, String.raw`\$&`);
  });
  return new RegExp(`^${source}$`, "su");
}

function literalHead(pattern: string): string {
  return /^[^*?]*/.exec(pattern)?.[0].replace(/[0-9.!]+$/, "") ?? "";
}

/** The whole tag, or what follows one of its dividers, from the left: `py3-api-v1.0` is `1.0`. */
function anywhere(tag: string): string | undefined {
  if (tag.length > 200) return undefined;
  const starts = [0, ...[...tag.matchAll(/[-_/@](?=v?[0-9])/g)].map(({ index }) => index + 1)];
  return starts
    .filter((start) => start === 0 || /^[A-Za-z]/.test(tag))
    .map((start) => wholeVersion(tag.slice(start)))
    .find((version) => version !== undefined);
}

function wholeVersion(text: string): string | undefined {
  const version = text.replace(/^v\.?(?=[0-9])/i, "");
  if (version.length > 100 || /\s/.test(version)) return undefined;
  const parsed = parseVersion(version);
  // dpkg holds 31 bits of an epoch.
  return parsed !== undefined && parsed.epoch.length <= 9 ? version : undefined;
}
