import type { RepositoryKey, RepositorySettings, Suite } from "../../src/repository/types.ts";

export const STABLE: Suite = {
  name: "stable",
  codename: "stable",
  components: ["main"],
  architectures: ["amd64"],
};

/** Settings of a repository with one suite. */
export function repositorySettings(
  keys: readonly RepositoryKey[],
  changes: Partial<RepositorySettings> = {},
): RepositorySettings {
  return {
    format: 1,
    origin: "Example",
    label: "Example Tools",
    layout: "pool",
    suites: [STABLE],
    compressions: ["gz"],
    contents: false,
    retention: { graceHours: 48, releases: 3 },
    keys,
    severalPublishers: true,
    ...changes,
  };
}
