import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cachedProject, WHEELS, type CachedProject } from "../helpers/cached-project.ts";

/** Everything that the store of a project has, by kind. */
function kept(project: CachedProject, kind: "blobs" | "layers" | "segments" | "builds"): string[] {
  return readdirSync(join(project.cache, "layers", kind), { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .toSorted();
}

async function addSetting(project: CachedProject): Promise<void> {
  const settings = await readFile(join(project.directory, "pyproject.toml"), "utf8");
  await project.write("pyproject.toml", `${settings}section = "web"\n`);
}

/** What a build without any cache makes of the project as it is now. */
async function coldDigest(project: CachedProject, options = {}): Promise<string> {
  const output = join(project.directory, "cold");
  return (await project.build({ ...options, noCache: true, output })).sha256;
}

describe("a build from the cache is bit for bit the build without it", () => {
  test.each(["xz", "zstd", "gzip", "none"] as const)("with %s", async (compression) => {
    const project = await cachedProject();
    const cold = await coldDigest(project, { compression });
    const first = await project.build({ compression });
    rmSync(first.path);
    const warm = await project.build({ compression, jobs: 4 });
    expect([first.sha256, warm.sha256]).toEqual([cold, cold]);
    expect(warm.said.steps).toContain("Install 1 distributions");
    expect(first.said.infos).toEqual(warm.said.infos);
  });

  test("after one changed line, and nothing of the distributions is made again", async () => {
    const project = await cachedProject();
    await project.build();
    const all = () => [kept(project, "layers"), kept(project, "segments"), kept(project, "blobs")];
    const before = all();
    await project.write("app.py", "x = 2\n");
    const warm = await project.build({ jobs: 1 });
    expect(warm.said.steps).toContain("Install 1 distributions");
    expect(all()).toEqual(before);
    expect(warm.sha256).toBe(await coldDigest(project, { jobs: 4 }));
  });

  test("after one distribution was bumped, and only that is made", async () => {
    const project = await cachedProject();
    await project.build();
    await project.lock([
      { name: "beta", version: "2.0", files: { "beta.py": "x = 2\n" } },
      ...WHEELS.filter(({ name }) => name !== "beta"),
    ]);
    const warm = await project.build();
    expect(warm.said.steps).toContain("Install 2 distributions");
    expect(warm.sha256).toBe(await coldDigest(project));
  });

  test("after one distribution was left out", async () => {
    const project = await cachedProject();
    await project.build();
    await project.lock(WHEELS.filter(({ name }) => name !== "beta"));
    const warm = await project.build();
    const cold = await project.build({ noCache: true });
    const missing = [
      { message: "alpha 1.0 requires beta>=1, which is not installed", hint: expect.any(String) },
    ];
    expect([warm.said.takeWarnings(), cold.said.takeWarnings()]).toEqual([missing, missing]);
    expect(warm.sha256).toBe(cold.sha256);
  });

  test("for another prefix, which takes nothing of the first", async () => {
    const project = await cachedProject();
    await project.build();
    const settings = await readFile(join(project.directory, "pyproject.toml"), "utf8");
    await project.write("pyproject.toml", `${settings}prefix = "/opt/other"\n`);
    const other = await project.build();
    expect(other.said.steps).toContain("Install 4 distributions");
    expect(other.sha256).toBe(await coldDigest(project));
    rmSync(other.path);
    expect((await project.build()).sha256).toBe(other.sha256);
  });

  test("after a change of the compression, out of what is there", async () => {
    const project = await cachedProject();
    await project.build({ compression: "xz" });
    for (const compression of ["zstd", "gzip", "xz"] as const)
      expect((await project.build({ compression })).sha256).toBe(await coldDigest(project, { compression }));
  });
});

describe("distributions that share a path", () => {
  const shared = { "common/shared.py": "x = 'left'\n" };
  const left = { name: "left", files: { ...shared, "left.py": "" } };
  const right = { name: "right", files: { "common/shared.py": "x = 'right'\n", "right.py": "" } };

  test("are settled as without the cache, known or not", async () => {
    const project = await cachedProject([left]);
    await project.build().then(({ said }) => said.takeWarnings());
    await project.lock([right]);
    await project.build().then(({ said }) => said.takeWarnings());
    await project.lock([left, right]);
    const warm = await project.build();
    const again = await project.build({ output: join(project.directory, "again") });
    const cold = await project.build({ noCache: true });
    expect([warm.sha256, again.sha256]).toEqual([cold.sha256, cold.sha256]);
    const warnings = cold.said.takeWarnings();
    expect(warnings.map(({ message }) => message).join("\n")).toContain("left and right both bring");
    expect(warm.said.takeWarnings()).toEqual(warnings);
    again.said.takeWarnings();
  });

  test("are not kept in the form that they have beside one another", async () => {
    const project = await cachedProject([left, right]);
    await project.build().then(({ said }) => said.takeWarnings());
    await project.lock([left]);
    const warm = await project.build();
    const cold = await project.build({ noCache: true });
    warm.said.takeWarnings();
    cold.said.takeWarnings();
    expect(warm.sha256).toBe(cold.sha256);
  });
});

function truncate(path: string): void {
  truncateSync(path, Math.floor(statSync(path).size / 2));
}

function overwrite(path: string): void {
  writeFileSync(path, Buffer.alloc(statSync(path).size, 0x41));
}

describe("damage", () => {
  const all = ["blobs", "layers", "segments", "builds"] as const;
  const cases = [
    ...all.flatMap((kind) => [
      { kinds: [kind], damage: truncate },
      { kinds: [kind], damage: overwrite },
    ]),
    { kinds: all, damage: (path: string) => writeFileSync(path, "") },
    ...all.slice(0, 3).map((kind) => ({ kinds: [kind], damage: (path: string) => rmSync(path) })),
  ];

  test("of any kind of value is noticed, and the package is the same", async () => {
    const project = await cachedProject();
    const { sha256, path } = await project.build();
    for (const [index, { kinds, damage }] of cases.entries()) {
      rmSync(path);
      for (const file of kinds.flatMap((kind) => kept(project, kind))) damage(file);
      const built = await project.build();
      expect(built.sha256, `${index}: ${kinds.join()}`).toBe(sha256);
    }
    rmSync(path);
    const warm = await project.build();
    expect(warm.said.steps).toContain("Install 1 distributions");
    expect(warm.sha256).toBe(sha256);
  }, 300_000);
});

describe("a build of what has not changed", () => {
  test("leaves the package alone and says so", async () => {
    const project = await cachedProject();
    const first = await project.build();
    const { mtimeMs } = statSync(first.path);
    const second = await project.build();
    expect(second).toMatchObject({ path: first.path, sha256: first.sha256, unchanged: true });
    expect(second.said.infos.join()).toContain("Unchanged");
    expect(statSync(first.path).mtimeMs).toBe(mtimeMs);
  });

  test.each([
    ["the package is gone", async (_: CachedProject, path: string) => await rm(path)],
    ["the package was changed", async (_: CachedProject, path: string) => await writeFile(path, "x")],
    ["a file of the project changed", async (project: CachedProject) => await project.write("app.py", "3\n")],
    ["the settings changed", addSetting],
    ["a file came", async (project: CachedProject) => await project.write("more.py", "")],
    ["a file became a program", async (project) => await chmod(join(project.directory, "app.py"), 0o755)],
  ])("is made anew when %s", async (_, change: (project: CachedProject, path: string) => Promise<void>) => {
    const project = await cachedProject();
    const first = await project.build();
    await change(project, first.path);
    const second = await project.build();
    expect(second.unchanged).toBeUndefined();
    expect(second.sha256).toBe(await coldDigest(project));
  });
});

test.each([
  ["is full", "size=16k"],
  ["is read-only", "ro"],
])("a disk for the cache that %s is one warning, and the package is the same", async (_, options) => {
  const project = await cachedProject();
  const cold = await coldDigest(project);
  const folder = join(project.cache, "layers");
  mkdirSync(folder);
  execFileSync("mount", ["-t", "tmpfs", "-o", `mode=700,${options}`, "tmpfs", folder]);
  try {
    const built = await project.build();
    const warnings = built.said.takeWarnings().map(({ message }) => message);
    expect([built.sha256, ...warnings]).toEqual([cold, expect.stringMatching(/^nothing can be kept/)]);
    rmSync(built.path);
    const next = await project.build();
    next.said.takeWarnings();
    expect(next.sha256).toBe(cold);
  } finally {
    execFileSync("umount", [folder]);
  }
});

test("builds at the same time use one cache", async () => {
  const project = await cachedProject();
  const cold = await coldDigest(project);
  const outputs = [1, 2, 3].map((number) => join(project.directory, `dist-${number}`));
  const built = await Promise.all(outputs.map((output) => project.build({ output })));
  expect(built.map(({ sha256 }) => sha256)).toEqual([cold, cold, cold]);
  expect(readdirSync(join(project.cache, "layers/unfinished"))).toEqual([]);
});
