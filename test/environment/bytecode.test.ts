import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { compileBytecode } from "../../src/environment/bytecode.ts";
import { detectTarget } from "../../src/environment/target.ts";
import { testHost } from "../helpers/environment-build.ts";
import { tempFiles } from "../helpers/temp-files.ts";

const SITE = "lib/python3.11/site-packages";

/** Some names are the standard library's, so that what was compiled before could show. */
function moduleText(index: number): string {
  const filler = `# ${"x".repeat(20_000)}\n`;
  return `${filler}def self_${index}(args, path, rare_${index}):\n    return {"path", "é", rare_${index}}, (1, 2.5, "${"ab".repeat(index)}")\n`;
}

function distribution(name: string, modules: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: modules }, (_, index) => [`${name}/m${index}.py`, moduleText(index)]),
  );
}

async function environmentOf(
  distributions: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Promise<string> {
  const environment = await tempFiles();
  for (const [name, files] of Object.entries(distributions)) {
    const rows = Object.keys(files).map((path) => `${path},,\n`);
    const all = { ...files, [`${name}-1.dist-info/RECORD`]: rows.join("") };
    for (const [path, text] of Object.entries(all)) {
      await mkdir(dirname(join(environment, SITE, path)), { recursive: true });
      await writeFile(join(environment, SITE, path), text);
    }
  }
  return environment;
}

async function compile(environment: string, jobs: number): Promise<readonly string[]> {
  const host = testHost();
  const { python: interpreter } = await detectTarget({}, host);
  return await compileBytecode({ environment, finalPath: "/opt/x", interpreter, host, jobs });
}

async function readBytecode(environment: string, name: string): Promise<Record<string, string>> {
  const folder = join(environment, SITE, name, "__pycache__");
  const names = (await readdir(folder)).toSorted();
  return Object.fromEntries(
    await Promise.all(names.map(async (file) => [file, await readFile(join(folder, file), "hex")] as const)),
  );
}

it("a distribution's bytes depend on nothing else that is compiled, nor on how many at once", async () => {
  const big = distribution("big", 60);
  const alone = await environmentOf({ big });
  const among = await environmentOf({ aaa: distribution("aaa", 25), big, zzz: distribution("zzz", 3) });
  expect(await compile(alone, 1)).toEqual([]);
  expect(await compile(among, 4)).toEqual([]);
  const bytes = await readBytecode(alone, "big");
  expect(Object.keys(bytes)).toHaveLength(60);
  expect(await readBytecode(among, "big")).toEqual(bytes);
});

it("a module that can't be compiled is named and keeps none of its neighbours back", async () => {
  const environment = await environmentOf({
    mixed: { "mixed/a.py": "a = 1\n", "mixed/bad.py": "print 1\n", "mixed/c.py": "c = 1\n" },
  });
  expect(await compile(environment, 2)).toEqual([`${SITE}/mixed/bad.py`]);
  expect(Object.keys(await readBytecode(environment, "mixed"))).toEqual([
    "a.cpython-311.pyc",
    "c.cpython-311.pyc",
  ]);
});

it("bytecode that a distribution brought is replaced", async () => {
  const environment = await environmentOf({
    own: { "own/a.py": "a = 1\n", "own/__pycache__/a.cpython-311.pyc": "foreign" },
  });
  await compile(environment, 1);
  const { "a.cpython-311.pyc": bytes = "" } = await readBytecode(environment, "own");
  expect(bytes.slice(0, 16)).toMatch(/0d0d0a01000000$/);
});

it("a module of RECORD that is not there is an error with its path", async () => {
  const environment = await environmentOf({ lost: { "lost/a.py": "a = 1\n" } });
  const record = join(environment, SITE, "lost-1.dist-info/RECORD");
  await writeFile(record, "lost/a.py,,\nlost/b.py,,\n");
  await expect(compile(environment, 1)).rejects.toMatchObject({
    code: "INSTALL_BYTECODE_FAILED",
    message: expect.stringContaining("lost/b.py"),
  });
});
