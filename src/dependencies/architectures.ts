import type { ObjectAbi } from "./types.ts";

/** What the objects of one Debian architecture look like (man elf; dpkg's ostable, cputable). */
export interface ArchitectureAbi {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** `e_machine` */
  readonly machine: number;
  /** Bits of `e_flags` that tell it from its neighbours. */
  readonly flags?: { readonly mask: number; readonly value: number };
  /** Debian's name of the processor, for wildcards such as `any-arm`; absent: the architecture's own. */
  readonly cpu?: string;
}

/** `undefined` for an architecture that is no Linux one of Debian's. */
export function architectureAbi(architecture: string): ArchitectureAbi | undefined {
  return Object.hasOwn(table, architecture) ? table[architecture] : undefined;
}

/** Whether an object runs on an architecture; one that we do not know takes all. */
export function matchesArchitecture(abi: ObjectAbi, architecture: string): boolean {
  if (!linuxOsAbis.has(abi.osAbi)) return false;
  const wanted = architectureAbi(architecture);
  if (wanted === undefined) return true;
  return (
    abi.class === wanted.bits &&
    abi.littleEndian === wanted.littleEndian &&
    abi.machine === wanted.machine &&
    (wanted.flags === undefined || (abi.flags & wanted.flags.mask) === wanted.flags.value)
  );
}

/** What an object is for, in words: `arm64`, else `64-bit machine 247`. */
export function describeAbi(abi: ObjectAbi): string {
  const known = Object.keys(table).find((architecture) => matchesArchitecture(abi, architecture));
  const system = linuxOsAbis.has(abi.osAbi) ? "" : ` of system ${abi.osAbi}`;
  return known ?? `${abi.class}-bit machine ${abi.machine}${system}`;
}

/** Whether an architecture is meant by one of dpkg's names or wildcards (man dpkg-architecture): `amd64`, `linux-any`, `any-arm`, `!i386`. */
export function matchesArchitectureList(architecture: string, list: readonly string[]): boolean {
  const positive = list.filter((name) => !name.startsWith("!"));
  if (list.some((name) => name.startsWith("!") && matchesWildcard(architecture, name.slice(1)))) return false;
  return positive.length === 0 || positive.some((name) => matchesWildcard(architecture, name));
}

/** System V, GNU/Linux, and ARM's own. */
const linuxOsAbis = new Set([0, 3, 97]);

const table: Readonly<Record<string, ArchitectureAbi>> = {
  amd64: { bits: 64, littleEndian: true, machine: 62 },
  i386: { bits: 32, littleEndian: true, machine: 3 },
  x32: { bits: 32, littleEndian: true, machine: 62, cpu: "amd64" },
  arm64: { bits: 64, littleEndian: true, machine: 183 },
  // The flag says hard float (0x400) or soft (0x200); shared libraries of old linkers carry neither.
  armhf: { bits: 32, littleEndian: true, machine: 40, flags: { mask: 0x200, value: 0 }, cpu: "arm" },
  armel: { bits: 32, littleEndian: true, machine: 40, flags: { mask: 0x400, value: 0 }, cpu: "arm" },
  ppc64el: { bits: 64, littleEndian: true, machine: 21 },
  ppc64: { bits: 64, littleEndian: false, machine: 21 },
  powerpc: { bits: 32, littleEndian: false, machine: 20 },
  s390x: { bits: 64, littleEndian: false, machine: 22 },
  riscv64: { bits: 64, littleEndian: true, machine: 243 },
  loong64: { bits: 64, littleEndian: true, machine: 258 },
  mips64el: { bits: 64, littleEndian: true, machine: 8 },
  mipsel: { bits: 32, littleEndian: true, machine: 8 },
  sparc64: { bits: 64, littleEndian: false, machine: 43 },
  alpha: { bits: 64, littleEndian: true, machine: 0x9026 },
  hppa: { bits: 32, littleEndian: false, machine: 15 },
  ia64: { bits: 64, littleEndian: true, machine: 50 },
  m68k: { bits: 32, littleEndian: false, machine: 4 },
  sh4: { bits: 32, littleEndian: true, machine: 42 },
};

function matchesWildcard(architecture: string, wildcard: string): boolean {
  if (wildcard === "any" || wildcard === architecture) return true;
  const parts = wildcard.split("-");
  if (!parts.includes("any")) return false;
  const cpu = architectureAbi(architecture)?.cpu ?? architecture;
  const own = ["gnu", "linux", cpu].slice(-parts.length);
  return parts.every((part, index) => part === "any" || part === own[index]);
}
