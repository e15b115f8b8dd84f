import { resolve } from "node:path";
import type { Key, Problem } from "../../config/problem.ts";
import type { RawFleet, RawSource } from "./schema.ts";
import type { VersionControlKind } from "../../vcs/types.ts";
import type { Fleet, RefRule, SourceSettings } from "./types.ts";

/** Fills in the defaults and makes paths absolute; what the form alone does not show to be wrong is told. */
export function normalizeFleet(
  raw: RawFleet,
  place: { readonly file: string; readonly folder: string },
): { readonly fleet: Fleet } | { readonly problems: readonly Problem[] } {
  const problems = raw.source.flatMap((source, index) =>
    problemsOfSource({ ...raw.defaults, ...source }, index),
  );
  const sources = raw.source.map((source) => normalizeSource({ ...raw.defaults, ...source }, place.folder));
  const all = [...problems, ...repeatedNames(sources)];
  if (all.length > 0) return { problems: all };
  const { url, retention } = raw.repository;
  return {
    fleet: {
      file: place.file,
      repository: { url: absolute(url, place.folder), ...(retention === undefined ? {} : { retention }) },
      build: normalizeBuild(raw.build, place.folder),
      sources,
    },
  };
}

function normalizeBuild(raw: RawFleet["build"], folder: string): Fleet["build"] {
  const { sandbox = "auto", minutes = 120, memory = 4096, disk = 20_480, processes = 2048 } = raw ?? {};
  const sharedCache = raw?.["shared-cache"];
  return {
    sandbox,
    limits: { seconds: minutes * 60, memory: memory * 2 ** 20, disk: disk * 2 ** 20, processes },
    ...(sharedCache === undefined ? {} : { sharedCache: absolute(sharedCache, folder) }),
  };
}

const KINDS = ["git", "hg", "svn"] as const;

function problemsOfSource(source: RawSource, index: number): Problem[] {
  const at = (key: Key | undefined, message: string): Problem => ({
    path: ["source", index, ...(key === undefined ? [] : [key])],
    atKey: false,
    message,
  });
  const kinds = KINDS.filter((kind) => source[kind] !== undefined);
  const rules = Object.keys(source.branches ?? {}).length + Object.keys(source.tags ?? {}).length;
  return [
    ...(kinds.length === 0 ? [at(undefined, "no repository, wanted git, hg or svn")] : []),
    ...kinds
      .slice(1)
      .map((kind) => at(kind, `wanted one of git, hg and svn, and "${kinds[0]}" is given too`)),
    ...(rules === 0
      ? [at(undefined, 'nothing is built, wanted branches = { main = "testing" } or tags')]
      : []),
    ...releaseProblems(source, at),
  ];
}

/** Two files cannot have one name, version and architecture, in whatever suites of a repository they are. */
function releaseProblems(
  { targets = [], revision = "1" }: RawSource,
  at: (key: Key, message: string) => Problem,
): Problem[] {
  const releases = new Set(targets.map((target) => target.split("/")[0]));
  if (releases.size < 2 || revision.includes("{codename}")) return [];
  return [
    at(
      "revision",
      `"${revision}" is the same for ${[...releases].join(" and ")}, wanted {codename} in it, such as "1~{codename}"`,
    ),
  ];
}

function normalizeSource(raw: RawSource, folder: string): SourceSettings {
  const kind: VersionControlKind = KINDS.find((each) => raw[each] !== undefined) ?? "git";
  const url = absolute(raw[kind] ?? "", folder);
  const path = raw.path
    ?.split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
  const hasPath = path !== undefined && path !== "";
  return {
    name: raw.name ?? defaultName(url, hasPath ? path : undefined),
    kind,
    url,
    ...(hasPath ? { path } : {}),
    ...(raw["version-tags"] === undefined ? {} : { versionTags: raw["version-tags"] }),
    ...(raw.submodules === undefined ? {} : { submodules: raw.submodules }),
    targets: raw.targets ?? [],
    branches: rulesOf(raw.branches),
    tags: rulesOf(raw.tags),
    newestTags: raw["newest-tags"] ?? 1,
    version: raw.version ?? "history",
    revision: raw.revision ?? "1",
    ...(raw["build-network"] === undefined ? {} : { buildNetwork: raw["build-network"] }),
    ...(raw.compression === undefined ? {} : { compression: raw.compression }),
  };
}

function rulesOf(table: Readonly<Record<string, string>> = {}): RefRule[] {
  return Object.entries(table).map(([pattern, suite]) => ({ pattern, suite }));
}

/** What has a scheme, or is `user@host:path`, is no path of this machine. */
function absolute(url: string, folder: string): string {
  return /^[a-z][a-z0-9+]*:\/\//i.test(url) || /^[^/\s]+@[^/\s]+:/.test(url) ? url : resolve(folder, url);
}

function defaultName(url: string, path: string | undefined): string {
  const name = lastPart(url).replace(/\.git$/, "");
  return (path === undefined ? name : `${name}-${lastPart(path)}`).replaceAll(/[^A-Za-z0-9._-]/g, "-");
}

function lastPart(text: string): string {
  return text.replace(/\/+$/, "").split(/[/:]/).at(-1) ?? "";
}

function repeatedNames(sources: readonly SourceSettings[]): Problem[] {
  return sources.flatMap(({ name }, index) =>
    sources.findIndex((other) => other.name === name) === index
      ? []
      : [
          {
            path: ["source", index, "name"],
            atKey: false,
            message: `"${name}" is the name of another source too, wanted a name of its own`,
          },
        ],
  );
}
