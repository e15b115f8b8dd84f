import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { askUv, namesOf, readLock, uv } from "../../helpers/locked-project.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { thrown } from "../../helpers/thrown.ts";
import { UPLOAD_TIME, wheelIndex, type TinyDistribution } from "../../helpers/wheel-index.ts";

const distributions: readonly TinyDistribution[] = [
  {
    name: "web",
    version: "2.0",
    requires: [
      "base>=1",
      'colors; sys_platform == "win32"',
      'fast; extra == "speed"',
      'tls[ed]>=1; extra == "tls"',
    ],
    extras: ["speed", "tls"],
  },
  { name: "base", version: "1.5", requires: ['old-backport; python_version < "3.9"'] },
  { name: "colors", version: "1.0" },
  { name: "old-backport", version: "1.0" },
  {
    name: "fast",
    version: "0.9",
    tags: ["cp311-cp311-manylinux_2_17_x86_64", "cp312-cp312-manylinux_2_17_x86_64", "py3-none-any"],
  },
  { name: "tls", version: "1.1", requires: ['curves; extra == "ed"'], extras: ["ed"] },
  { name: "curves", version: "3.0" },
  { name: "numbers", version: "1.0", requiresPython: ">=3.8" },
  { name: "numbers", version: "2.0", requiresPython: ">=3.10" },
  { name: "backend", version: "1.0" },
  { name: "backend", version: "2.0", requires: ["base"] },
  { name: "tester", version: "7.0", requires: ["base"] },
  { name: "linter", version: "1.0" },
];

