import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { detectProject } from "../../../src/project/detect.ts";
import { resolveLock } from "../../../src/project/locks/resolve.ts";
import type { LockedDistribution } from "../../../src/plan/types.ts";
import { BOOKWORM_PYTHON } from "../../helpers/bookworm-python.ts";
import { namesOf } from "../../helpers/locked-project.ts";
import { pythonVenv } from "../../helpers/python-venv.ts";
import { tempFiles } from "../../helpers/temp-files.ts";
import { thrown } from "../../helpers/thrown.ts";
import { wheelIndex } from "../../helpers/wheel-index.ts";

const distributions = [
  { name: "web", version: "2.0", requires: ["base>=1", 'colors; sys_platform == "win32"'] },
  { name: "base", version: "1.5" },
  { name: "colors", version: "1.0" },
  { name: "fast", version: "0.9" },
  { name: "tester", version: "7.0" },
  { name: "linter", version: "1.0" },
];

describe("locks of other tools, by their own exporters", { timeout: 300_000 }, () => {
  it("poetry", async () => {
    const { url } = await wheelIndex(distributions);
    const directory = await tempFiles({
      "pyproject.toml": `[project]
name = "locked"
version = "0.1"
requires-python = ">=3.9,<4.0"
dependencies = ["web>=1"]
[project.optional-dependencies]
speedy = ["fast"]
[tool.poetry]
package-mode = false
[tool.poetry.group.dev.dependencies]
tester = "*"
[[tool.poetry.source]]
name = "local"
url = "${url}/"
priority = "primary"
`,
    });
    const bin = await tool(["poetry", "poetry-plugin-export"]);
    await run(bin, "poetry", ["lock", "--no-interaction"], directory);
    await expectParts(directory, bin);
  });

  it("pdm", async () => {
    const { url } = await wheelIndex(distributions);
    const directory = await tempFiles({
      "pyproject.toml": `[project]
name = "locked"
version = "0.1"
requires-python = ">=3.9"
dependencies = ["web>=1"]
[project.optional-dependencies]
speedy = ["fast"]
[dependency-groups]
dev = ["tester"]
other = ["linter"]
[tool.pdm]
distribution = false
[[tool.pdm.source]]
name = "pypi"
url = "${url}"
`,
    });
    const bin = await tool(["pdm", "hishel<1", "unearth<0.18"]);
    await run(bin, "pdm", ["lock", "--quiet", "-G:all"], directory);
    await expectParts(directory, bin);
  });

  it("pipenv", async () => {
    const { url } = await wheelIndex(distributions);
    const directory = await tempFiles({
      Pipfile: `[[source]]
url = "${url}"
name = "local"
verify_ssl = false
[packages]
web = "*"
[speedy]
fast = "*"
[dev-packages]
tester = "*"
`,
    });
    const bin = await tool(["pipenv"]);
    await run(bin, "pipenv", ["lock"], directory);
    await expectParts(directory, bin);
  });

  it("says what to do when the tool is not there", async () => {
    const directory = await tempFiles({
      "pyproject.toml": '[project]\nname = "locked"\nversion = "0.1"\n',
      "poetry.lock": "",
    });
    const error = await thrown(() => lockOf(directory, "/nowhere"));
    expect(error.code).toBe("LOCK_NOT_READABLE");
    expect(error.message).toContain("poetry is not on PATH");
    expect(error.hint).toContain("poetry export --format=requirements.txt --output=requirements.txt");
  });

  it("shows the tool's own words when it fails", async () => {
    const directory = await tempFiles({ Pipfile: "", "Pipfile.lock": "damaged" });
    const error = await thrown(async () => lockOf(directory, await tool(["pipenv"])));
    expect(error.code).toBe("LOCK_NOT_READABLE");
    expect(error.message).toContain('"pipenv requirements --hash" failed');
  });
});

async function tool(requirements: readonly string[]): Promise<string> {
  return join(await pythonVenv(...requirements), "bin");
}

function variables(bin: string): Record<string, string> {
  return {
    PATH: `${bin}:/usr/bin:/bin`,
    POETRY_VIRTUALENVS_CREATE: "false",
    PIPENV_PYTHON: "/usr/bin/python3.11",
    PIPENV_VENV_IN_PROJECT: "1",
  };
}

async function run(bin: string, name: string, args: readonly string[], cwd: string): Promise<void> {
  await promisify(execFile)(join(bin, name), args, { cwd, env: { ...process.env, ...variables(bin) } });
}

async function lockOf(
  directory: string,
  bin: string,
  parts: { readonly extras?: readonly string[]; readonly groups?: readonly string[] } = {},
): Promise<readonly LockedDistribution[]> {
  const project = await detectProject(directory, { interpreter: "/usr/bin/python3.11" });
  const env = bin === "/nowhere" ? { PATH: bin } : variables(bin);
  const { extras = [], groups = [] } = parts;
  return resolveLock(project, { target: { python: BOOKWORM_PYTHON }, extras, groups, env });
}

async function expectParts(directory: string, bin: string): Promise<void> {
  const plain = await lockOf(directory, bin);
  expect(namesOf(plain)).toEqual(["base 1.5", "web 2.0"]);
  for (const { source } of plain) {
    if (source.kind !== "index") throw new Error("not from an index");
    expect(source.files.length).toBeGreaterThan(0);
    for (const { hashes } of source.files) expect(hashes["sha256"]).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(namesOf(await lockOf(directory, bin, { extras: ["speedy"] }))).toEqual([
    "base 1.5",
    "fast 0.9",
    "web 2.0",
  ]);
  expect(namesOf(await lockOf(directory, bin, { groups: ["dev"] }))).toEqual([
    "base 1.5",
    "tester 7.0",
    "web 2.0",
  ]);
}
