import type { ShlibsPolicy } from "../plan/types.ts";
import { groupBy } from "./group-by.ts";
import type { Link } from "./links.ts";
import type { DependencyWarning, ObjectFacts } from "./types.ts";

/** What is allowed and still worth a word, one warning for each library. */
export function linkWarnings(links: readonly Link[]): DependencyWarning[] {
  const warnings = [driverWarning, neighbourWarning, undeclaredWarning];
  return [...groupBy(links, ({ soname }) => soname)].flatMap(([soname, own]) =>
    warnings.flatMap((warn) => warn(soname, own)),
  );
}

interface Seen {
  readonly links: readonly Link[];
  readonly objects: readonly ObjectFacts[];
  readonly usedPatterns: ReadonlySet<string>;
}

/** Settings that change nothing: misspelt, or left over from an older lock. */
export function unusedSettings(policy: ShlibsPolicy, seen: Seen): DependencyWarning[] {
  const used = new Set(seen.links.flatMap((link) => (link.kind === "ignored" ? [link.pattern] : [])));
  const distributions = new Set(seen.objects.map(({ distribution }) => distribution));
  const unused = [
    ...policy.ignore
      .filter((pattern) => !used.has(pattern) && !seen.usedPatterns.has(pattern))
      .map((pattern) => ["ignore", pattern, "no object outside of the environment loads it"] as const),
    ...policy.recommends
      .filter((name) => !distributions.has(name))
      .map(
        (name) => ["recommends", name, "no such distribution of the environment has compiled code"] as const,
      ),
  ];
  return unused.map(([key, value, reason]) => ({
    message: `shlibs.${key} has "${value}" without effect: ${reason}`,
    hint: `remove "${value}" from shlibs.${key}`,
  }));
}

function driverWarning(soname: string, links: readonly Link[]): DependencyWarning[] {
  const drivers = links.filter(({ kind }) => kind === "driver");
  if (drivers.length === 0) return [];
  return [
    {
      message: `${namesOf(drivers)} loads ${soname}, which a device driver brings: no package is named for it`,
      hint: `to say so for good: shlibs = { ignore = [${JSON.stringify(soname)}] }`,
    },
  ];
}

function neighbourWarning(soname: string, links: readonly Link[]): DependencyWarning[] {
  const neighbours = links.flatMap((link) => (link.kind === "neighbour" ? [link] : []));
  const [first] = neighbours;
  if (first === undefined) return [];
  const provider = first.provider.distribution ?? first.provider.path;
  return [
    {
      message: `${namesOf(neighbours)} loads ${soname}, which only ${provider} of the environment has, and nothing says where`,
      hint: `it works where ${provider} is imported first; else install the Debian package with ${soname} here and build again`,
    },
  ];
}

function undeclaredWarning(soname: string, links: readonly Link[]): DependencyWarning[] {
  const undeclared = links.flatMap((link) =>
    link.kind === "library" && link.library.symbols === undefined && link.library.shlibs === undefined
      ? [link]
      : [],
  );
  const [first] = undeclared;
  if (first === undefined) return [];
  const { path, package: name = "" } = first.library;
  return [
    {
      message: `${namesOf(undeclared)} loads ${soname} (${path}), and ${name} says nothing about who may link with it: Depends is without a version`,
    },
  ];
}

function namesOf(links: readonly Link[]): string {
  const names = links.map(({ object }) => object.distribution ?? object.path);
  return [...new Set(names)].toSorted().join(", ");
}
