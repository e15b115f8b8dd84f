import { compareDebianVersions } from "../../deb/version.ts";
import type { OpenRepository } from "../publish.ts";
import type { IndexedPackage } from "../types.ts";
import { indexNames, parseTarget, type Target } from "./targets.ts";
import { viewSuite } from "./views.ts";

export interface ListOptions {
  /** `SUITE` or `SUITE/COMPONENT`; nothing: all. */
  readonly target?: string;
  /** With `*` and `?`. */
  readonly name?: string;
  readonly architecture?: string;
  readonly component?: string;
  /** Not the newest of each package alone. */
  readonly allVersions?: boolean;
}

export interface ListedPackage {
  readonly suite: string;
  readonly component: string;
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Bytes. */
  readonly size: number;
  readonly filename: string;
  readonly sha256: string;
  /** Of the machines, in percent; nothing: all. */
  readonly phased?: number;
}

/**
 * Tells what the suites list, each package once for each component.
 * @throws VenvdebError REPO_NO_SUITE, REPO_NO_COMPONENT, REPO_DAMAGED
 */
export async function listPackages(
  repository: OpenRepository,
  options: ListOptions = {},
): Promise<ListedPackage[]> {
  const { settings } = repository;
  const targets =
    options.target === undefined
      ? settings.suites.map((suite): Target => ({ suite, component: undefined }))
      : [parseTarget(settings, options.target)];
  const all = await Promise.all(targets.map(async (target) => listTarget(repository, target, options)));
  return all.flat();
}

async function listTarget(
  repository: OpenRepository,
  target: Target,
  options: ListOptions,
): Promise<ListedPackage[]> {
  const view = await viewSuite(repository, target.suite);
  const found = new Map<string, ListedPackage>();
  const isWanted = filterOf(options);
  for (const { component, architecture } of indexNames(repository.settings, target)) {
    if (options.component !== undefined && options.component !== component) continue;
    for (const listed of (await view.index(component, architecture)).packages())
      if (isWanted(listed)) found.set(`${component} ${listed.filename}`, describe(target, component, listed));
  }
  const ordered = [...found.values()].sort(comparePackages);
  return options.allVersions === true ? ordered : newestOf(ordered);
}

function filterOf({ name, architecture }: ListOptions): (listed: IndexedPackage) => boolean {
  const pattern = name === undefined ? undefined : globPattern(name);
  return (listed) =>
    (pattern === undefined || pattern.test(listed.name)) &&
    (architecture === undefined || listed.architecture === architecture);
}

/** Stars in a row are one, so that no name takes long to match. */
function globPattern(glob: string): RegExp {
  const parts = glob.replaceAll(/\*+/g, "*").split(/([*?])/);
  const source = parts.map((part) => (part === "*" ? ".*" : part === "?" ? "." : escapePattern(part)));
  return new RegExp(`^${source.join("")}$`);
}

function escapePattern(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

function describe({ suite }: Target, component: string, listed: IndexedPackage): ListedPackage {
  const { name, version, architecture, size, filename, sha256, stanza } = listed;
  const phased = /^Phased-Update-Percentage: (\d+)$/m.exec(stanza)?.[1];
  return {
    suite: suite.name,
    component,
    name,
    version,
    architecture,
    size,
    filename,
    sha256,
    ...(phased === undefined ? {} : { phased: Number(phased) }),
  };
}

function comparePackages(a: ListedPackage, b: ListedPackage): number {
  return (
    compareText(a.name, b.name) ||
    compareDebianVersions(a.version, b.version) ||
    compareText(a.architecture, b.architecture)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Of a component, a name and an architecture; they come in the order of versions. */
function newestOf(ordered: readonly ListedPackage[]): ListedPackage[] {
  const newest = new Map(
    ordered.map((each) => [`${each.component} ${each.name} ${each.architecture}`, each] as const),
  );
  return ordered.filter((each) => newest.get(`${each.component} ${each.name} ${each.architecture}`) === each);
}
