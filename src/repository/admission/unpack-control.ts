import { gunzipSync } from "node:zlib";
import { compressionOf } from "../../deb/members.ts";
import { VenvdebError, messageOf } from "../../errors.ts";
import type { OpenedPackage } from "./open-package.ts";
import { unpackXz } from "./unpack-xz.ts";
import { unpackZstd } from "./unpack-zstd.ts";

/** What became of one of several: its bytes, or why there are none. */
export type Unpacked = Uint8Array | VenvdebError;

/**
 * Unpacks the control.tar of many packages, in their order. One program serves many of them: starting one for each
 * would take longer than all the rest.
 * @throws VenvdebError TOOL_MISSING
 */
export async function unpackControls(packages: readonly OpenedPackage[]): Promise<Unpacked[]> {
  const results: Unpacked[] = packages.map(({ control }) => control);
  const xz: number[] = [];
  const zstd: number[] = [];
  for (const [index, { controlName, control }] of packages.entries()) {
    const compression = compressionOf(controlName);
    if (compression === ".gz") results[index] = gunzip(control);
    else if (compression === ".xz") xz.push(index);
    else if (compression === ".zst") zstd.push(index);
    else if (control.length > CONTROL_TAR_LIMIT) results[index] = tooBig();
  }
  const controls = (indexes: readonly number[]): Uint8Array[] =>
    packages.filter((_, index) => indexes.includes(index)).map(({ control }) => control);
  const [fromXz, fromZstd] = await Promise.all([
    unpackXz(controls(xz), CONTROL_TAR_LIMIT),
    unpackZstd(controls(zstd), CONTROL_TAR_LIMIT),
  ]);
  for (const [at, unpacked] of fromXz.entries()) results[xz[at] ?? -1] = unpacked;
  for (const [at, unpacked] of fromZstd.entries()) results[zstd[at] ?? -1] = unpacked;
  return results;
}

/** As it is unpacked: md5sums of a hundred thousand files fit. */
const CONTROL_TAR_LIMIT = 32 * 1024 * 1024;

function gunzip(bytes: Uint8Array): Unpacked {
  try {
    return gunzipSync(bytes, { maxOutputLength: CONTROL_TAR_LIMIT });
  } catch (error) {
    if (error instanceof RangeError) return tooBig();
    return new VenvdebError("DEB_DECOMPRESS_FAILED", `Cannot decompress the package: ${messageOf(error)}`);
  }
}

function tooBig(): VenvdebError {
  return new VenvdebError(
    "DEB_DECOMPRESS_FAILED",
    `Cannot decompress the package: control.tar unpacks to more than ${CONTROL_TAR_LIMIT} bytes`,
  );
}
