/** What decides which wheels a CPython of Linux accepts. */
export interface TagFacts {
  /** `3.11` */
  readonly minor: string;
  /** As the kernel names it (`x86_64`, `aarch64`), or Debian's name (`amd64`, `arm64`). */
  readonly machine: string;
  /** `2.36`, on a system with glibc. */
  readonly glibc?: string;
  /** `1.2`, on a system with musl. */
  readonly musl?: string;
  /** Built without the global interpreter lock (PEP 703). */
  readonly freeThreaded?: boolean;
}

/**
 * The wheel tags that an interpreter accepts, best first (PEP 425, 600, 656), in the order of `packaging.tags.sys_tags`:
 * own ABI, stable ABI, no ABI, older stable ABIs, pure Python for the platform, pure Python for any.
 */
export function compatibleTags(facts: TagFacts): readonly string[] {
  const [major, minor] = twoNumbers(facts.minor);
  const platforms = platformTags(facts);
  const own = `cp${major}${minor}`;
  const stable = facts.freeThreaded === true ? "abi3t" : "abi3";
  const forPlatforms = (prefix: string) => platforms.map((platform) => `${prefix}-${platform}`);
  const pure = pureInterpreters(major, minor);
  return [
    ...forPlatforms(`${own}-${own}${facts.freeThreaded === true ? "t" : ""}`),
    ...forPlatforms(`${own}-${stable}`),
    ...forPlatforms(`${own}-none`),
    ...descending(minor - 1, 2).flatMap((older) => forPlatforms(`cp${major}${older}-${stable}`)),
    ...pure.flatMap((interpreter) => forPlatforms(`${interpreter}-none`)),
    `${own}-none-any`,
    ...pure.map((interpreter) => `${interpreter}-none-any`),
  ];
}

function pureInterpreters(major: number, minor: number): readonly string[] {
  return [
    `py${major}${minor}`,
    `py${major}`,
    ...descending(minor - 1, 0).map((older) => `py${major}${older}`),
  ];
}

function platformTags({ machine, glibc, musl }: TagFacts): readonly string[] {
  const arch = kernelNames[machine] ?? machine;
  return [
    `linux_${arch}`,
    ...(glibc === undefined || !manylinuxMachines.has(arch) ? [] : manylinuxTags(arch, glibc)),
    ...(musl === undefined ? [] : muslTags(arch, musl)),
  ];
}

/** Debian's names where they differ. */
const kernelNames: Readonly<Record<string, string>> = {
  amd64: "x86_64",
  arm64: "aarch64",
  armhf: "armv7l",
  i386: "i686",
  loong64: "loongarch64",
  ppc64el: "ppc64le",
};

const manylinuxMachines: ReadonlySet<string> = new Set([
  "x86_64",
  "i686",
  "aarch64",
  "armv7l",
  "ppc64",
  "ppc64le",
  "s390x",
  "loongarch64",
  "riscv64",
]);

function manylinuxTags(arch: string, glibc: string): readonly string[] {
  const [major, minor] = twoNumbers(glibc);
  const oldest = arch === "x86_64" || arch === "i686" ? 5 : 17;
  return descending(minor, oldest).flatMap((version) => {
    const alias = legacyAliases.get(version);
    const tag = `manylinux_${major}_${version}_${arch}`;
    return alias === undefined ? [tag] : [tag, `${alias}_${arch}`];
  });
}

/** PEP 599, 571, 513. */
const legacyAliases: ReadonlyMap<number, string> = new Map([
  [17, "manylinux2014"],
  [12, "manylinux2010"],
  [5, "manylinux1"],
]);

function muslTags(arch: string, musl: string): readonly string[] {
  const [major, minor] = twoNumbers(musl);
  return descending(minor, 0).map((version) => `musllinux_${major}_${version}_${arch}`);
}

function twoNumbers(version: string): [number, number] {
  const [major = "0", minor = "0"] = version.split(".");
  return [Number.parseInt(major, 10), Number.parseInt(minor, 10)];
}

function descending(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, from - to + 1) }, (_, index) => from - index);
}
