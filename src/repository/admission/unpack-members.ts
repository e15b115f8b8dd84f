import { gunzipSync } from "node:zlib";
import { compressionOf, type MemberCompression } from "../../deb/members.ts";
import { VenvdebError, messageOf } from "../../errors.ts";
import type { Unpacked } from "./types.ts";
import { unpackXz } from "./unpack-xz.ts";
import { unpackZstd } from "./unpack-zstd.ts";

/** A member of a package as it is stored. */
export interface StoredMember {
  /** Says how it is compressed. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Unpacks a small member of each of many packages, in their order, to at most `limit` bytes each. One program serves
 * many of them: starting one for each would take longer than all the rest.
 * @throws VenvdebError TOOL_MISSING
 */
export async function unpackMembers(members: readonly StoredMember[], limit: number): Promise<Unpacked[]> {
  const results = members.map((member) => unpackHere(member, limit));
  const unpackBy = async (
    compression: MemberCompression,
    unpack: (files: readonly Uint8Array[], limit: number) => Promise<readonly Unpacked[]>,
  ): Promise<void> => {
    const indexes = [...members.keys()].filter(
      (at) => compressionOf(members[at]?.name ?? "") === compression,
    );
    const files = indexes.flatMap((at) => members[at]?.bytes ?? []);
    for (const [at, unpacked] of (await unpack(files, limit)).entries())
      results[indexes[at] ?? -1] = unpacked;
  };
  await Promise.all([unpackBy(".xz", unpackXz), unpackBy(".zst", unpackZstd)]);
  return results;
}

/** What needs no program. */
function unpackHere({ name, bytes }: StoredMember, limit: number): Unpacked {
  const compression = compressionOf(name);
  if (compression === ".gz") return gunzip(name, bytes, limit);
  return compression === "" && bytes.length <= limit ? bytes : tooBig(name, limit);
}

function gunzip(name: string, bytes: Uint8Array, limit: number): Unpacked {
  try {
    return gunzipSync(bytes, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) return tooBig(name, limit);
    return new VenvdebError("DEB_DECOMPRESS_FAILED", `Cannot decompress the package: ${messageOf(error)}`);
  }
}

function tooBig(name: string, limit: number): VenvdebError {
  return new VenvdebError(
    "DEB_DECOMPRESS_FAILED",
    `Cannot decompress the package: ${name} unpacks to more than ${limit} bytes`,
  );
}
