import { gunzipSync, constants } from "node:zlib";
import { compareBytes } from "../../deb/byte-order.ts";
import { readData, readTar, type ReadEntry } from "../../deb/untar.ts";
import { VenvdebError } from "../../errors.ts";
import type { PackageDetails } from "./types.ts";

/** What to look for in data.tar. */
export interface DetailsWanted {
  readonly contents: boolean;
  readonly details: boolean;
}

/**
 * Reads a data.tar once, for the list of files, the newest part of the changelog and the SBOM. What is kept of them is
 * bounded by fixed limits.
 * @throws VenvdebError REPO_BAD_PACKAGE, DEB_BAD_TAR, DEB_TRUNCATED, or what `data` throws
 */
export async function readDetails(
  data: AsyncIterable<Uint8Array>,
  name: string,
  wanted: DetailsWanted,
): Promise<PackageDetails> {
  const files: string[] = [];
  let kept = 0;
  let changelog = "";
  let sbom = "";
  for await (const entry of readTar(data)) {
    if (entry.kind === "directory") continue;
    if (wanted.contents) {
      kept += entry.path.length + 16;
      if (kept > PATHS_LIMIT) throw badPackage(`its paths take more than ${PATHS_LIMIT} bytes`);
      files.push(entry.path);
    }
    if (!wanted.details || entry.kind !== "file") continue;
    if (CHANGELOGS.some((base) => entry.path === `${documents(name)}${base}`))
      changelog = await readChangelog(entry);
    else if (sbom === "" && isSbom(entry, name)) sbom = await readSbom(entry);
  }
  return {
    ...(wanted.contents ? { files: files.toSorted(compareBytes) } : {}),
    ...(wanted.details ? { changelog, sbom } : {}),
  };
}

const PATHS_LIMIT = 64 * 1024 * 1024;
const SBOM_LIMIT = 16 * 1024 * 1024;

/** Policy 12.7: native packages have the second. */
const CHANGELOGS = ["changelog.Debian.gz", "changelog.gz"];
const CHANGELOG_STORED = 16 * 1024;
const CHANGELOG_HEAD = 8 * 1024;

function documents(name: string): string {
  return `usr/share/doc/${name}/`;
}

/** Of a long changelog only the beginning is unpacked, which is the newest. */
async function readChangelog(entry: ReadEntry): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of entry.data()) {
    pieces.push(piece);
    size += piece.length;
    if (size >= CHANGELOG_STORED) break;
  }
  try {
    const head = Buffer.concat(pieces).subarray(0, CHANGELOG_STORED);
    return newestEntries(gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }).toString());
  } catch {
    return "";
  }
}

/** Whole entries, as many as fit; each ends in the line of who made it (deb-changelog(5)). */
function newestEntries(text: string): string {
  // oxlint-disable-next-line no-control-regex
  const clean = text.slice(0, CHANGELOG_HEAD).replaceAll(/[\0-\u0008\u000b-\u001f\u007f-\u009f\ufffd]/g, "");
  const end = clean.lastIndexOf("\n -- ");
  const line = clean.indexOf("\n", end + 1);
  return (end === -1 || line === -1 ? clean : clean.slice(0, line)).trim();
}

function isSbom({ path, size }: ReadEntry, name: string): boolean {
  return (
    path.startsWith(documents(name)) &&
    path.endsWith(".cdx.json") &&
    !path.slice(documents(name).length).includes("/") &&
    size <= SBOM_LIMIT
  );
}

/** Only what is JSON: it is served as such. */
async function readSbom(entry: ReadEntry): Promise<string> {
  const text = Buffer.from(await readData(entry, SBOM_LIMIT)).toString();
  try {
    JSON.parse(text);
    return text;
  } catch {
    return "";
  }
}

function badPackage(problem: string): VenvdebError {
  return new VenvdebError("REPO_BAD_PACKAGE", problem);
}
