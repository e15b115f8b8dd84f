import { basename, join } from "node:path";
import { compareDebianVersions } from "../deb/version.ts";
import type { Host } from "../effects/host.ts";
import { VenvdebError } from "../errors.ts";
import type { ListedPackage } from "../repository/operations/list.ts";
import type { Storage } from "../repository/storage/types.ts";

/** A suite of a repository, as `--previous` names it: `REPOSITORY#SUITE`. */
export interface PublishedSuite {
  /** A folder, or `s3://bucket/prefix`. */
  readonly url: string;
  readonly suite: string;
}

/** Reads `REPOSITORY#SUITE`; nothing when it is the path of a file. */
export function parsePublishedSuite(text: string): PublishedSuite | undefined {
  const [, url, suite] = /^(.+)#([^#/]+)$/.exec(text) ?? [];
  return url === undefined || suite === undefined || suite.endsWith(".deb") ? undefined : { url, suite };
}

/**
 * Brings the newest package that a suite lists of this name, older than this version, into a folder.
 * @returns its path; nothing when the suite lists none
 * @throws VenvdebError REPO_MISSING, REPO_NO_SUITE, REPO_DAMAGED, and what `openStorage` throws
 */
export async function fetchPublished(
  { url, suite }: PublishedSuite,
  wanted: { readonly name: string; readonly version: string; readonly architecture: string },
  { folder, host }: { readonly folder: string; readonly host: Host },
): Promise<string | undefined> {
  const [{ openRepository }, { listPackages }] = await Promise.all([
    import("../repository/open.ts"),
    import("../repository/operations/list.ts"),
  ]);
  const repository = await openRepository(url, host);
  const listed = await listPackages(repository, { target: suite, name: wanted.name, allVersions: true });
  const older = newestBefore(listed, wanted);
  return older === undefined ? undefined : await fetchListed(repository.storage, older, folder);
}

/** The newest of some packages that machines of an architecture install, older than a version where one is given. */
export function newestBefore(
  listed: readonly ListedPackage[],
  wanted: { readonly version?: string; readonly architecture: string },
): ListedPackage | undefined {
  return listed
    .filter(({ architecture }) => architecture === "all" || architecture === wanted.architecture)
    .filter(
      ({ version }) => wanted.version === undefined || compareDebianVersions(version, wanted.version) < 0,
    )
    .toSorted((a, b) => compareDebianVersions(a.version, b.version))
    .at(-1);
}

/**
 * Brings a package that a suite lists into a folder, and holds it against size and SHA-256 of the index.
 * @throws VenvdebError REPO_DAMAGED, and what storage throws
 */
export async function fetchListed(storage: Storage, listed: ListedPackage, folder: string): Promise<string> {
  const { filename } = listed;
  const path = join(folder, basename(filename));
  const { download } = await import("../repository/download.ts");
  const isWhole = await download(storage, filename, path, listed).catch((error: unknown) => {
    if (error instanceof VenvdebError && error.code === "REPO_OBJECT_MISSING")
      throw damaged(filename, "it is not there");
    throw error;
  });
  if (!isWhole) throw damaged(filename, "it is not what the suite lists");
  return path;
}

function damaged(filename: string, problem: string): VenvdebError {
  return new VenvdebError("REPO_DAMAGED", `Cannot read "${filename}" as the previous package: ${problem}`, {
    hint: "venvdeb repo verify URL",
  });
}
