import { VenvdebError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";
import type { IndexedPackage } from "../types.ts";

/** Which packages a user means: by name alone, or one version or architecture of it. */
export interface Selector {
  /** As it was typed. */
  readonly text: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly architecture: string | undefined;
}

/**
 * Reads `NAME[=VERSION][:ARCH]`, or apt's `NAME[:ARCH][=VERSION]`. A version's parts begin with a digit, an
 * architecture does not.
 * @throws VenvdebError REPO_BAD_SELECTOR
 */
export function parseSelector(text: string): Selector {
  const groups = SELECTOR.exec(text)?.groups;
  const { name, version, before, after } = groups ?? {};
  if (name === undefined || (before !== undefined && after !== undefined))
    throw new VenvdebError(
      "REPO_BAD_SELECTOR",
      `Cannot read "${text}": it names no package (wanted: NAME, NAME=VERSION or NAME=VERSION:ARCH)`,
      { exitCode: 2, hint: "venvdeb repo list URL shows names and versions" },
    );
  return { text, name, version, architecture: before ?? after };
}

const SELECTOR =
  /^(?<name>[a-z0-9][a-z0-9+.-]*)(?::(?<before>[a-z][a-z0-9-]*))?(?:=(?<version>[0-9][A-Za-z0-9.+:~-]*?))?(?::(?<after>[a-z][a-z0-9-]*))?$/;

export function isSelected(
  { name, version, architecture }: Selector,
  candidate: Pick<IndexedPackage, "name" | "version" | "architecture">,
): boolean {
  return (
    candidate.name === name &&
    (version === undefined || candidate.version === version) &&
    (architecture === undefined || candidate.architecture === architecture)
  );
}

/**
 * Each selector must mean something.
 * @param where for the message: `the suite testing`
 * @throws VenvdebError REPO_NO_PACKAGE with the nearest name, or the versions that are there
 */
export function validateSelected(
  selectors: readonly Selector[],
  there: readonly IndexedPackage[],
  where: string,
): void {
  for (const selector of selectors) {
    if (there.some((candidate) => isSelected(selector, candidate))) continue;
    const versions = there.filter(({ name }) => name === selector.name);
    const has = [...new Set(versions.map(({ version, architecture }) => `${version} (${architecture})`))];
    const near = nearest(selector.name, new Set(there.map(({ name }) => name)));
    const meant = near === undefined ? "" : ` (did you mean "${near}"?)`;
    throw new VenvdebError(
      "REPO_NO_PACKAGE",
      `Cannot find "${selector.text}" in ${where}: ${has.length > 0 ? `it has ${selector.name} ${has.slice(-5).join(", ")}` : `no such package${meant}`}`,
      { hint: "venvdeb repo list URL --all-versions shows what is there" },
    );
  }
}
