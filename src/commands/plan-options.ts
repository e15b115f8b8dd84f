import { toDebianUpstream } from "../python/version.ts";
import type { HistoryVersion } from "../vcs/version.ts";

/** What `plan` and `build` have in common. */
export const TARGET = {
  type: "text",
  describe: "Release to build for, such as debian:bookworm",
  fallback: "this machine's",
} as const;
export const REVISION = {
  type: "text",
  describe: "Debian revision, in place of the setting",
  form: { pattern: /^[A-Za-z0-9+.~]+$/, wanted: "letters, digits and + . ~" },
} as const;
export const PROJECT_VERSION = {
  type: "text",
  describe: "Version for setuptools-scm and its kin, where there is no history (PEP 440)",
  form: { pattern: /^[vV]?\d[A-Za-z0-9.+!_-]*$/, wanted: "a version of Python" },
} as const;
export const PACKAGE_VERSION = {
  type: "text",
  describe: "Debian upstream version as it is, in place of the project's",
  form: { pattern: /^(?:\d+:)?\d[A-Za-z0-9.+~]*$/, wanted: "a Debian upstream version without a hyphen" },
} as const;

/** Both come from history, so one stands in for the other. */
export function versionOf(options: {
  readonly "project-version": string | undefined;
  readonly "package-version": string | undefined;
}): { readonly version?: HistoryVersion } {
  const { "project-version": project, "package-version": debian } = options;
  if (project === undefined && debian === undefined) return {};
  const upstream = project ?? debian ?? "";
  if (debian !== undefined) return { version: { upstream, debian } };
  const { epoch, upstream: converted } = toDebianUpstream(upstream);
  return { version: { upstream, debian: `${epoch === undefined ? "" : `${epoch}:`}${converted}` } };
}

export const COMPRESSION = {
  type: "text",
  choices: ["xz", "zstd", "gzip", "none"],
  describe: "Compression, in place of the setting",
} as const;
