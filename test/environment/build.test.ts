import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseRecord, rowIsTrue } from "../../src/relocate/record.ts";
import { buildTestEnvironment, lockWheels, testHost } from "../helpers/environment-build.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { writeWheel } from "../helpers/wheel-writer.ts";

const HELLO = {
  name: "hello.world",
  files: { "hello/__init__.py": "def main():\n    print('hello')\n", "hello/py2.py": "print 'no'\n" },
  distInfo: { "entry_points.txt": "[console_scripts]\nhello = hello:main\n", LICENSE: "MIT\n" },
} as const;

for (const installer of ["uv", "pip"] as const)
  test(`a locked wheel becomes a relocated environment (${installer})`, async () => {
    const folder = await tempFiles();
    const { path, sha256 } = await writeWheel(join(folder, "wheels"), HELLO);
    const reporter = recordingReporter();
    const built = await buildTestEnvironment({
      folder,
      installer,
      requirements: await lockWheels(path),
      reporter,
    });
    const environment = join(built.root, "opt/hello");
    expect(built.distributions).toHaveLength(1);
    expect(built.distributions[0]).toMatchObject({
      name: "hello-world",
      displayName: "hello.world",
      version: "1.0",
      origin: "index",
      sha256,
      distInfo: "lib/python3.11/site-packages/hello_world-1.0.dist-info",
    });
    expect(built.distributions[0]?.metadata.licenseFiles).toEqual([
      "lib/python3.11/site-packages/hello_world-1.0.dist-info/LICENSE",
    ]);
    expect(built.skeleton).toEqual([
      "bin/activate",
      "bin/activate.csh",
      "bin/activate.fish",
      "bin/python",
      "bin/python3",
      "bin/python3.11",
      "lib64",
      "pyvenv.cfg",
    ]);
    expect(reporter.infos.join("\n")).toContain("hello/py2.py");
    expect(readFileSync(join(environment, "bin/hello"), "utf8")).toMatch(
      /^#!\/opt\/hello\/bin\/python3\.11\n/,
    );
    expect(readFileSync(join(environment, "bin/activate"), "utf8")).toContain("VIRTUAL_ENV=/opt/hello\n");
    expect(readFileSync(join(environment, "pyvenv.cfg"), "utf8")).not.toContain(folder);
    expect(
      ["python", "python3", "python3.11"].map((name) => readlinkSync(join(environment, "bin", name))),
    ).toEqual(["python3.11", "python3.11", "/usr/bin/python3.11"]);
    expectTrueRecord(environment, built.distributions[0]?.distInfo ?? "");
    expectBytecodeFor(environment, "/opt/hello");
    const python = join(environment, "bin/python");
    expect(execFileSync(python, ["-c", "import hello; hello.main()"], { encoding: "utf8" })).toBe("hello\n");
  });

function expectTrueRecord(environment: string, distInfo: string): void {
  const site = join(environment, distInfo, "..");
  const rows = parseRecord(readFileSync(join(environment, distInfo, "RECORD"), "utf8"));
  for (const row of rows.filter(({ hash }) => hash !== ""))
    expect(rowIsTrue(row, readFileSync(join(site, row.path))), row.path).toBe(true);
  const unhashed = rows.filter(({ hash }) => hash === "").map(({ path }) => path);
  expect(unhashed).toEqual([
    "hello/__pycache__/__init__.cpython-311.pyc",
    "hello_world-1.0.dist-info/RECORD",
  ]);
  expect(existsSync(join(environment, distInfo, "direct_url.json"))).toBe(false);
  expect(existsSync(join(environment, distInfo, "uv_cache.json"))).toBe(false);
}

function expectBytecodeFor(environment: string, finalPath: string): void {
  const path = join(environment, "lib/python3.11/site-packages/hello/__pycache__/__init__.cpython-311.pyc");
  const bytes = readFileSync(path);
  expect(bytes.readUInt32LE(4), "hash-based, unchecked (PEP 552)").toBe(1);
  expect(bytes.includes(`${finalPath}/lib/python3.11/site-packages/hello/__init__.py`)).toBe(true);
}

