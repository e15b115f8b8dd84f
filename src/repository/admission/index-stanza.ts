import { formatStanza } from "../../deb/stanza.ts";
import { VenvdebError } from "../../errors.ts";
import type { IndexedPackage } from "../types.ts";
import type { AdmittedPackage } from "./types.ts";

/**
 * The stanza of `Packages` for a package: all fields of its control file in a stable order, `Package` first, with what
 * an index adds to them (deb822(5), Debian's repository format, "Packages Indices").
 * @throws VenvdebError REPO_BAD_PERCENTAGE
 */
export function toIndexedPackage(
  admitted: AdmittedPackage,
  place: { readonly filename: string; readonly phasedPercentage?: number },
): IndexedPackage {
  const { name, version, architecture, size, sha256 } = admitted;
  const { filename, phasedPercentage } = place;
  const stanza = formatStanza([
    ...controlFields(admitted.control),
    ["Phased-Update-Percentage", phasedPercentage === undefined ? undefined : percentage(phasedPercentage)],
    ["Filename", filename],
    ["Size", String(size)],
    ["SHA256", sha256],
  ]);
  return { name, version, architecture, filename, size, sha256, stanza };
}

/** The order of Debian's own indexes; what is not named here follows, as the package has it. */
const ORDER = (
  "Package Source Version Installed-Size Maintainer Architecture Essential Protected Important Build-Essential " +
  "Multi-Arch Replaces Provides Depends Pre-Depends Recommends Suggests Enhances Conflicts Breaks Section Priority " +
  "Homepage Description"
).split(" ");

/** Fields that only the index or dpkg's database may say; a package that has one of them tries to speak for them. */
const RESERVED = new Set(
  (
    "filename size md5sum sha1 sha256 sha512 description-md5 phased-update-percentage status conffiles " +
    "config-version triggers-pending triggers-awaited msdos-filename"
  ).split(" "),
);

function controlFields(control: ReadonlyMap<string, string>): (readonly [string, string])[] {
  const known = ORDER.flatMap((field) => {
    const value = control.get(field);
    return value === undefined ? [] : [[field, KEEPS_LINES.has(field) ? value : unfold(value)] as const];
  });
  const names = new Set(ORDER.map((field) => field.toLowerCase()));
  const others = [...control].filter(([field]) => {
    const lower = field.toLowerCase();
    return !names.has(lower) && !RESERVED.has(lower);
  });
  return [...known, ...others];
}

const KEEPS_LINES = new Set(["Description"]);

/** Relations may be folded in a control file; in an index each is one line, so that line tools can read it. */
function unfold(value: string): string {
  return value.includes("\n") ? value.replaceAll(/\s*\n\s*/g, " ").trim() : value;
}

function percentage(value: number): string {
  if (Number.isInteger(value) && value >= 0 && value <= 100) return String(value);
  throw new VenvdebError(
    "REPO_BAD_PERCENTAGE",
    `Cannot phase the update: the percentage is ${value} (wanted: a whole number from 0 to 100)`,
    { exitCode: 2 },
  );
}
