import pLimit from "p-limit";
import type { Storage } from "../storage/types.ts";
import type { IndexedPackage, RepositorySettings } from "../types.ts";
import { readManifest, writeManifest, type PageManifest } from "./manifest.ts";
import { INDEX_PAGE } from "./paths.ts";
import { planPages } from "./plan.ts";
import type { ClientGuide, PackageNotes, PageSuite, PlannedPage } from "./types.ts";

/** Where the site's texts come from. */
export interface SiteSources {
  readonly guides: readonly ClientGuide[];
  /** Which releases clients get now: another text when a suite was published since. */
  releases(): Promise<string>;
  suites(): Promise<readonly PageSuite[]>;
  /** What the repository keeps of a package. */
  record(sha256: string): Promise<SiteRecord | undefined>;
}

/** An empty changelog or SBOM: it has none. */
interface SiteRecord extends PackageNotes {
  readonly added: string;
}

export interface PublishedSite {
  /** Paths. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Brings the web pages of a repository up to what is published, writing only what changed. When a suite is published
 * meanwhile, the pages are made again, so that a late writer leaves no old ones.
 */
export async function publishSite(
  repository: { readonly storage: Storage; readonly settings: RepositorySettings },
  sources: SiteSources,
): Promise<PublishedSite> {
  return await repository.storage.exclusively(async () => {
    let site: PublishedSite = { written: [], removed: [] };
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const releases = await sources.releases();
      site = joinSites(site, await writeSite(repository, sources));
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

async function writeSite(
  { storage, settings }: { readonly storage: Storage; readonly settings: RepositorySettings },
  sources: SiteSources,
): Promise<PublishedSite> {
  const [manifest, suites] = await Promise.all([readManifest(storage), sources.suites()]);
  const packages = suites.flatMap((suite) => suite.packages);
  const added = await readAdded(packages, manifest, storage, sources);
  const pages = planPages({ settings, suites, guides: sources.guides, added });
  const written = await writeChanged(pages, manifest, storage, sources);
  const keys = Object.fromEntries(pages.map(({ path, key }) => [path, key]));
  const removed = Object.keys(manifest.pages).filter((path) => !Object.hasOwn(keys, path));
  for (const path of removed) await storage.remove(path);
  const dates = Object.fromEntries([...added].map(([sha256, date]) => [sha256, date.toISOString()]));
  const isOld = written.length + removed.length > 0 || Object.keys(manifest.added).length !== added.size;
  if (isOld) await writeManifest(storage, { format: 1, pages: keys, added: dates }, manifest.version);
  return { written, removed };
}

/** From the manifest, else from the record of the package, else by the time of its file. */
async function readAdded(
  packages: readonly IndexedPackage[],
  { added }: PageManifest,
  storage: Storage,
  sources: SiteSources,
): Promise<Map<string, Date>> {
  const dates = new Map<string, Date>();
  const fresh = new Map<string, IndexedPackage>();
  for (const one of packages) {
    const known = Object.hasOwn(added, one.sha256) ? added[one.sha256] : undefined;
    if (known === undefined) fresh.set(one.sha256, one);
    else if (!dates.has(one.sha256)) dates.set(one.sha256, new Date(known));
  }
  await pLimit(AT_ONCE).map([...fresh.values()], async ({ sha256, filename }) => {
    const time = (await sources.record(sha256))?.added ?? (await storage.stat(filename))?.modified;
    if (time !== undefined) dates.set(sha256, new Date(time));
  });
  return dates;
}

/** The first page is written after those that it links to. */
async function writeChanged(
  pages: readonly PlannedPage[],
  manifest: PageManifest,
  storage: Storage,
  sources: SiteSources,
): Promise<readonly string[]> {
  const changed = pages.filter(
    ({ path, key }) => !Object.hasOwn(manifest.pages, path) || manifest.pages[path] !== key,
  );
  const write = async (page: PlannedPage): Promise<void> => {
    const notes = await readNotes(page, sources);
    await storage.write(page.path, Buffer.from(page.render(notes)));
  };
  const first = changed.filter(({ path }) => path === INDEX_PAGE);
  await pLimit(AT_ONCE).map(
    changed.filter(({ path }) => path !== INDEX_PAGE),
    write,
  );
  for (const page of first) await write(page);
  return changed.map(({ path }) => path);
}

async function readNotes(
  { needs }: PlannedPage,
  sources: SiteSources,
): Promise<ReadonlyMap<string, PackageNotes>> {
  const notes = new Map<string, PackageNotes>();
  for (const sha256 of new Set(needs)) {
    const record = await sources.record(sha256);
    if (record !== undefined)
      notes.set(sha256, {
        ...(record.changelog === undefined ? {} : { changelog: record.changelog }),
        ...(record.sbom === undefined || record.sbom === "" ? {} : { sbom: record.sbom }),
      });
  }
  return notes;
}

const AT_ONCE = 16;