describe("resolveLock of a uv.lock", () => {
  const parts = [
    {},
    { extras: ["Speedy"] },
    { extras: ["all"] },
    { groups: ["dev"] },
    { groups: ["Lint"] },
    { extras: ["speedy", "all"], groups: ["dev", "lint", "none"] },
  ];

  it.each(parts)("gives what uv gives for %j", async (asked) => {
    const directory = await lockedProject();
    expect(namesOf(await readLock(directory, asked))).toEqual(await askUv(directory, asked));
  });

  it("gives digests, places and upload times of the files that the target can use, the best first", async () => {
    const directory = await lockedProject();
    const fast = (await readLock(directory, { extras: ["speedy"] })).find(({ name }) => name === "fast");
    if (fast?.source.kind !== "index") throw new Error("not from an index");
    expect(fast.source.files.map(({ filename }) => filename)).toEqual([
      "fast-0.9-cp311-cp311-manylinux_2_17_x86_64.whl",
      "fast-0.9-py3-none-any.whl",
      "fast-0.9.tar.gz",
    ]);
    expect(fast.source.index).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/simple$/);
    for (const file of fast.source.files) {
      expect(file.hashes["sha256"]).toMatch(/^[0-9a-f]{64}$/);
      expect(file.url).toMatch(/\/files\/fast-/);
      expect(file.uploadTime).toBe(UPLOAD_TIME);
    }
  });

  it("follows extras and groups that exclude each other", async () => {
    const { url } = await wheelIndex(distributions);
    const directory = await project(
      url,
      [
        'dependencies = ["colors"]',
        "[project.optional-dependencies]",
        'one = ["backend==1.0"]',
        'two = ["backend==2.0"]',
        "[dependency-groups]",
        'three = ["backend==1.0", "linter"]',
      ],
      ['conflicts = [[{ extra = "one" }, { extra = "two" }], [{ extra = "two" }, { group = "three" }]]'],
    );
    await uv(directory, "lock", "--quiet");
    for (const asked of [{}, { extras: ["one"] }, { extras: ["two"] }, { groups: ["three"] }])
      expect(namesOf(await readLock(directory, asked))).toEqual(await askUv(directory, asked));
    const error = await thrown(() => readLock(directory, { extras: ["one", "two"] }));
    expect(error.code).toBe("LOCK_AMBIGUOUS");
  });

  it("reads git, paths, folders and workspace members", async () => {
    const index = await wheelIndex(distributions);
    const directory = await project(
      index.url,
      ['dependencies = ["from-git", "base", "neighbour", "curves", "member"]'],
      [
        "[tool.uv.workspace]",
        'members = ["packages/*"]',
        "[tool.uv.sources]",
        'from-git = { git = "file://GIT", rev = "main", subdirectory = "python" }',
        'neighbour = { path = "vendor/neighbour" }',
        'curves = { path = "vendor/curves-3.0-py3-none-any.whl" }',
        "member = { workspace = true }",
      ],
    );
    await writeProject(join(directory, "vendor/neighbour"), "neighbour", ["colors"]);
    await writeProject(join(directory, "packages/member"), "member", ["linter"]);
    const wheel = await readFile(join(index.directory, "curves-3.0-py3-none-any.whl"));
    await writeFile(join(directory, "vendor/curves-3.0-py3-none-any.whl"), wheel);
    const { repository, commit } = await gitRepository("from-git");
    const settings = await readFile(join(directory, "pyproject.toml"), "utf8");
    await writeFile(join(directory, "pyproject.toml"), settings.replace("GIT", repository));
    await uv(directory, "lock", "--quiet");

    const found = new Map((await readLock(directory)).map((one) => [one.name, one.source]));
    expect([...found.keys()].sort()).toEqual([
      "base",
      "colors",
      "curves",
      "from-git",
      "linter",
      "member",
      "neighbour",
    ]);
    expect(found.get("from-git")).toEqual({
      kind: "vcs",
      vcs: "git",
      url: `file://${repository}`,
      commit,
      subdirectory: "python",
    });
    expect(found.get("neighbour")).toEqual({ kind: "directory", path: join(directory, "vendor/neighbour") });
    expect(found.get("member")).toEqual({ kind: "directory", path: join(directory, "packages/member") });
    expect(found.get("curves")).toMatchObject({
      kind: "index",
      files: [{ path: join(directory, "vendor/curves-3.0-py3-none-any.whl") }],
    });
    expect(namesOf(await readLock(join(directory, "packages/member")))).toEqual(["linter 1.0"]);
  });

  it("reads a folder of wheels", async () => {
    const { directory: wheels } = await wheelIndex(distributions);
    const directory = await project(
      "unused",
      ['dependencies = ["base"]'],
      [`no-index = true\nfind-links = ["${wheels}"]`],
    );
    await uv(directory, "lock", "--quiet");
    const [base] = await readLock(directory);
    if (base?.source.kind !== "index") throw new Error("not from an index");
    expect(base.source.files.map(({ path }) => path)).toContain(join(wheels, "base-1.5-py3-none-any.whl"));
  });

  it("reads direct URLs with their digest", async () => {
    const { url } = await wheelIndex(distributions);
    const wheel = `${url.replace("/simple", "/files")}/linter-1.0-py3-none-any.whl`;
    const directory = await project(url, [`dependencies = ["linter @ ${wheel}"]`]);
    await uv(directory, "lock", "--quiet");
    expect((await readLock(directory))[0]?.source).toEqual({
      kind: "url",
      url: wheel,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});

describe("a uv.lock that is older than its project", () => {
  it.each([
    ['"numbers"', '"numbers>=1.5"', "(numbers)"],
    ['"numbers"', '"numbers", "linter"', "(linter)"],
    ['"numbers"', '"linter"', "(numbers, linter)"],
    ['"web>=1"', '"web[speed]>=1"', "(web[speed], web)"],
  ])("is refused: %s became %s", async (before, after, named) => {
    const directory = await lockedProject();
    const file = join(directory, "pyproject.toml");
    await writeFile(file, (await readFile(file, "utf8")).replace(before, after));
    const error = await thrown(() => readLock(directory));
    expect(error.code).toBe("LOCK_STALE");
    for (const name of named.slice(1, -1).split(", ")) expect(error.message).toContain(name);
    expect(error.hint).toBe("uv lock");
  });

  it.each([
    ['"numbers"', '"Numbers"'],
    ['"web>=1"', '"web >= 1.0"'],
    ['"linter"]', '"linter", "tester"]'],
    ['"web>=1"', '"web>=1", "colors; sys_platform == \'darwin\'"'],
  ])("is taken when the change does not matter here: %s became %s", async (before, after) => {
    const directory = await lockedProject();
    const file = join(directory, "pyproject.toml");
    await writeFile(file, (await readFile(file, "utf8")).replace(before, after));
    expect(namesOf(await readLock(directory))).toContain("web 2.0");
  });
});

async function lockedProject(): Promise<string> {
  const { url } = await wheelIndex(distributions);
  const directory = await project(url, [
    'dependencies = ["web>=1", "numbers"]',
    "[project.optional-dependencies]",
    'speedy = ["web[speed]"]',
    'all = ["locked[speedy]", "web[tls]"]',
    "[dependency-groups]",
    'dev = ["tester"]',
    'lint = [{ include-group = "dev" }, "linter"]',
    "none = []",
  ]);
  await uv(directory, "lock", "--quiet");
  return directory;
}

function project(index: string, lines: readonly string[], settings: readonly string[] = []): Promise<string> {
  const inTable = settings.filter(
    (line) => !line.startsWith("[") && !line.includes("= {") && !line.startsWith("members"),
  );
  const tables = settings.filter((line) => !inTable.includes(line));
  const text = [
    "[project]",
    'name = "locked"',
    'version = "0.1"',
    'requires-python = ">=3.8"',
    ...lines,
    "[tool.uv]",
    ...inTable,
    ...(index === "unused" ? [] : ["[[tool.uv.index]]", `url = "${index}"`, "default = true"]),
    ...tables,
  ];
  return tempFiles({ "pyproject.toml": `${text.join("\n")}\n` });
}

async function writeProject(folder: string, name: string, dependencies: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  const text = `[project]\nname = "${name}"\nversion = "1.0"\nrequires-python = ">=3.8"\ndependencies = ${JSON.stringify(dependencies)}\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n`;
  await writeFile(join(folder, "pyproject.toml"), text);
}

async function gitRepository(name: string): Promise<{ repository: string; commit: string }> {
  const repository = await tempFiles();
  await writeProject(join(repository, "python"), name, []);
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-C", repository, "-c", "user.name=J", "-c", "user.email=j@example.org", ...args], {
      encoding: "utf8",
    });
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "-m", "first");
  return { repository, commit: git("rev-parse", "HEAD").trim() };
}
