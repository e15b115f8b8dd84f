/** A version cut into its parts (PEP 440). Numbers stay decimal strings without leading zeros: they may have any length. */
export interface Pep440Version {
  readonly epoch: string;
  readonly release: readonly string[];
  readonly pre?: { readonly label: "a" | "b" | "rc"; readonly number: string };
  readonly post?: string;
  readonly dev?: string;
  /** Segments of the local version, lower case; empty without one. */
  readonly local: readonly string[];
}

/** Cuts a version in any spelling that PEP 440 allows (appendix B) into its parts; undefined when it is none. */
export function parseVersion(text: string): Pep440Version | undefined {
  const groups = pattern.exec(text.trim().toLowerCase())?.groups;
  if (!groups) return undefined;
  const {
    epoch,
    release = "",
    preLabel,
    preNumber,
    postLabel,
    postNumber,
    postShort,
    devLabel,
    devNumber,
  } = groups;
  return {
    epoch: decimal(epoch),
    release: release.split(".").map(decimal),
    ...(preLabel === undefined ? {} : { pre: { label: preSpelling(preLabel), number: decimal(preNumber) } }),
    ...(postLabel === undefined && postShort === undefined ? {} : { post: decimal(postShort ?? postNumber) }),
    ...(devLabel === undefined ? {} : { dev: decimal(devNumber) }),
    local: groups["local"]?.split(/[-_.]/).map(localSegment) ?? [],
  };
}

const pattern = new RegExp(
  [
    String.raw`^v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\.[0-9]+)*)`,
    String.raw`(?:[-_.]?(?<preLabel>alpha|beta|preview|pre|a|b|c|rc)[-_.]?(?<preNumber>[0-9]+)?)?`,
    String.raw`(?:-(?<postShort>[0-9]+)|[-_.]?(?<postLabel>post|rev|r)[-_.]?(?<postNumber>[0-9]+)?)?`,
    String.raw`(?:[-_.]?(?<devLabel>dev)[-_.]?(?<devNumber>[0-9]+)?)?`,
    String.raw`(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$`,
  ].join(""),
);

function decimal(digits: string | undefined): string {
  return digits?.replace(/^0+(?=[0-9])/, "") ?? "0";
}

function preSpelling(label: string): "a" | "b" | "rc" {
  if (label === "a" || label === "alpha") return "a";
  return label === "b" || label === "beta" ? "b" : "rc";
}

function localSegment(segment: string): string {
  return isNumber(segment) ? decimal(segment) : segment;
}

/** Whether a segment of a local version compares as a number. */
export function isNumber(segment: string): boolean {
  return /^[0-9]+$/.test(segment);
}

/** The version as PEP 440 spells it. `parts: "public"` leaves the local version out. */
export function renderVersion(version: Pep440Version, parts: "all" | "public" = "all"): string {
  const { epoch, release, pre, post, dev, local } = version;
  return [
    epoch === "0" ? "" : `${epoch}!`,
    release.join("."),
    pre ? `${pre.label}${pre.number}` : "",
    post === undefined ? "" : `.post${post}`,
    dev === undefined ? "" : `.dev${dev}`,
    parts === "public" || local.length === 0 ? "" : `+${local.join(".")}`,
  ].join("");
}

/** Negative, zero or positive as `left` is before, equal to or after `right` (PEP 440, "summary of permitted suffixes and relative ordering"). */
export function compareVersions(left: Pep440Version, right: Pep440Version): number {
  return (
    compareNumbers(left.epoch, right.epoch) ||
    compareReleases(left.release, right.release) ||
    comparePre(left, right) ||
    compareNumbers(left.post ?? "-1", right.post ?? "-1") ||
    compareDev(left.dev, right.dev) ||
    compareLocals(left.local, right.local)
  );
}

/** Compares releases, missing parts being zero. */
export function compareReleases(left: readonly string[], right: readonly string[]): number {
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareNumbers(left[index] ?? "0", right[index] ?? "0");
    if (order !== 0) return order;
  }
  return 0;
}

/** `-1` stands for "absent, before all numbers". */
function compareNumbers(left: string, right: string): number {
  if (left === right) return 0;
  if (left === "-1") return -1;
  if (right === "-1") return 1;
  return left.length - right.length || (left < right ? -1 : 1);
}

function comparePre(left: Pep440Version, right: Pep440Version): number {
  const order = preRank(left) - preRank(right);
  return order || compareNumbers(left.pre?.number ?? "0", right.pre?.number ?? "0");
}

/** A development release of nothing else is before all pre-releases; a final one after them. */
function preRank(version: Pep440Version): number {
  if (version.pre) return { a: 1, b: 2, rc: 3 }[version.pre.label];
  return version.dev !== undefined && version.post === undefined ? 0 : 4;
}

function compareDev(left: string | undefined, right: string | undefined): number {
  if (left === undefined || right === undefined)
    return (left === undefined ? 1 : 0) - (right === undefined ? 1 : 0);
  return compareNumbers(left, right);
}

function compareLocals(left: readonly string[], right: readonly string[]): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareLocalSegments(left[index] ?? "", right[index] ?? "");
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareLocalSegments(left: string, right: string): number {
  if (left === right) return 0;
  const numbers = [isNumber(left), isNumber(right)] as const;
  if (numbers[0] && numbers[1]) return compareNumbers(left, right);
  if (numbers[0] || numbers[1]) return numbers[0] ? 1 : -1;
  return left < right ? -1 : 1;
}
