/** The one spelling of a distribution's name that all others stand for (PEP 503): `Zope.Interface` -> `zope-interface`. */
export function normalizeName(name: string): string {
  return name.replaceAll(/[-_.]+/g, "-").toLowerCase();
}

/**
 * A binary package name made from a project's name: lower case, `_` and `.` to `-`.
 * Undefined when the result breaks the grammar of Debian Policy 5.6.1 (two or more of `a-z0-9+-.`, the first alphanumeric).
 */
export function debianPackageName(name: string): string | undefined {
  const candidate = name.trim().toLowerCase().replaceAll(/[_.]/g, "-");
  return /^[a-z0-9][a-z0-9+.-]+$/.test(candidate) ? candidate : undefined;
}
