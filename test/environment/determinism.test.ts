import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RequirementsPlan } from "../../src/plan/types.ts";
import { buildTestEnvironment, SHARED_CACHE, testHost } from "../helpers/environment-build.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";
import { tempFiles } from "../helpers/temp-files.ts";

const SETUP = `
from setuptools import setup, Extension
setup(name="native", version="1.0", packages=["pack"], ext_modules=[Extension("pack._native", ["src/native.c"])],
      entry_points={"console_scripts": ["native = pack:main"]})
`;
const NATIVE = `
#include <Python.h>
static PyObject *where(PyObject *self, PyObject *args) { return PyUnicode_FromString(__FILE__); }
static PyMethodDef methods[] = {{"where", where, METH_NOARGS, ""}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_native", 0, -1, methods};
PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&module); }
`;

/** A digest of names, kinds, executable bits, link targets and bytes. */
function digestOf(root: string): string {
  const program =
    'cd "$0" && find . -type f -printf "%p %m\\n" | sed -E "s/ .*[1357].*$/ x/; s/ [0246]+$/ -/" | LC_ALL=C sort; find . -type l -printf "%p %l\\n" | LC_ALL=C sort; find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum';
  return execFileSync("sh", ["-c", program, root], { encoding: "utf8" });
}

test("two checkouts, cold caches, another zone, locale and number of jobs: the same bytes", async () => {
  const files = {
    "setup.py": SETUP,
    "src/native.c": NATIVE,
    "pack/__init__.py": "def main():\n    return {'a', 'b', 'c'} | frozenset('xyz')\n",
    ...Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`pack/m${index}.py`, `names = {"a", "b", ${index}}\n`]),
    ),
  };
  const requirements: RequirementsPlan = { kind: "loose", requirements: ["markupsafe"], files: [] };
  const surroundings = [
    { folder: await tempFiles(files), jobs: 1, env: { ...process.env } },
    {
      folder: join(await tempFiles(), "another", "checkout with space"),
      jobs: 4,
      env: {
        ...process.env,
        TZ: "Pacific/Auckland",
        LC_ALL: "tr_TR.UTF-8",
        LANG: "de_DE.UTF-8",
        PYTHONHASHSEED: "7",
      },
    },
  ];
  const digests: string[] = [];
  for (const { folder, jobs, env } of surroundings) {
    await mkdir(folder, { recursive: true });
    if (digests.length > 0) execFileSync("cp", ["-r", `${surroundings[0]?.folder ?? ""}/.`, folder]);
    execFileSync("sh", ["-c", 'rm -rf "$0/root"', folder]);
    const cacheDirectory = await tempFiles();
    execFileSync("cp", ["-r", join(SHARED_CACHE, "tools"), cacheDirectory]);
    const built = await buildTestEnvironment({
      folder,
      requirements,
      project: { kind: "wheel", name: "native" },
      reporter: recordingReporter(),
      host: testHost({ env, cacheDirectory }),
      jobs,
    });
    digests.push(digestOf(built.root));
  }
  expect(digests[1]).toBe(digests[0]);
});
