import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { BOOKWORM_PYTHON } from "../../helpers/bookworm-python.ts";
import { namesOf, readLock, uv } from "../../helpers/locked-project.ts";
import { askPython, pythonVenv } from "../../helpers/python-venv.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { thrown } from "../../helpers/thrown.ts";
import { wheelIndex } from "../../helpers/wheel-index.ts";

const sha256 = "1".repeat(64);
const hashes = `hashes = { sha256 = "${sha256}" }`;

describe("resolveLock of a pylock.toml", () => {
  it.each([
    [{}, ["always 1.0", "default-group 1.0", "linux 1.0", "new 2.0"]],
    [{ extras: ["Web"] }, ["always 1.0", "default-group 1.0", "linux 1.0", "new 2.0", "webby 1.0"]],
    [{ groups: ["dev"] }, ["always 1.0", "developed 1.0", "linux 1.0", "new 2.0"]],
  ])("selects for %j what Python's packaging selects", async (asked, expected) => {
    const directory = await lockedBy(manyMarkers);
    expect(namesOf(await readLock(directory, asked))).toEqual(expected);
    expect(await askPackaging(join(directory, "pylock.toml"), asked)).toEqual(expected);
  });

  it("reads what uv exports", async () => {
    const { url } = await wheelIndex([
      { name: "web", version: "2.0", requires: ["base>=1"] },
      { name: "base", version: "1.5" },
    ]);
    const directory = await tempFiles({
      "pyproject.toml": `[project]\nname = "locked"\nversion = "0.1"\nrequires-python = ">=3.9"\ndependencies = ["web"]\n[[tool.uv.index]]\nurl = "${url}"\ndefault = true\n`,
    });
    await uv(directory, "lock", "--quiet");
    const fromUvLock = await readLock(directory);
    const text = await uv(
      directory,
      "export",
      "--quiet",
      "--frozen",
      "--format=pylock.toml",
      "--no-emit-project",
    );
    const copy = await lockedBy(text);
    expect(await readLock(copy)).toEqual(fromUvLock);
  });

  it("reads every kind of source, and leaves the project itself out", async () => {
    const directory = await lockedBy(
      [
        'lock-version = "1.0"',
        'created-by = "a test"',
        '[[packages]]\nname = "locked"\ndirectory = { path = "." }',
        '[[packages]]\nname = "from-git"\nvcs = { type = "git", url = "https://git.invalid/x", commit-id = "abc1234", subdirectory = "py" }',
        '[[packages]]\nname = "folder"\ndirectory = { path = "vendor/folder", editable = true }',
        `[[packages]]\nname = "remote"\nversion = "1.0"\narchive = { url = "https://files.invalid/remote-1.0.zip", ${hashes}, subdirectory = "src" }`,
        `[[packages]]\nname = "local"\nversion = "1.0"\narchive = { path = "vendor/local-1.0.zip", ${hashes} }`,
        `[[packages]]\nname = "Indexed_One"\nversion = "1.0"\nindex = "https://index.invalid/simple"\nsdist = { name = "indexed_one-1.0.tar.gz", url = "https://files.invalid/1", upload-time = 2024-01-02T03:04:05Z, ${hashes} }\n[[packages.wheels]]\nurl = "https://files.invalid/indexed_one-1.0-py3-none-any.whl"\n${hashes}`,
      ].join("\n"),
    );
    const found = new Map((await readLock(directory)).map((one) => [one.name, one.source]));
    expect(Object.fromEntries(found)).toEqual({
      folder: { kind: "directory", path: join(directory, "vendor/folder") },
      "from-git": {
        kind: "vcs",
        vcs: "git",
        url: "https://git.invalid/x",
        commit: "abc1234",
        subdirectory: "py",
      },
      "indexed-one": {
        kind: "index",
        index: "https://index.invalid/simple",
        files: [
          {
            filename: "indexed_one-1.0-py3-none-any.whl",
            url: "https://files.invalid/indexed_one-1.0-py3-none-any.whl",
            hashes: { sha256 },
          },
          {
            filename: "indexed_one-1.0.tar.gz",
            url: "https://files.invalid/1",
            hashes: { sha256 },
            uploadTime: Date.UTC(2024, 0, 2, 3, 4, 5) / 1000,
          },
        ],
      },
      local: {
        kind: "index",
        files: [
          { filename: "local-1.0.zip", path: join(directory, "vendor/local-1.0.zip"), hashes: { sha256 } },
        ],
      },
      remote: { kind: "url", url: "https://files.invalid/remote-1.0.zip", sha256, subdirectory: "src" },
    });
  });

  const wheel = `wheels = [{ url = "https://files.invalid/a-1-py3-none-any.whl", ${hashes} }]`;
  it.each([
    ['lock-version = "2.0"', "LOCK_UNKNOWN_VERSION"],
    ["", "LOCK_UNKNOWN_VERSION"],
    ['lock-version = "1.0"\nrequires-python = ">=3.12"', "LOCK_WRONG_TARGET"],
    ['lock-version = "1.0"\nenvironments = ["sys_platform == \'win32\'"]', "LOCK_WRONG_TARGET"],
    [`lock-version = "1.0"\n[[packages]]\nname = "a"\nrequires-python = "<3"\n${wheel}`, "LOCK_WRONG_TARGET"],
    [`lock-version = "1.0"\n[[packages]]\nname = "a"\nmarker = "nonsense"\n${wheel}`, "LOCK_BAD"],
    ['lock-version = "1.0"\n[[packages]]\nname = "a"', "LOCK_BAD"],
    ['lock-version = "1.0"\n[[packages]]\nname = "a"\nvcs = { type = "git", url = "u" }', "LOCK_BAD"],
    [`lock-version = "1.0"\n[[packages]]\n${wheel}`, "LOCK_BAD"],
    [
      `lock-version = "1.0"\n[[packages]]\nname = "a"\n${wheel}\n[[packages]]\nname = "A"\n${wheel}`,
      "LOCK_AMBIGUOUS",
    ],
  ])("refuses %j with %s", async (text, code) => {
    const directory = await lockedBy(text);
    expect((await thrown(() => readLock(directory))).code).toBe(code);
  });

  it("takes a newer minor version", async () => {
    expect(await readLock(await lockedBy('lock-version = "1.7"'))).toEqual([]);
  });
});

