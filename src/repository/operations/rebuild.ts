import { join } from "node:path";
import { writeFile } from "../../effects/fs.ts";
import { withTempDir } from "../../effects/temp-dir.ts";
import { VenvdebError } from "../../errors.ts";
import { admitPackages } from "../admission/admit.ts";
import { toIndexedPackage } from "../admission/index-stanza.ts";
import { history, historyFolder, parseHead, readHead, suiteFolder, type Head } from "../heads.ts";
import { writeRecord } from "../package-record.ts";
import { parsePoolPath } from "../pool-path.ts";
import { publishSuite, type OpenRepository, type PublishOptions } from "../publish.ts";
import type { IndexedPackage, Published, Suite } from "../types.ts";
import { assembleEdits } from "./edits.ts";
import { architecturesFor, findSuite, indexNames } from "./targets.ts";
import { listedIn, viewRelease, type Listed } from "./views.ts";

export interface RebuildOptions extends PublishOptions {
  /** Puts every package of the pool there; nothing: each where the last release that can be read lists it. */
  readonly suite?: string;
  readonly onRead?: (done: number, total: number) => void;
}

/**
 * Makes the indexes of the suites anew from the packages in the pool, which are all read again: for a repository whose
 * indexes or releases were lost or damaged. The settings stay.
 * @throws VenvdebError REPO_NO_SUITE, REPO_NOTHING_KNOWN, and what `admitPackages` and `publishSuite` throw
 */
export async function rebuildRepository(
  repository: OpenRepository,
  options: RebuildOptions,
): Promise<readonly Published[]> {
  const { settings } = repository;
  const suites = options.suite === undefined ? settings.suites : [findSuite(settings, options.suite)];
  const pool = await readPool(repository, options);
  const published: Published[] = [];
  for (const suite of suites) {
    const former = options.suite === undefined ? await membersOf(repository, suite) : undefined;
    if (options.suite === undefined && former === undefined) continue;
    const members = pool.filter(({ filename }) => former === undefined || former.has(filename));
    const wanted = members.flatMap((listed) =>
      placesOf(repository, suite, listed, former?.get(listed.filename)),
    );
    if (options.dryRun !== true) await dropUnreadable(repository, suite);
    published.push(await replaceAll(repository, suite, wanted, options));
  }
  if (published.length > 0) return published;
  throw new VenvdebError(
    "REPO_NOTHING_KNOWN",
    "Cannot rebuild the repository: no release of it can be read, so nobody knows which suite has which package",
    { hint: "venvdeb repo rebuild URL --suite NAME   (puts all of the pool there)" },
  );
}

async function readPool(
  { storage, settings }: OpenRepository,
  { dryRun, onRead }: RebuildOptions,
): Promise<IndexedPackage[]> {
  const paths: string[] = [];
  for await (const { path } of storage.list("pool/")) if (parsePoolPath(path) !== undefined) paths.push(path);
  const packages: IndexedPackage[] = [];
  for (const path of paths) {
    packages.push(await readOne(path));
    onRead?.(packages.length, paths.length);
  }
  return packages;

  async function readOne(path: string): Promise<IndexedPackage> {
    return withTempDir(async (folder) => {
      const file = join(folder, "package.deb");
      await writeFile(file, storage.stream(path));
      const [admitted] = await admitPackages([file], { jobs: 1, contents: settings.contents, details: true });
      if (admitted === undefined) throw new Error(`Nothing was read of ${path}`);
      const added = (await storage.stat(path))?.modified ?? (await storage.now());
      if (dryRun !== true) await writeRecord(storage, admitted, { path, added });
      return toIndexedPackage(admitted, { filename: path });
    });
  }
}

/** The stanzas of a suite by the path of their files, in each component; nothing when no release can be read. */
async function membersOf(
  repository: OpenRepository,
  suite: Suite,
): Promise<Map<string, readonly Listed[]> | undefined> {
  for await (const release of readableReleases(repository, suite)) {
    try {
      const view = viewRelease(repository, suite, release);
      const members = new Map<string, Listed[]>();
      for (const each of await listedIn(repository, { suite, component: undefined }, view))
        members.set(each.listed.filename, [...(members.get(each.listed.filename) ?? []), each]);
      return members;
    } catch (error) {
      if (!(error instanceof VenvdebError)) throw error;
    }
  }
  return undefined;
}

/** From the head where it can be read, else from whatever is kept, the newest first. */
async function* readableReleases({ storage, settings }: OpenRepository, suite: Suite): AsyncGenerator<Head> {
  const head = await readHead(storage, settings, suite).catch(ignoreDamage);
  if (head !== undefined) {
    yield* history(storage, suite, head);
    return;
  }
  const paths: string[] = [];
  for await (const { path } of storage.list(historyFolder(suite))) paths.push(path);
  for (const path of paths.toReversed()) {
    const stored = await storage.read(path);
    try {
      if (stored !== undefined) yield parseHead(suite, stored.bytes, path);
    } catch (error) {
      ignoreDamage(error);
    }
  }
}

function ignoreDamage(error: unknown): undefined {
  if (!(error instanceof VenvdebError)) throw error;
}

/** As it was listed, or in the component of its path. Its phase stays. */
function placesOf(
  { settings }: OpenRepository,
  suite: Suite,
  listed: IndexedPackage,
  former: readonly Listed[] | undefined,
): Listed[] {
  const same = former?.filter((each) => each.listed.sha256 === listed.sha256) ?? [];
  if (same.length > 0) return [...same];
  const component = parsePoolPath(listed.filename)?.component ?? "main";
  const known =
    settings.layout === "flat" ? suite.components[0] : suite.components.find((each) => each === component);
  if (known === undefined) return [];
  return architecturesFor(suite, listed).map((architecture) => ({
    index: { component: known, architecture },
    listed,
  }));
}

/** A head that cannot be read, or whose indexes cannot, cannot be followed either. */
async function dropUnreadable(repository: OpenRepository, suite: Suite): Promise<void> {
  const { storage, settings } = repository;
  const isReadable = await readHead(storage, settings, suite)
    .then(async (head) => {
      const view = viewRelease(repository, suite, head);
      return listedIn(repository, { suite, component: undefined }, view);
    })
    .then(
      () => true,
      (error: unknown) => ignoreDamage(error) ?? false,
    );
  if (!isReadable) await storage.remove(`${suiteFolder(settings, suite)}InRelease`);
}

async function replaceAll(
  repository: OpenRepository,
  suite: Suite,
  wanted: readonly Listed[],
  options: RebuildOptions,
): Promise<Published> {
  return publishSuite(
    repository,
    suite,
    async (view) => {
      const there: Listed[] = [];
      for (const index of indexNames(repository.settings, { suite, component: undefined }))
        for (const listed of (await view.index(index.component, index.architecture)).packages())
          there.push({ index, listed });
      const keys = new Set(wanted.map(keyOf));
      return assembleEdits(
        wanted,
        there.filter((each) => !keys.has(keyOf(each))),
      );
    },
    { ...options, acceptHead: true },
  );
}

function keyOf({ index, listed }: Listed): string {
  return `${index.component} ${index.architecture} ${listed.filename} ${listed.sha256}`;
}
