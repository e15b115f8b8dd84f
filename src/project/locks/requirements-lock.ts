import { fileURLToPath } from "node:url";
import { redactSecrets } from "../../effects/redact.ts";
import { VenvdebError } from "../../errors.ts";
import type { LockedDistribution } from "../../plan/types.ts";
import { parseWheelFilename } from "../../python/wheel.ts";
import { normalizeName } from "../../python/normalize-name.ts";
import { evaluateMarker } from "../../python/marker.ts";
import type { RequirementLine } from "../requirement-line.ts";
import type { RequirementsFile } from "../requirements-txt.ts";
import { onePerName } from "./errors.ts";
import { filenameOf, lockedFile, optional } from "./fields.ts";
import type { LockTarget } from "./types.ts";

/**
 * What a requirements file that pins everything by version and hash says is installed for a target. It does not say
 * where the files are: those of an index have a digest each, and no URL and an empty name.
 * @throws VenvdebError LOCK_NOT_PINNED, LOCK_AMBIGUOUS, PYTHON_BAD_MARKER
 */
export function lockedFromRequirementsTxt(
  parsed: RequirementsFile,
  target: LockTarget,
): readonly LockedDistribution[] {
  const wanted = parsed.requirements.filter(
    ({ requirement }) =>
      requirement?.marker === undefined || evaluateMarker(requirement.marker, target.python.markers),
  );
  const { indexUrl, extraIndexUrls, findLinks } = parsed.options;
  const index = extraIndexUrls.length + findLinks.length === 0 ? indexUrl : undefined;
  return onePerName(
    parsed.requirements[0]?.file ?? "",
    wanted.map((line) => readLine(line, index)),
  );
}

function readLine(line: RequirementLine, index: string | undefined): LockedDistribution {
  const { requirement, path } = line;
  const url = requirement?.url ?? line.url;
  if (path !== undefined) return fromPath(line, path);
  if (url !== undefined) return fromUrl(line, url);
  const [, version] = /^===?([^,*]+)$/.exec(requirement?.specifier ?? "") ?? [];
  if (requirement === undefined || version === undefined || line.hashes.length === 0) throw notPinned(line);
  const files = line.hashes.map((hash) => ({ filename: "", hashes: digests([hash]) }));
  return { name: requirement.name, version, source: { kind: "index", ...optional("index", index), files } };
}

function digests(hashes: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(hashes.map((hash) => hash.split(":", 2)));
}

function fromPath(line: RequirementLine, path: string): LockedDistribution {
  const filename = filenameOf(path);
  const name = line.requirement?.name ?? archiveName(filename);
  if (name === undefined) throw notPinned(line);
  const isArchive = /\.(?:whl|zip|tar\.[a-z0-9]+|tgz)$/i.test(filename);
  if (!isArchive) return { name, source: { kind: "directory", path } };
  return {
    name,
    source: { kind: "index", files: [lockedFile({ path, hashes: digests(line.hashes) }, "/")] },
  };
}

function archiveName(filename: string): string | undefined {
  const [, sdist] = /^(.+)-[0-9][^-]*\.(?:zip|tar\.[a-z0-9]+|tgz)$/i.exec(filename) ?? [];
  return parseWheelFilename(filename)?.name ?? (sdist === undefined ? undefined : normalizeName(sdist));
}

/** `git+https://host/repository@<commit>#subdirectory=python`, `https://host/name-1.0.whl#sha256=…`, `file:///…` */
function fromUrl(line: RequirementLine, written: string): LockedDistribution {
  const [, kind, url = "", fragment = ""] = /^(?:(git|hg|svn|bzr)\+)?([^#]*)(?:#(.*))?$/.exec(written) ?? [];
  if (url.startsWith("file://") && kind === undefined) return fromPath(line, fileURLToPath(url));
  const details = new URLSearchParams(fragment);
  const name = line.requirement?.name ?? archiveName(filenameOf(url));
  if (name === undefined) throw notPinned(line);
  const inside = optional("subdirectory", details.get("subdirectory") ?? undefined);
  const vcs = (["git", "hg", "svn", "bzr"] as const).find((one) => one === kind);
  if (vcs === undefined) {
    const sha256 = digests(line.hashes)["sha256"] ?? details.get("sha256") ?? undefined;
    return { name, source: { kind: "url", url, ...optional("sha256", sha256), ...inside } };
  }
  const [, repository = "", commit = ""] = /^(.*)@([0-9a-f]{7,64}|[0-9]+)$/.exec(url) ?? [];
  if (repository === "") throw notPinned(line);
  return { name, source: { kind: "vcs", vcs, url: repository, commit, ...inside } };
}

function notPinned(line: RequirementLine): VenvdebError {
  return new VenvdebError(
    "LOCK_NOT_PINNED",
    `Cannot take "${line.file}:${line.line}" as a lock: "${redactSecrets(line.text)}" leaves open what is installed (name==version with --hash, or a commit, is wanted)`,
    { hint: "lock with hashes: uv pip compile --generate-hashes" },
  );
}
