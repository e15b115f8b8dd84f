import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cli } from "./helpers/cli.ts";
import { tempFiles } from "./helpers/temp-files.ts";
import { writeWheel } from "./helpers/wheel-writer.ts";

/** One tiny project for each thing that a build refuses: what it holds, what is said, and what to do. */
interface Refusal {
  readonly code: string;
  /** Besides an empty package and a pyproject.toml of `hello` 1.0. */
  readonly files?: Readonly<Record<string, string>>;
  /** Lines below [project]. */
  readonly project?: string;
  /** Lines below [tool.venvdeb]. */
  readonly settings?: string;
  /** A lock with these lines for the distribution `dep` 1.0. */
  readonly lock?: string;
  readonly says: RegExp;
  readonly hint?: RegExp;
}

const LOCAL_WHEEL = 'wheels = [{ path = "wheels/dep-1.0-py3-none-any.whl", hashes = { sha256 = "@HASH@" } }]';

const REFUSALS: readonly Refusal[] = [
  {
    code: "BUILD_DEPENDS_MISSING",
    settings: 'build-depends = ["venvdeb-has-no-such-package"]',
    says: /venvdeb-has-no-such-package not installed/,
    hint: /apt-get install venvdeb-has-no-such-package/,
  },
  { code: "LOCK_REQUIRED", settings: "locked = true", says: /locked = true/, hint: /uv lock/ },
  {
    code: "PROJECT_NO_EXTRA",
    settings: 'extras = ["postgres"]',
    says: /"postgres".*has none/,
    hint: /extras/,
  },
  { code: "PROJECT_NO_GROUP", settings: 'groups = ["server"]', says: /"server".*has none/, hint: /groups/ },
  {
    code: "PROJECT_SCRIPT_MISSING",
    settings: 'scripts = { postinst = "packaging/postinst" }',
    says: /"packaging\/postinst"/,
    hint: /scripts\.postinst/,
  },
  {
    code: "PROJECT_FILE_MISSING",
    settings: 'files = { "/etc/hello/a" = "a.toml" }',
    says: /\/etc\/hello\/a.*a\.toml/,
    hint: /files\."\/etc\/hello\/a"/,
  },
  {
    code: "INSTALL_FETCH_FAILED",
    lock: 'sdist = { url = "http://127.0.0.1:1/dep-1.0.tar.gz", hashes = { sha256 = "@HASH@" } }',
    says: /"dep".*127\.0\.0\.1:1/,
  },
  {
    code: "INSTALL_HASH_MISMATCH",
    lock: 'sdist = { path = "wheels/dep-1.0.tar.gz", hashes = { sha256 = "@HASH@" } }',
    files: { "wheels/dep-1.0.tar.gz": "x" },
    says: /dep-1\.0\.tar\.gz has the sha256/,
    hint: /find out why/,
  },
  {
    code: "INSTALL_SOURCE_DAMAGED",
    lock: 'sdist = { path = "wheels/dep-1.0.tar.gz", hashes = { sha256 = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" } }',
    files: { "wheels/dep-1.0.tar.gz": "x" },
    says: /dep/,
  },
  {
    code: "INSTALL_NO_FILE",
    lock: 'wheels = [{ url = "http://127.0.0.1:1/dep-1.0-cp27-cp27m-win32.whl", hashes = { sha256 = "@HASH@" } }]',
    says: /dep/,
  },
  {
    code: "INSTALL_WHEEL_DAMAGED",
    lock: 'wheels = [{ path = "wheels/dep-1.0-py3-none-any.whl", hashes = { sha256 = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881" } }]',
    files: { "wheels/dep-1.0-py3-none-any.whl": "x" },
    says: /dep-1\.0-py3-none-any\.whl/,
  },
  {
    code: "INSTALL_HASH_MISSING",
    lock: 'wheels = [{ path = "wheels/dep-1.0-py3-none-any.whl", hashes = {} }]',
    says: /dep/,
  },
  {
    code: "INSTALL_VCS_FAILED",
    lock: 'vcs = { type = "git", url = "file:///venvdeb/has/no/such/repository", commit-id = "0123456789012345678901234567890123456789" }',
    says: /no\/such\/repository/,
  },
];

