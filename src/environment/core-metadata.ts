import type { CoreMetadata } from "../project/metadata.ts";
import type { DistributionMetadata } from "./types.ts";

/**
 * What documents need of METADATA. Licence files are those of `files` that it names, or that have the usual names,
 * relative to the environment as `files` are.
 */
export function describeMetadata(
  metadata: CoreMetadata,
  distInfo: string,
  files: readonly string[],
): DistributionMetadata {
  const { summary, license, homepage, author, requires, requiresPython } = metadata;
  return {
    ...(summary === undefined ? {} : { summary }),
    ...(license === undefined ? {} : { license }),
    ...(homepage === undefined ? {} : { homepage }),
    ...(author === undefined ? {} : { author }),
    licenseFiles: findLicenseFiles(metadata, distInfo, files),
    requires,
    ...(requiresPython === undefined ? {} : { requiresPython }),
  };
}

/** Named relative to `licenses/` since metadata 2.4, to the dist-info before. */
function findLicenseFiles(metadata: CoreMetadata, distInfo: string, files: readonly string[]): string[] {
  const named = new Set(
    metadata.licenseFiles.flatMap((name) => [`${distInfo}/${name}`, `${distInfo}/licenses/${name}`]),
  );
  return files.filter((file) => named.has(file) || (file.startsWith(`${distInfo}/`) && USUAL.test(file)));
}

const USUAL = /\/(?:licenses\/.+|(?:licen[cs]e|copying|notice|copyright|unlicense)[^/]*)$/i;
