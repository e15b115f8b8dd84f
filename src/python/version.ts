import { VenvdebError } from "../errors.ts";
import { isNumber, parseVersion, type Pep440Version } from "./pep440.ts";

/**
 * The Debian upstream version that stands for a Python version, such that dpkg (deb-version(7)) orders any two results
 * as PEP 440 orders the versions, and equal versions (`1.0`, `1.0.0`) give equal results:
 *
 * - release: trailing zeros cut or added until there are three numbers or more, `1.0` -> `1.0.0`, `1.2.3.0` -> `1.2.3`
 * - `aN`, `bN`, `rcN` -> `~aN`, `~bN`, `~rcN`; `.postN` -> `+postN`
 * - `.devN` -> `~~devN` when it is of nothing but the release, else `~devN`
 * - local version -> `+0`, then `.N` for each number and `+text` for each text (see `localPart`)
 *
 * @throws VenvdebError PYTHON_BAD_VERSION when it is no version of PEP 440 or dpkg cannot hold its epoch.
 */
export function toDebianUpstream(version: string): { epoch?: string; upstream: string } {
  const parsed = parseVersion(version);
  if (!parsed) throw badVersion(version);
  const upstream = [
    paddedRelease(parsed.release),
    parsed.pre ? `~${parsed.pre.label}${parsed.pre.number}` : "",
    parsed.post === undefined ? "" : `+post${parsed.post}`,
    developmentPart(parsed),
    localPart(parsed.local),
  ].join("");
  if (parsed.epoch === "0") return { upstream };
  if (parsed.epoch.length > 9) throw epochTooBig(version);
  return { epoch: parsed.epoch, upstream };
}

function badVersion(version: string): VenvdebError {
  return new VenvdebError(
    "PYTHON_BAD_VERSION",
    `Cannot make a Debian version of "${version}": it is no Python version (PEP 440, such as 1.4.0rc1)`,
    { hint: "correct the project's version, or set tool.venvdeb.version" },
  );
}

function epochTooBig(version: string): VenvdebError {
  return new VenvdebError(
    "PYTHON_BAD_VERSION",
    `Cannot make a Debian version of "${version}": its epoch has more than nine digits (dpkg holds 31 bits)`,
    { hint: "set tool.venvdeb.version" },
  );
}

/** Both `1.0+post1` and `1.0~a1` would be on the wrong side of `1.0.0` if the number of zeros were left to the project. */
function paddedRelease(release: readonly string[]): string {
  const last = release.findLastIndex((number) => number !== "0");
  const kept = release.slice(0, Math.max(last + 1, 3));
  return [...kept, "0", "0"].slice(0, Math.max(kept.length, 3)).join(".");
}

/** One `~` would sort a development release after the first alpha. */
function developmentPart({ pre, post, dev }: Pep440Version): string {
  if (dev === undefined) return "";
  return pre === undefined && post === undefined ? `~~dev${dev}` : `~dev${dev}`;
}

/**
 * `+0` sorts before `+post`. Then `+` before a text and `.` before a number, since PEP 440 sorts texts before numbers
 * and dpkg `+` before `.`.
 */
function localPart(segments: readonly string[]): string {
  if (segments.length === 0) return "";
  let result = "+0";
  for (const segment of segments) {
    if (isNumber(segment)) result += `${joint(result)}.${segment}`;
    else result += `${joint(result)}+${textSegment(segment)}`;
  }
  return result;
}

/**
 * PEP 440 compares a text character by character, digits first; dpkg compares a run of digits as one number, and cannot
 * tell its absence from zero. So what may follow a character is written in this order, for dpkg as well:
 * the end, the next segment (`joint`), a digit, a letter. Upper-case letters are free for it (local versions have none).
 *
 * The commit and the day that setuptools-scm writes stay readable: their order means nothing.
 */
function textSegment(segment: string): string {
  if (/^(?:g[0-9a-f]{7,40}|d[0-9]{8})$/.test(segment)) return segment;
  return segment.replaceAll(/(?<=[0-9])[0-9]/g, "B$&").replaceAll(/(?<=[a-z])0/g, "0B");
}

function joint(before: string): string {
  if (before === "+0" || /\.[0-9]+$/.test(before)) return "";
  return /[a-z]$/.test(before) ? "0A" : "A";
}