test.each(REFUSALS)("$code", async (refusal) => {
  const folder = await refusedProject(refusal);
  const { exitCode, stdout, stderr } = await cli(["build", folder, "-o", join(folder, "out")], {
    env: { UV_HTTP_RETRIES: "0" },
  });
  expect(stderr).toContain(`[${refusal.code}]`);
  expect([exitCode === 1 || exitCode === 2, stdout]).toEqual([true, ""]);
  expect(stderr).toMatch(refusal.says);
  if (refusal.hint) expect(stderr).toMatch(refusal.hint);
});

test("PROJECT_FILE_OUTSIDE and PROJECT_FILE_KIND: links do not lead to the builder's own files", async () => {
  for (const [code, source] of [
    ["PROJECT_FILE_OUTSIDE", "link"],
    ["PROJECT_FILE_KIND", "folder"],
  ] as const) {
    const folder = await refusedProject({
      code,
      settings: `files = { "/usr/share/hello" = "${source}" }`,
      files: { "folder/ordinary": "" },
      says: /./,
    });
    await symlink("/etc/passwd", join(folder, source === "link" ? "link" : "folder/link"));
    expect((await cli(["build", folder])).stderr).toContain(`[${code}]`);
  }
});

/** A C extension whose objects look for libraries in the folder that it was built in. */
const EXTENSION = `import os
from setuptools import Extension, setup
setup(ext_modules=[Extension("tiny", ["tiny.c"], runtime_library_dirs=[os.getcwd()])])
`;
const C_MODULE = `#include <Python.h>
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "tiny", NULL, -1, NULL};
PyMODINIT_FUNC PyInit_tiny(void) { return PyModule_Create(&module); }
`;

test.each([
  {
    code: "PLAN_NOT_ALL",
    settings: 'architecture = "all"',
    setup: EXTENSION.replace("os.getcwd()", '"/usr/lib"'),
    says: /"all".*tiny/,
  },
  { code: "RELOCATE_RPATH", settings: "", setup: EXTENSION, says: /tiny/ },
])("$code", async ({ code, settings, setup, says }) => {
  const folder = await refusedProject({
    code,
    settings,
    says,
    files: { "setup.py": setup, "tiny.c": C_MODULE },
  });
  const { stderr } = await cli(["build", folder]);
  expect(stderr).toContain(`[${code}]`);
  expect(stderr).toMatch(says);
});

test("INSTALL_BYTECODE_FAILED: a wheel has a file where bytecode goes", async () => {
  const folder = await refusedProject({ code: "INSTALL_BYTECODE_FAILED", lock: LOCAL_WHEEL, says: /./ });
  const { sha256 } = await writeWheel(join(folder, "wheels"), {
    name: "dep",
    files: { "dep/__init__.py": "", "dep/__pycache__": "" },
  });
  const lock = join(folder, "pylock.toml");
  await writeFile(lock, (await readFile(lock, "utf8")).replace("0".repeat(64), sha256));
  const { stderr } = await cli(["build", folder]);
  expect(stderr).toContain("[INSTALL_BYTECODE_FAILED]");
});

async function refusedProject({ project = "", settings = "", lock, files = {} }: Refusal): Promise<string> {
  const dependencies = lock === undefined ? project : 'dependencies = ["dep"]';
  return await tempFiles({
    "hello.py": "",
    "pyproject.toml": `[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "hello"
version = "1.0"
description = "Greets"
maintainers = [{ name = "A", email = "a@example.org" }]
${dependencies}

[tool.setuptools]
py-modules = ["hello"]
${lock === undefined ? "" : "\n[tool.uv]\npackage = false\n"}
[tool.venvdeb]
${settings}
`,
    ...(lock === undefined ? {} : { "pylock.toml": pylock(lock) }),
    ...files,
  });
}

/** Where a digest does not matter, any will do. */
function pylock(file: string): string {
  return `lock-version = "1.0"
created-by = "test"

[[packages]]
name = "dep"
version = "1.0"
${file.replaceAll("@HASH@", "0".repeat(64))}
`;
}