test("two distributions with one path: one owns it, a warning names both, every RECORD stays true", async () => {
  const outcomes = [];
  for (let run = 0; run < 2; run++) {
    const folder = await tempFiles();
    const wheels = await Promise.all(
      ["alpha", "beta"].map((name) =>
        writeWheel(join(folder, "wheels"), { name, files: { "shared.py": `who = "${name}"\n` } }),
      ),
    );
    const reporter = recordingReporter();
    const requirements = await lockWheels(...wheels.map(({ path }) => path));
    const built = await buildTestEnvironment({ folder, requirements, reporter });
    const [warning] = reporter.takeWarnings();
    expect(warning?.message).toMatch(/alpha and beta both bring .*shared\.py/);
    const owners = built.distributions.filter(({ files }) =>
      files.some((file) => file.endsWith("/shared.py")),
    );
    expect(owners.map(({ name }) => name)).toEqual(["beta"]);
    const file = join(built.root, "opt/hello/lib/python3.11/site-packages/shared.py");
    const lost = join(built.root, "opt/hello/lib/python3.11/site-packages/alpha-1.0.dist-info/RECORD");
    expect(readFileSync(lost, "utf8")).not.toContain("shared.py,sha256");
    outcomes.push(readFileSync(file, "utf8"));
  }
  expect(outcomes).toEqual(['who = "beta"\n', 'who = "beta"\n']);
});

test("folders with spaces and quotes, and a long path, still give plain shebangs", async () => {
  const outer = await tempFiles();
  const folder = join(outer, "a b", "it's", "x".repeat(120));
  await mkdir(folder, { recursive: true });
  const { path } = await writeWheel(join(folder, "wheels"), HELLO);
  const built = await buildTestEnvironment({
    folder,
    requirements: await lockWheels(path),
    reporter: recordingReporter(),
  });
  const environment = join(built.root, "opt/hello");
  expect(readFileSync(join(environment, "bin/hello"), "utf8")).toMatch(/^#!\/opt\/hello\/bin\/python3\.11\n/);
  expect(readFileSync(join(environment, "bin/activate"), "utf8")).toContain("/opt/hello");
});

test("a missing requirement is a warning that names both", async () => {
  const folder = await tempFiles();
  const { path } = await writeWheel(join(folder, "wheels"), {
    name: "needy",
    files: { "needy.py": "" },
    requires: ["absent>=2"],
  });
  const reporter = recordingReporter();
  await buildTestEnvironment({ folder, requirements: await lockWheels(path), reporter });
  const warnings = reporter.takeWarnings();
  expect(warnings).toHaveLength(1);
  expect(warnings[0]?.message).toMatch(/needy.*absent/);
});

test("a project is built from a clean copy, with setup.py alone too, and what earlier builds left stays out", async () => {
  const folder = await tempFiles({
    "setup.py":
      "from setuptools import setup\nsetup(name='legacy-app', version='1.0', packages=['legacy'])\n",
    "legacy/__init__.py": "import os\n",
    "build/lib/legacy/stale.py": "",
    ".venv/pyvenv.cfg": "",
    ".venv/lib/x.py": "",
  });
  const reporter = recordingReporter();
  const built = await buildTestEnvironment({
    folder,
    requirements: { kind: "loose", requirements: [], files: [] },
    project: { kind: "wheel", name: "legacy-app" },
    reporter,
    host: testHost({ env: { ...process.env, SECRET_TOKEN: "canary-1234", PYTHONPATH: folder } }),
  });
  expect(built.distributions.map(({ name, origin }) => [name, origin])).toEqual([["legacy-app", "project"]]);
  expect(built.distributions[0]?.files.some((file) => file.includes("stale"))).toBe(false);
  expect(existsSync(join(folder, "legacy_app.egg-info"))).toBe(false);
});

test("what a build wrote of its own folder into text becomes the final path; in binary it fails the build", async () => {
  const built = await buildGenerated(false);
  expect(
    readFileSync(join(built.root, "opt/hello/lib/python3.11/site-packages/gen/__init__.py"), "utf8"),
  ).toBe("P='/opt/hello'");
  await expect(buildGenerated(true)).rejects.toMatchObject({ code: "RELOCATE_LEAK" });
});

/** A project whose `setup.py` writes the path of its build environment into a file. */
async function buildGenerated(binary: boolean) {
  const folder = await tempFiles({ "setup.py": setup(binary) });
  return await buildTestEnvironment({
    folder,
    requirements: { kind: "loose", requirements: [], files: [] },
    project: { kind: "wheel", name: "gen" },
    reporter: recordingReporter(),
  });
}

function setup(binary: boolean): string {
  return [
    "import sys, os, pathlib",
    "from setuptools import setup",
    `pathlib.Path('gen').mkdir(exist_ok=True); pathlib.Path('gen/__init__.py').write_bytes(('P=%r' % sys.prefix).encode() + ${binary ? String.raw`b'\n#\x00'` : "b''"})`,
    "setup(name='gen', version='1.0', packages=['gen'])",
  ].join("\n");
}
