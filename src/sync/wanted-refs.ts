import { compareDebianVersions, isDebianVersion } from "../deb/version.ts";
import { toDebianUpstream } from "../python/version.ts";
import type { Ref } from "../vcs/types.ts";
import type { RefRule, SourceSettings } from "./fleet/types.ts";
import type { Head } from "./types.ts";

/** Which branches and tags the rules of a source want, each once: of the tags of one pattern the newest versions. */
export function wantedRefs(
  source: SourceSettings,
  refs: readonly Ref[],
): Pick<Head, "ref" | "suites" | "commit">[] {
  const branches = fitting(source.branches, refs, "branch").flatMap(({ found }) => found);
  const tags = fitting(source.tags, refs, "tag").flatMap(({ found }) =>
    newestFirst(found).slice(0, source.newestTags),
  );
  return [...branches, ...tags].map(({ ref: { kind, name, commit }, suite }) => ({
    ref: { kind, name },
    suites: [suite],
    commit,
  }));
}

interface Found {
  readonly ref: Ref;
  readonly suite: string;
}

/** The first pattern that fits a name is its own. */
function fitting(
  rules: readonly RefRule[],
  refs: readonly Ref[],
  kind: Ref["kind"],
): { readonly found: readonly Found[] }[] {
  const patterns = rules.map(({ pattern, suite }) => ({ suite, matches: globPattern(pattern) }));
  const found = patterns.map((): Found[] => []);
  for (const ref of refs) {
    if (ref.kind !== kind) continue;
    const index = patterns.findIndex(({ matches }) => matches.test(ref.name));
    const pattern = patterns[index];
    if (pattern !== undefined) found[index]?.push({ ref, suite: pattern.suite });
  }
  return found.map((each) => ({ found: each }));
}

/** Stars in a row are one, so that no name takes long to match. */
function globPattern(glob: string): RegExp {
  const parts = glob.replaceAll(/\*+/g, "*").split(/([*?])/);
  const source = parts.map((part) => (part === "*" ? ".*" : part === "?" ? "." : escapePattern(part)));
  return new RegExp(`^${source.join("")}$`, "u");
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function newestFirst(found: readonly Found[]): Found[] {
  const read = found.map((each) => ({ each, version: tagVersion(each.ref.name) }));
  return read.sort((a, b) => compareDebianVersions(b.version, a.version)).map(({ each }) => each);
}

/** `billing-v1.4.2` and `1.4.2` are version 1.4.2; what is none comes before all. */
function tagVersion(name: string): string {
  const text = /\d.*$/su.exec(name)?.[0] ?? "";
  try {
    const { epoch = "0", upstream } = toDebianUpstream(text);
    return `${epoch}:${upstream}`;
  } catch {
    return isDebianVersion(text) ? text : "0~~";
  }
}
