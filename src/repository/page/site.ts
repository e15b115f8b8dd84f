import pLimit from "p-limit";
import type { RepositorySettings } from "../types.ts";
import type { Storage } from "../storage/types.ts";
import { changedNames, type FormerReader } from "./changes.ts";
import { readManifest, writeManifest, type ManifestSuite, type PageManifest } from "./manifest.ts";
import { formOfPages, planOverview } from "./overview.ts";
import { INDEX_PAGE, packagePage } from "./paths.ts";
import type { SuiteRows } from "./rows.ts";
import { writePackages, type Changes } from "./site-packages.ts";
import type { ClientGuide, PlannedPage, SiteRecord, SiteSuite } from "./types.ts";

/** Where the site's texts come from. */
export interface SiteSources {
  readonly guides: readonly ClientGuide[];
  /** Which releases clients get now: another text when a suite was published since. */
  releases(): Promise<string>;
  suites(): Promise<readonly SiteSuite[]>;
  former: FormerReader;
  /** What the repository keeps of a package. */
  readonly record: (sha256: string) => Promise<SiteRecord | undefined>;
}

export interface PublishedSite {
  /** Paths. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Brings the web pages of a repository up to what is published: what changed since they were last written costs, not
 * what there is. When a suite is published meanwhile, the pages are made again, so that a late writer leaves no old ones.
 */
export async function publishSite(
  repository: { readonly storage: Storage; readonly settings: RepositorySettings },
  sources: SiteSources,
): Promise<PublishedSite> {
  return await repository.storage.exclusively(async () => {
    let site: PublishedSite = { written: [], removed: [] };
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const releases = await sources.releases();
      site = joinSites(site, await writeSite({ ...repository, sources }));
      if ((await sources.releases()) === releases) break;
    }
    return site;
  });
}

/** What is published in the last of them makes the pages for itself. */
const MOST_ROUNDS = 5;

function joinSites(a: PublishedSite, b: PublishedSite): PublishedSite {
  return {
    written: [...new Set([...a.written, ...b.written])],
    removed: [...new Set([...a.removed, ...b.removed])],
  };
}

interface Site {
  readonly storage: Storage;
  readonly settings: RepositorySettings;
  readonly sources: SiteSources;
}

async function writeSite(site: Site): Promise<PublishedSite> {
  const { storage, settings, sources } = site;
  const [{ manifest, version }, suites] = await Promise.all([readManifest(storage), sources.suites()]);
  const form = formOfPages({ settings, guides: sources.guides });
  const changes = manifest?.form === form ? await findChanges(suites, manifest, sources) : undefined;
  const known = manifest?.suites ?? [];
  const packages = await writePackages({ ...site, record: sources.record }, { suites, known, changes });
  const files = manifest?.files ?? {};
  const planned = planOverview({ settings, guides: sources.guides }, packages.rows, (path, suite, prefix) =>
    mayDiffer(changes?.get(suite), prefix) ? undefined : files[path],
  );
  const overview = await writeFiles(storage, planned, changes === undefined ? {} : files);
  const removed = [...packages.gone.map(packagePage), ...goneFiles(files, planned)];
  for (const path of removed) await storage.remove(path);
  const written = [...packages.written, ...overview];
  const next = { form, files: keysOf(planned), suites: stateOf(suites, packages.rows) };
  const isOld = written.length + removed.length > 0 || releasesOf(known) !== releasesOf(next.suites);
  if (isOld) await writeManifest(storage, next, version);
  return { written, removed };
}

async function findChanges(
  suites: readonly SiteSuite[],
  manifest: PageManifest,
  { former }: SiteSources,
): Promise<Changes | undefined> {
  if (!haveSameOrder(suites, manifest.suites)) return undefined;
  const changes = new Map<string, ReadonlySet<string>>();
  for (const suite of suites) {
    const known = manifest.suites.find(({ name }) => name === suite.suite.name);
    const names = await changedNames(suite, known, former);
    if (names === undefined) return undefined;
    changes.set(suite.suite.name, names);
  }
  for (const { name, rows } of manifest.suites)
    if (!changes.has(name)) changes.set(name, new Set(rows.map((row) => row.name)));
  return changes;
}

/** Whether a name that begins so changed; all may have where nothing is known. */
function mayDiffer(changed: ReadonlySet<string> | undefined, prefix: string): boolean {
  if (changed === undefined) return true;
  for (const name of changed) if (name.startsWith(prefix)) return true;
  return false;
}

/** The suites that both have: pages of packages name them in their order. */
function haveSameOrder(suites: readonly SiteSuite[], known: readonly ManifestSuite[]): boolean {
  const now = suites.map(({ suite }) => suite.name);
  const before = known.map(({ name }) => name);
  return JSON.stringify(commonOf(now, before)) === JSON.stringify(commonOf(before, now));
}

function commonOf(names: readonly string[], others: readonly string[]): string[] {
  return names.filter((name) => others.includes(name));
}

/** The first page is written after those that it links to. */
async function writeFiles(
  storage: Storage,
  planned: readonly PlannedPage[],
  known: PageManifest["files"],
): Promise<string[]> {
  const changed = planned.filter(({ path, key }) => !Object.hasOwn(known, path) || known[path] !== key);
  const write = async ({ path, render }: PlannedPage): Promise<void> =>
    storage.write(path, Buffer.from(render()));
  await pLimit(AT_ONCE).map(
    changed.filter(({ path }) => path !== INDEX_PAGE),
    write,
  );
  for (const page of changed) if (page.path === INDEX_PAGE) await write(page);
  return changed.map(({ path }) => path);
}

const AT_ONCE = 16;

function goneFiles(known: PageManifest["files"], planned: readonly PlannedPage[]): string[] {
  const paths = new Set(planned.map(({ path }) => path));
  return Object.keys(known).filter((path) => !paths.has(path));
}

function keysOf(planned: readonly PlannedPage[]): PageManifest["files"] {
  return Object.fromEntries(planned.map(({ path, key }) => [path, key]));
}

function stateOf(suites: readonly SiteSuite[], listed: readonly SuiteRows[]): ManifestSuite[] {
  return suites.map(({ suite, release, indexes }, place) => ({
    name: suite.name,
    release,
    indexes: Object.fromEntries(indexes.map(({ path, sha256 }) => [path, sha256])),
    rows: listed[place]?.rows ?? [],
  }));
}

function releasesOf(suites: readonly ManifestSuite[]): string {
  return JSON.stringify(suites.map(({ name, release, indexes }) => [name, release, indexes]));
}
