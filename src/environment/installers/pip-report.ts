import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { VenvdebError } from "../../errors.ts";
import type { LockedDistribution } from "../../plan/types.ts";
import { normalizeName } from "../../python/normalize-name.ts";
import { isTable, valueOf } from "../../toml.ts";

/**
 * Reads the report of `pip install --dry-run --report` (pip, "Installation Report", version 1).
 * @throws VenvdebError INSTALL_RESOLVE_FAILED
 */
export function parsePipReport(report: string): LockedDistribution[] {
  const install = valueOf(parseJson(report), "install");
  return (Array.isArray(install) ? install : []).flatMap(readItem);
}

function parseJson(report: string): unknown {
  try {
    return JSON.parse(report);
  } catch (cause) {
    throw new VenvdebError(
      "INSTALL_RESOLVE_FAILED",
      "Cannot read pip's report: it is no JSON (wanted: pip 22.3 or newer)",
      {
        cause,
      },
    );
  }
}

function readItem(item: unknown): LockedDistribution[] {
  const metadata = valueOf(item, "metadata");
  const [name, version] = [valueOf(metadata, "name"), valueOf(metadata, "version")];
  if (typeof name !== "string") return [];
  const source = readSource(valueOf(item, "download_info"), valueOf(item, "is_direct") === true);
  return [{ name: normalizeName(name), ...(typeof version === "string" ? { version } : {}), source }];
}

function readSource(info: unknown, isDirect: boolean): LockedDistribution["source"] {
  const url = text(info, "url") ?? "";
  const subdirectory = text(info, "subdirectory");
  const inside = subdirectory === undefined ? {} : { subdirectory };
  const vcs = valueOf(info, "vcs_info");
  if (isTable(valueOf(info, "dir_info"))) return { kind: "directory", path: fileURLToPath(url) };
  if (isTable(vcs)) {
    const type = text(vcs, "vcs");
    const kind = type === "hg" || type === "svn" || type === "bzr" ? type : "git";
    return { kind: "vcs", vcs: kind, url, commit: text(vcs, "commit_id") ?? "", ...inside };
  }
  const hashes = readHashes(valueOf(info, "archive_info"));
  const sha256 = hashes["sha256"];
  if (isDirect) return { kind: "url", url, ...(sha256 === undefined ? {} : { sha256 }), ...inside };
  const isLocal = url.startsWith("file:");
  const filename = decodeURIComponent(basename(URL.canParse(url) ? new URL(url).pathname : url));
  const place = isLocal ? { path: fileURLToPath(url) } : { url };
  return { kind: "index", files: [{ filename, hashes, ...place }] };
}

/** `hashes` since pip 23.1; before it only `hash`, as `sha256=…`. */
function readHashes(archive: unknown): Record<string, string> {
  const hashes = valueOf(archive, "hashes");
  if (isTable(hashes))
    return Object.fromEntries(Object.entries(hashes).map(([key, value]) => [key, String(value)]));
  const [algorithm = "", digest = ""] = (text(archive, "hash") ?? "").split("=");
  return digest === "" ? {} : { [algorithm]: digest };
}

function text(table: unknown, key: string): string | undefined {
  const value = valueOf(table, key);
  return typeof value === "string" ? value : undefined;
}
