import { VenvdebError } from "../errors.ts";
import type { LockedDistribution, LockedFile } from "../plan/types.ts";
import { chooseWheel } from "../python/wheel.ts";
import type { WheelToInstall } from "./installers/types.ts";

/** How one locked distribution gets into the environment. */
export type Choice =
  | { readonly kind: "wheel"; readonly wheel: WheelToInstall; readonly uploadTime?: number }
  | { readonly kind: "source"; readonly source: SourceToBuild; readonly uploadTime?: number };

/** Where the source of one distribution is. */
export interface SourceToBuild {
  /** Normalised by PEP 503. */
  readonly name: string;
  readonly version?: string;
  readonly place:
    | {
        readonly kind: "archive";
        readonly filename: string;
        readonly location: Location;
        readonly hash?: string;
      }
    | {
        readonly kind: "vcs";
        readonly vcs: "git" | "hg" | "svn" | "bzr";
        readonly url: string;
        readonly commit: string;
      }
    | { readonly kind: "directory"; readonly path: string };
  /** Relative to the root of the source. */
  readonly subdirectory?: string;
}

export type Location = { readonly path: string } | { readonly url: string };

/**
 * Of the files that the lock allows, the best wheel for these tags, else the source archive.
 * @param options.hashes whether a file without a digest is refused (a lock) or taken (nothing is locked)
 * @throws VenvdebError INSTALL_NO_FILE, INSTALL_HASH_MISSING
 */
export function chooseFile(
  distribution: LockedDistribution,
  options: { readonly tags: readonly string[]; readonly hashes: "required" | "optional" },
): Choice {
  const { name, version, source } = distribution;
  const base = { name, ...(version === undefined ? {} : { version }) };
  if (source.kind === "directory") return { kind: "source", source: { ...base, place: source } };
  if (source.kind === "vcs") {
    const { subdirectory, ...place } = source;
    return {
      kind: "source",
      source: { ...base, place, ...(subdirectory === undefined ? {} : { subdirectory }) },
    };
  }
  if (source.kind === "url") return chooseUrl(base, source, options.hashes);
  const byName = new Map(source.files.map((file) => [file.filename, file]));
  const wheel = byName.get(chooseWheel([...byName.keys()], options.tags) ?? "");
  const file = wheel ?? source.files.find(({ filename }) => SOURCE_ARCHIVE.test(filename));
  if (!file) throw noFile(distribution, source.files);
  const hash = hashOf(file, distribution, options.hashes);
  const place = {
    filename: file.filename,
    location: locationOf(file),
    ...(hash === undefined ? {} : { hash }),
  };
  const time = file.uploadTime === undefined ? {} : { uploadTime: file.uploadTime };
  return wheel
    ? { kind: "wheel", wheel: { name, ...place }, ...time }
    : { kind: "source", source: { ...base, place: { kind: "archive", ...place } }, ...time };
}

const SOURCE_ARCHIVE = /\.(?:tar(?:\.(?:gz|bz2|xz))?|tgz|tbz|txz|zip)$/i;

type UrlSource = Extract<LockedDistribution["source"], { kind: "url" }>;

function chooseUrl(
  base: { readonly name: string; readonly version?: string },
  source: UrlSource,
  hashes: "required" | "optional",
): Choice {
  const filename = decodeURIComponent(new URL(source.url).pathname.split("/").at(-1) ?? "");
  if (source.sha256 === undefined && hashes === "required") throw hashMissing(base.name, source.url);
  const location: Location = source.url.startsWith("file://")
    ? { path: decodeURIComponent(new URL(source.url).pathname) }
    : { url: source.url };
  const place = {
    filename,
    location,
    ...(source.sha256 === undefined ? {} : { hash: `sha256:${source.sha256}` }),
  };
  if (filename.endsWith(".whl")) return { kind: "wheel", wheel: { name: base.name, ...place } };
  const inside = source.subdirectory === undefined ? {} : { subdirectory: source.subdirectory };
  return { kind: "source", source: { ...base, place: { kind: "archive", ...place }, ...inside } };
}

function locationOf(file: LockedFile): Location {
  return file.path === undefined ? { url: file.url ?? "" } : { path: file.path };
}

function hashOf(
  { hashes, filename }: LockedFile,
  { name }: LockedDistribution,
  policy: "required" | "optional",
): string | undefined {
  const algorithm = ["sha256", "sha384", "sha512"].find((one) =>
    /^[0-9a-f]{64,128}$/i.test(hashes[one] ?? ""),
  );
  if (algorithm === undefined && policy === "required") throw hashMissing(name, filename);
  return algorithm === undefined ? undefined : `${algorithm}:${(hashes[algorithm] ?? "").toLowerCase()}`;
}

function hashMissing(name: string, file: string): VenvdebError {
  return new VenvdebError(
    "INSTALL_HASH_MISSING",
    `Cannot install "${name}": the lock has no sha256 for ${file}`,
    {
      hint: "lock again with hashes (uv lock, or pip-compile --generate-hashes)",
    },
  );
}

function noFile({ name, version }: LockedDistribution, files: readonly LockedFile[]): VenvdebError {
  const wheels = files.map(({ filename }) => filename).slice(0, 5);
  const found =
    wheels.length === 0
      ? "it names no file"
      : `it has only ${wheels.join(", ")}${files.length > 5 ? ", …" : ""}`;
  return new VenvdebError(
    "INSTALL_NO_FILE",
    `Cannot install "${name}${version === undefined ? "" : ` ${version}`}": ${found} (wanted: a wheel for this interpreter and architecture, or a source archive)`,
    { hint: "lock a version that has a wheel for this target, or build with another python" },
  );
}
