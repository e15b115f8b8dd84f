import type { DistributionMetadata, InstalledDistribution } from "../../src/environment/types.ts";

type Changes = Partial<Omit<InstalledDistribution, "metadata">> & {
  readonly metadata?: Partial<DistributionMetadata>;
};

/** An installed distribution of two files, with changes. */
export function distribution(name: string, { metadata, ...changes }: Changes = {}): InstalledDistribution {
  const packages = "lib/python3.11/site-packages";
  const distInfo = `${packages}/${name}-1.0.dist-info`;
  return {
    name,
    displayName: name,
    version: "1.0",
    origin: "index",
    distInfo,
    files: [`${packages}/${name}/__init__.py`, `${distInfo}/METADATA`],
    metadata: { licenseFiles: [], requires: [], ...metadata },
    ...changes,
  };
}
