import { decompress } from "../../deb/read.ts";
import { VenvdebError } from "../../errors.ts";
import { naming } from "./naming.ts";
import type { OpenedPackage } from "./open-package.ts";
import { readDetails, type DetailsWanted } from "./read-details.ts";
import type { AdmitOptions, PackageDetails } from "./types.ts";
import { unpackMembers } from "./unpack-members.ts";

/** A package whose control file is good. */
export interface NamedPackage {
  readonly opened: OpenedPackage;
  readonly name: string;
}

/**
 * Reads what is asked for of each package's data.tar, in their order, unless the repository has it already. Small ones
 * are unpacked in memory, several by one program; large ones are streamed.
 * @throws VenvdebError as `readDetails`, DEB_DECOMPRESS_FAILED, DEB_BAD_CONTROL, TOOL_MISSING
 */
export async function gatherDetails(
  packages: readonly NamedPackage[],
  { contents, details = false, known, isListed }: AdmitOptions,
): Promise<PackageDetails[]> {
  if (!contents && !details) return packages.map(() => ({}));
  const results: PackageDetails[] = [];
  for (let start = 0; start < packages.length; start += TOGETHER) {
    const some = packages.slice(start, start + TOGETHER);
    const kept = await Promise.all(
      some.map(async ({ opened: { sha256 }, name }) =>
        isListed?.(name, sha256) === true ? {} : keptDetails(sha256, { contents, details }, known),
      ),
    );
    const unread = some.filter((_, index) => kept[index] === undefined);
    const read = await readSome(unread, { contents, details });
    for (const one of kept) results.push(one ?? read.shift() ?? {});
  }
  return results;
}

/** With 4 MiB for each, what a batch of them takes of memory stays small. */
const TOGETHER = 16;
const UNPACKED_HERE = 4 * 1024 * 1024;

async function keptDetails(
  sha256: string,
  { contents, details }: DetailsWanted,
  known: AdmitOptions["known"],
): Promise<PackageDetails | undefined> {
  const { changelog, sbom, files } = (await known?.(sha256)) ?? {};
  if ((contents && files === undefined) || (details && (changelog === undefined || sbom === undefined)))
    return undefined;
  return {
    ...(contents && files ? { files } : {}),
    ...(details && changelog !== undefined ? { changelog } : {}),
  };
}

async function readSome(packages: readonly NamedPackage[], wanted: DetailsWanted): Promise<PackageDetails[]> {
  const members = packages.flatMap(({ opened: { data } }) =>
    data.bytes === undefined ? [] : [{ name: data.name, bytes: data.bytes }],
  );
  const unpacked = await unpackMembers(members, UNPACKED_HERE);
  const results: PackageDetails[] = [];
  for (const { opened, name } of packages) {
    const tar = opened.data.bytes === undefined ? undefined : unpacked.shift();
    const data = tar === undefined || tar instanceof VenvdebError ? stream(opened) : once(tar);
    results.push(await naming(opened.file, () => readDetails(data, name, wanted)));
  }
  return results;
}

function stream({ file, data }: OpenedPackage): AsyncGenerator<Uint8Array> {
  return decompress(file, data, unpackedLimit(data.size));
}

/** A thousandfold is more than anything but a bomb unpacks to; small packages of zeros pass by the constant. */
function unpackedLimit(size: number): number {
  return 1024 * 1024 * 1024 + size * 1000;
}

/** Bytes as a stream of one chunk. */
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