function lockedBy(pylock: string): Promise<string> {
  return tempFiles({
    "pyproject.toml": '[project]\nname = "locked"\nversion = "0.1"\n',
    "pylock.toml": pylock,
  });
}

const manyMarkers = [
  'lock-version = "1.0"',
  'created-by = "a test"',
  'requires-python = ">=3.9"',
  'extras = ["web"]',
  'dependency-groups = ["dev", "usual"]',
  'default-groups = ["usual"]',
  ...[
    ["always", "1.0", ""],
    ["linux", "1.0", "sys_platform == 'linux'"],
    ["windows", "1.0", "sys_platform == 'win32'"],
    ["new", "1.0", "python_version < '3.11'"],
    ["new", "2.0", "python_version >= '3.11'"],
    ["webby", "1.0", "'web' in extras"],
    ["developed", "1.0", "'dev' in dependency_groups"],
    ["default-group", "1.0", "'usual' in dependency_groups"],
  ].map(
    ([name = "", version = "", marker = ""]) =>
      `[[packages]]\nname = "${name}"\nversion = "${version}"\n${marker === "" ? "" : `marker = "${marker}"\n`}wheels = [{ name = "${name.replace("-", "_")}-${version}-py3-none-any.whl", url = "https://files.invalid/${name.replace("-", "_")}-${version}-py3-none-any.whl", ${hashes} }]`,
  ),
].join("\n");

async function askPackaging(
  file: string,
  asked: { readonly extras?: readonly string[]; readonly groups?: readonly string[] },
): Promise<readonly string[]> {
  const venv = await pythonVenv("packaging");
  return askPython(join(venv, "bin/python"), selectWithPackaging, {
    file,
    environment: BOOKWORM_PYTHON.markers,
    extras: asked.extras ?? [],
    groups: asked.groups ?? null,
  });
}

const selectWithPackaging = `
import json, sys, tomllib
from packaging.pylock import Pylock
question = json.load(sys.stdin)
lock = Pylock.from_dict(tomllib.load(open(question["file"], "rb")))
selected = lock.select(
    environment=question["environment"],
    extras=question["extras"],
    dependency_groups=question["groups"],
)
print(json.dumps(sorted(f"{package.name} {package.version}" for package, _ in selected)))
`;
