import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { detectProject } from "../../src/project/detect.ts";
import { fixtureProject } from "../helpers/fixture-project.ts";
import { pythonVenv } from "../helpers/python-venv.ts";
import { tempFiles } from "../helpers/temp-files.ts";

const interpreter = "/usr/bin/python3.11";

describe("detectProject", () => {
  it("reads [project] of pyproject.toml", async () => {
    const directory = fixtureProject("pep621");
    expect(await detectProject(directory, { interpreter })).toEqual({
      directory,
      kind: "wheel",
      metadataFile: "pyproject.toml",
      name: "Hello_Web",
      version: "1.2.0",
      summary: "Says hello",
      homepage: "https://example.org/hello",
      maintainer: "Jane Doe <jane@example.org>",
      license: "MIT",
      requiresPython: ">=3.9",
      dependencies: ["flask>=2", 'tomli; python_version < "3.11"'],
      optionalDependencies: { "web-ui": ["gunicorn"] },
      dependencyGroups: { dev: ["pytest", "mypy"], "type-check": ["mypy"] },
      consoleScripts: ["hello", "hello-admin"],
      dynamic: [],
    });
  });

  it("reads setup.cfg", async () => {
    const project = await detectProject(fixtureProject("setup-cfg"), { interpreter });
    expect(project).toMatchObject({
      kind: "wheel",
      metadataFile: "setup.cfg",
      name: "ledger",
      version: "2.1",
      summary: "Keeps the books",
      homepage: "https://example.org/ledger",
      maintainer: "Jane Doe <jane@example.org>",
      license: "GPL-3.0-or-later",
      requiresPython: ">=3.8",
      dependencies: ["rich>=10", 'click ; python_version >= "3.8"'],
      optionalDependencies: { "post-gres": ["psycopg>=3"] },
      consoleScripts: ["ledger", "ledger-report"],
      dynamic: [],
    });
  });

  it("takes files with requirements.txt for an application that is not installed", async () => {
    const directory = fixtureProject("requirements-only");
    const project = await detectProject(directory, { interpreter });
    expect(project).toMatchObject({
      kind: "none",
      metadataFile: "requirements.txt",
      requirementsFile: join(directory, "requirements.txt"),
    });
    expect(project.name).toBeUndefined();
  });

  it.each([
    ["[tool.uv]\npackage = false", "none"],
    ["[tool.uv]\npackage = true", "wheel"],
    ["", "wheel"],
  ])("takes [project] with %j for kind %s", async (table, kind) => {
    const directory = await tempFiles({ "pyproject.toml": `[project]\nname = "a"\n${table}\n` });
    expect((await detectProject(directory, { interpreter })).kind).toBe(kind);
  });

  it("takes a pyproject.toml that only configures tools for none", async () => {
    const directory = await tempFiles({
      "pyproject.toml": "[tool.ruff]\nline-length = 100\n",
      "setup.py": "import setuptools; setuptools.setup()\n",
    });
    expect((await detectProject(directory, { interpreter })).metadataFile).toBe("setup.py");
  });

  it("leaves out what is not written down when the backend cannot be asked", async () => {
    const project = await detectProject(fixtureProject("dynamic"), { interpreter });
    expect(project).toMatchObject({
      name: "moving",
      dynamic: ["version", "dependencies", "optional-dependencies"],
    });
    expect(project.version).toBeUndefined();
  });

  it("does not ask the backend when everything is written down", async () => {
    await detectProject(fixtureProject("pep621"), { interpreter, readMetadata: refuseToBuild });
  });

  it("finds the lock of the uv workspace around a member", async () => {
    const root = await tempFiles({
      "pyproject.toml": '[tool.uv.workspace]\nmembers = ["packages/*"]\n',
      "uv.lock": "version = 1\n",
      "packages/one/pyproject.toml": '[project]\nname = "one"\nversion = "1"\n',
    });
    const project = await detectProject(join(root, "packages/one"), { interpreter });
    expect(project.lock).toEqual({ kind: "uv.lock", file: join(root, "uv.lock") });
  });
});

describe("detectProject with the metadata of the real build backend", () => {
  it("fills in what is dynamic (setuptools)", async () => {
    const project = await detectProject(fixtureProject("dynamic"), {
      interpreter,
      readMetadata: buildMetadata,
    });
    expect(project).toMatchObject({
      name: "moving",
      version: "4.5.6",
      dependencies: ["attrs>=20"],
      optionalDependencies: { extra: ['cattrs ; python_version >= "3.8"'] },
    });
  });

  it("fills in everything of a setup.py", async () => {
    const project = await detectProject(fixtureProject("setup-py"), {
      interpreter,
      readMetadata: buildMetadata,
    });
    expect(project).toMatchObject({
      kind: "wheel",
      metadataFile: "setup.py",
      version: "3.1",
      summary: "Made before pyproject.toml",
      homepage: "https://example.org/old",
      maintainer: "Jane Doe <jane@example.org>",
      license: "MIT",
      requiresPython: ">=3.6",
      dependencies: ["six", 'enum34 ; python_version < "3.4"'],
      optionalDependencies: { fast: ["lz4>=4", 'pickle5 ; python_version < "3.8"'] },
    });
  });

  it("fills in the dependencies of [tool.poetry] (poetry-core)", async () => {
    const project = await detectProject(fixtureProject("poetry"), {
      interpreter,
      readMetadata: buildMetadata,
    });
    expect(project).toMatchObject({
      name: "verses",
      version: "0.3.0",
      maintainer: "Jane Doe <jane@example.org>",
      homepage: "https://example.org/verses",
      license: "BSD-3-Clause",
      requiresPython: ">=3.9,<4.0",
      optionalDependencies: { cache: ["redis>=5,<6"] },
      consoleScripts: ["verses"],
    });
    expect(project.dependencies).toEqual(["requests>=2.28,<3.0"]);
  });
});

function refuseToBuild(): Promise<string> {
  return Promise.reject(new Error("asked"));
}

/** METADATA of the wheel that the project's backend makes, in a copy, as the environment part does it. */
async function buildMetadata(directory: string): Promise<string> {
  const venv = await pythonVenv("setuptools", "wheel", "poetry-core");
  const folder = await tempFiles();
  await cp(directory, join(folder, "source"), { recursive: true });
  const pip = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"];
  const run = promisify(execFile);
  await run(join(venv, "bin/python"), [...pip, "--wheel-dir", folder, join(folder, "source")]);
  return (await run(join(venv, "bin/python"), ["-c", printMetadata, folder])).stdout;
}

const printMetadata = `
import glob, sys, zipfile
[wheel] = glob.glob(sys.argv[1] + "/*.whl")
archive = zipfile.ZipFile(wheel)
[name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
print(archive.read(name).decode())
`;
