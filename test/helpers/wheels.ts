import { execFile } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import type { ScannedFile } from "../../src/dependencies/scan.ts";

const run = promisify(execFile);

/** A published wheel, unpacked as a package would have it: `<root>/opt/app/lib/python3.11/site-packages`. */
export interface WheelTree {
  readonly root: string;
  /** Every file, relative to the root. */
  readonly files: readonly ScannedFile[];
}

/**
 * Fetches the wheel of `name==version` for CPython 3.11 from the configured index and unpacks it, once: it stays in
 * `VENVDEB_CACHE_DIR`, else in `.cache` of the repository. Safe when several test files ask at the same time.
 */
export async function wheelTree(requirement: string): Promise<WheelTree> {
  const cache = resolve(
    process.env["VENVDEB_CACHE_DIR"] ?? join(import.meta.dirname, "../../.cache"),
    "wheels",
  );
  const [name = "", version = ""] = requirement.split("==");
  const root = join(cache, "trees", `${name}-${version}`);
  await mkdir(join(cache, "trees"), { recursive: true });
  await run("flock", [`${root}.lock`, "sh", "-c", unpack, "unpack", root, requirement], {
    maxBuffer: 1 << 26,
  });
  const entries = await readdir(join(root, "opt"), { recursive: true, withFileTypes: true });
  return {
    root,
    files: entries
      .filter((entry) => entry.isFile())
      .map((entry) => ({ path: relative(root, join(entry.parentPath, entry.name)), distribution: name }))
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

/** DEBIAN marks the root of a package for dpkg-shlibdeps, which resolves $ORIGIN against it. */
const unpack = `set -e
root=$1 requirement=$2
test ! -e "$root/DEBIAN" || exit 0
making=$root.making
rm -rf "$making" "$root"
mkdir -p "$making/wheel" "$making/opt/app/lib/python3.11/site-packages"
/usr/bin/python3.11 -m pip download --quiet --disable-pip-version-check --only-binary :all: --no-deps \\
  --dest "$making/wheel" "$requirement"
/usr/bin/python3.11 -m zipfile -e "$making"/wheel/*.whl "$making/opt/app/lib/python3.11/site-packages"
rm -r "$making/wheel"
mkdir "$making/DEBIAN"
mv "$making" "$root"
`;
