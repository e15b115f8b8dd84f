import { normalizeName } from "./normalize-name.ts";

export { compatibleTags } from "./tags.ts";

/** What the file name of a wheel says (PEP 427, PEP 425). */
export interface WheelFilename {
  /** Normalised by PEP 503. */
  readonly name: string;
  readonly version: string;
  /** Empty, or a number and what follows it. */
  readonly build: string;
  /** `cp311-cp311-manylinux_2_17_x86_64`: the compressed set written out. */
  readonly tags: readonly string[];
}

/** Cuts the file name of a wheel into its parts; undefined when it is none. */
export function parseWheelFilename(filename: string): WheelFilename | undefined {
  const [, name = "", version = "", build = "", interpreters = "", abis = "", platforms = ""] =
    /^([a-z0-9](?:[a-z0-9._]*[a-z0-9])?)-([^-]+)(?:-([0-9][^-]*))?-([^-]+)-([^-]+)-([^-]+)\.whl$/i.exec(
      filename,
    ) ?? [];
  if (name === "") return undefined;
  return {
    name: normalizeName(name),
    version,
    build,
    tags: writeOut(interpreters.toLowerCase(), abis.toLowerCase(), platforms.toLowerCase()),
  };
}

function writeOut(interpreters: string, abis: string, platforms: string): string[] {
  return interpreters
    .split(".")
    .flatMap((interpreter) =>
      abis
        .split(".")
        .flatMap((abi) => platforms.split(".").map((platform) => `${interpreter}-${abi}-${platform}`)),
    );
}

/**
 * Of several wheels of one version, the one whose tag stands first in `tags` (best first), and of equals the one with
 * the highest build number. Undefined when none fits.
 */
export function chooseWheel(filenames: readonly string[], tags: readonly string[]): string | undefined {
  return sortWheels(filenames, tags)[0];
}

/** The wheels that fit, best first. */
export function sortWheels(filenames: readonly string[], tags: readonly string[]): readonly string[] {
  const ranks = ranksOf(tags);
  return filenames
    .flatMap((filename) => {
      const wheel = parseWheelFilename(filename);
      const rank = Math.min(...(wheel?.tags ?? []).map((tag) => ranks.get(tag) ?? Infinity));
      return wheel && rank !== Infinity ? [{ filename, rank, build: wheel.build }] : [];
    })
    .sort((left, right) => left.rank - right.rank || compareBuilds(right.build, left.build))
    .map(({ filename }) => filename);
}

/** A target has a thousand tags, a lock hundreds of distributions. */
const rankCache = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

function ranksOf(tags: readonly string[]): ReadonlyMap<string, number> {
  const cached = rankCache.get(tags);
  if (cached) return cached;
  const ranks = new Map(tags.map((tag, index) => [tag, index]));
  rankCache.set(tags, ranks);
  return ranks;
}

function compareBuilds(left: string, right: string): number {
  const numbers = Number.parseInt(left || "-1", 10) - Number.parseInt(right || "-1", 10);
  if (numbers !== 0) return numbers;
  return left < right ? -1 : Number(left > right);
}
