import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { compareDebianVersions } from "../deb/version.ts";
import { writeFile } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { VenvdebError } from "../errors.ts";

/** A suite of a repository, as `--previous` names it: `REPOSITORY#SUITE`. */
export interface PublishedSuite {
  /** A folder, or `s3://bucket/prefix`. */
  readonly url: string;
  readonly suite: string;
}

/** Reads `REPOSITORY#SUITE`; nothing when it is the path of a package. */
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
  const older = listed
    .filter(({ architecture }) => architecture === "all" || architecture === wanted.architecture)
    .filter(({ version }) => compareDebianVersions(version, wanted.version) < 0)
    .toSorted((a, b) => compareDebianVersions(a.version, b.version))
    .at(-1);
  if (older === undefined) return undefined;
  const bytes = (await repository.storage.read(older.filename))?.bytes;
  if (bytes === undefined || createHash("sha256").update(bytes).digest("hex") !== older.sha256)
    throw damaged(older.filename, bytes === undefined ? "it is not there" : "it is not what the suite lists");
  const path = join(folder, basename(older.filename));
  await writeFile(path, bytes);
  return path;
}

function damaged(filename: string, problem: string): VenvdebError {
  return new VenvdebError("REPO_DAMAGED", `Cannot read "${filename}" as the previous package: ${problem}`, {
    hint: "venvdeb repo verify URL",
  });
}
