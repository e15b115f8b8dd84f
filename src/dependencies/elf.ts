import { boundedSource, readCString, type ByteSource } from "./elf-bytes.ts";
import { readDynamicSection } from "./elf-dynamic.ts";
import { hasElfMagic, readElfHeader, type ElfHeader, type ElfType } from "./elf-header.ts";
import {
  readUndefinedSymbols,
  readVersionTable,
  type UndefinedSymbol,
  type VersionTable,
} from "./elf-symbols.ts";
import type { LibcHint, ObjectAbi, VersionNeed } from "./types.ts";

/** An ELF file as the dynamic loader sees it (gABI; man elf). */
export interface ElfObject extends ObjectAbi {
  readonly type: ElfType;
  /** PT_INTERP: `/lib64/ld-linux-x86-64.so.2`. */
  readonly interpreter?: string;
  readonly soname?: string;
  /** SONAMEs, in link order. */
  readonly needed: readonly string[];
  readonly rpath: readonly string[];
  readonly runpath: readonly string[];
  readonly versionNeeds: readonly VersionNeed[];
  /** No dynamic section: a static program, an object file, or debug information. */
  readonly static: boolean;
  readonly libc: LibcHint;
  /** The undefined symbols of the dynamic symbol table; read when asked for. @throws VenvdebError DEPENDS_BAD_ELF */
  undefinedSymbols(): readonly UndefinedSymbol[];
}

/**
 * Reads an object in memory: only program headers and what they lead to, so stripped files are read too.
 * `undefined` when it does not begin like an ELF object.
 * @throws VenvdebError DEPENDS_BAD_ELF when it does and is damaged
 */
export function parseElf(bytes: Uint8Array): ElfObject | undefined {
  return parseElfSource(
    boundedSource(bytes.length, (offset, length) => bytes.subarray(offset, offset + length)),
  );
}

/** As parseElf, from any source. */
export function parseElfSource(source: ByteSource): ElfObject | undefined {
  if (source.size < 4 || !hasElfMagic(source.read(0, 4))) return undefined;
  const header = readElfHeader(source);
  const interpreter = readInterpreter(source, header);
  const dynamic = readDynamicSection(source, header);
  const versions = dynamic === undefined ? noVersions : readVersionTable(source, header, dynamic);
  const needed = dynamic?.needed ?? [];
  return {
    ...header.abi,
    type: header.type,
    ...(interpreter === undefined ? {} : { interpreter }),
    ...(dynamic?.soname === undefined ? {} : { soname: dynamic.soname }),
    needed,
    rpath: dynamic?.rpath ?? [],
    runpath: dynamic?.runpath ?? [],
    versionNeeds: versions.needs,
    static: dynamic === undefined,
    libc: guessLibc(interpreter, needed, versions.needs),
    undefinedSymbols: () =>
      dynamic === undefined ? [] : readUndefinedSymbols(source, header, dynamic, versions),
  };
}

const noVersions: VersionTable = { needs: [], byIndex: new Map() };

function readInterpreter(source: ByteSource, header: ElfHeader): string | undefined {
  const segment = header.segments.find(({ type }) => type === 3);
  if (segment === undefined || segment.size === 0) return undefined;
  return readCString(source, segment.offset, segment.offset + segment.size, 4096);
}

function guessLibc(
  interpreter: string | undefined,
  needed: readonly string[],
  needs: readonly VersionNeed[],
): LibcHint {
  if (needs.some(({ versions }) => versions.some((version) => version.startsWith("GLIBC_")))) return "glibc";
  if (interpreter?.startsWith("/system/bin/linker")) return "android";
  if (interpreter?.includes("/ld-musl-") || needed.some((name) => name.startsWith("libc.musl-")))
    return "musl";
  // Bionic and musl both call theirs libc.so; only Android has liblog.
  if (needed.includes("libc.so")) return needed.includes("liblog.so") ? "android" : "musl";
  return needed.length === 0 ? "none" : "glibc";
}
