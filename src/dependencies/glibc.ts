/**
 * Whether a SONAME is one of glibc's own. They are one package and one version everywhere, so objects are bound to it
 * by the version needs, not by the library: libpthread.so.0 and libdl.so.2 are empty since 2.34. libcrypt.so.1 is
 * not one: Debian has it from libxcrypt.
 */
export function isGlibcLibrary(soname: string): boolean {
  return pattern.test(soname);
}

const pattern =
  /^(?:lib(?:c|m|mvec|pthread|dl|rt|util|resolv|anl|nsl|BrokenLocale|thread_db|memusage|pcprofile|SegFault|c_malloc_debug|nss_(?:compat|db|dns|files|hesiod))\.so\.\d+(?:\.\d+)?|ld(?:-linux[^/]*|64)?\.so\.\d+)$/;

/** `GLIBC_2.28` to `2.28`; `undefined` for nodes that are no version, such as GLIBC_PRIVATE and GLIBC_ABI_DT_RELR. */
export function glibcVersion(node: string): string | undefined {
  return /^GLIBC_(\d+(?:\.\d+)*)$/.exec(node)?.[1];
}

/** Orders two dotted numbers. */
export function compareDotted(left: string, right: string): number {
  const a = left.split(".").map(Number);
  const b = right.split(".").map(Number);
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
