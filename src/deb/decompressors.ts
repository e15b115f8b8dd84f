import type { Filter } from "../effects/filter.ts";

/**
 * The programs that unpack a member, by the extension of its name. dpkg reads only the first stream of an .xz, so they
 * do too; memory is bounded whatever a stream asks for.
 */
export const DECOMPRESSORS = {
  ".xz": filterFor("xz", ["-dc", "--single-stream", "--memlimit-decompress=256MiB", "-q"], "xz-utils"),
  ".zst": filterFor("zstd", ["-dc", "-q", "--memory=256MB"], "zstd"),
  ".gz": filterFor("gzip", ["-dc", "-q"], "gzip"),
  ".bz2": filterFor("bzip2", ["-dc", "-q"], "bzip2"),
  ".lzma": filterFor("xz", ["-dc", "--format=lzma", "--memlimit-decompress=256MiB", "-q"], "xz-utils"),
} as const satisfies Readonly<Record<string, Filter>>;

function filterFor(program: string, args: readonly string[], debianPackage: string): Filter {
  return {
    program,
    args,
    debianPackage,
    failure: { code: "DEB_DECOMPRESS_FAILED", doing: "decompress the package" },
  };
}
