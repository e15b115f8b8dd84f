import { once, readDataFile } from "./data-file.ts";
import { fitsWildcard } from "./wildcard.ts";

/** data/sonames.json: what is known of SONAMEs without a machine that has them. */
interface Sonames {
  /** Brought by the driver of a device, in the version of the machine's kernel: exact or with `*`. */
  readonly drivers: readonly string[];
  /** SONAME to its package in Debian 12. */
  readonly packages: Readonly<Record<string, string>>;
}

/** Whether a library belongs to a device driver, so that no package may name it. */
export function isDriverLibrary(soname: string): boolean {
  return sonames().drivers.some((pattern) => fitsWildcard(soname, pattern));
}

/** The Debian package that usually has a SONAME, by its name in a release. */
export function usualPackage(soname: string, codename: string): string | undefined {
  const { packages } = sonames();
  const name = Object.hasOwn(packages, soname) ? packages[soname] : undefined;
  return name === undefined ? undefined : packageNameIn(name, codename);
}

/**
 * A library package's name in a release, from its name in Debian 12: where time_t became 64 bits wide, some were
 * renamed to `…t64`.
 */
export function packageNameIn(name: string, codename: string): string {
  const later = Object.hasOwn(renamed(), name) ? renamed()[name] : undefined;
  return before64BitTime.has(codename) ? name : (later ?? name);
}

const before64BitTime: ReadonlySet<string> = new Set(
  "stretch buster bullseye bookworm xenial bionic focal jammy lunar mantic".split(" "),
);

const sonames = once((): Sonames => JSON.parse(readDataFile("data/sonames.json")));
const renamed = once((): Readonly<Record<string, string>> => JSON.parse(readDataFile("data/t64.json")));
