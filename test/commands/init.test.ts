import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config/read.ts";
import { cli } from "../helpers/cli.ts";
import { tempFiles } from "../helpers/temp-files.ts";

const WEB = `[project]
name = "Hello_Web"
version = "1.0"
description = "says hello"
dependencies = ["Flask>=3", "gunicorn[gevent]; python_version > '3'"]
scripts = { hello = "hello:main" }
`;

/** Runs init and gives the file that it wrote. */
async function initIn(folder: string): Promise<string> {
  const { exitCode, stdout, stderr } = await cli(["init"], { cwd: folder });
  expect([exitCode, stderr]).toEqual([0, "Fill in what is marked, then run: venvdeb build"]);
  return await readFile(stdout, "utf8");
}

describe("venvdeb init", () => {
  it("adds to pyproject.toml and leaves what is there as it is", async () => {
    const folder = await tempFiles({ "pyproject.toml": WEB });
    const text = await initIn(folder);
    expect(text.startsWith(`${WEB}\n# Settings of venvdeb`)).toBe(true);
    expect(text).toContain('# maintainer = "Name <address@example.org>"');
    expect(text).toContain('# name = "hello-web"');
    expect(text).not.toContain("# description");
    expect(text).toContain('# "/usr/bin/hello" = "bin/hello"');
    const { config } = await readConfig(folder);
    expect(config.services["hello-web"]?.command).toEqual([
      "gunicorn",
      "--bind",
      "127.0.0.1:8000",
      "hello_web:app",
    ]);
  });

  it("shows settings that are right when the marks are taken away", async () => {
    const folder = await tempFiles({ "pyproject.toml": '[project]\nname = "x-y"\nversion = "1"' });
    const text = await initIn(folder);
    const all = text
      .replaceAll(/^# (?=\[|[a-z"/-]+ = )/gm, "")
      .replace('description = ""', 'description = "x"');
    const filled = await tempFiles({ "pyproject.toml": all });
    const { config } = await readConfig(filled);
    expect(config).toMatchObject({ maintainer: "Name <address@example.org>", description: "x" });
    expect(Object.keys(config.services)).toEqual(["x-y"]);
  });

  it("writes venvdeb.toml for a project without pyproject.toml", async () => {
    const folder = await tempFiles({ "requirements.txt": "uvicorn\nfastapi\n", "app.py": "" });
    const text = await initIn(folder);
    expect((await readdir(folder)).sort()).toEqual(["app.py", "requirements.txt", "venvdeb.toml"]);
    expect(text).toContain('# version = "1.0.0"');
    expect(text).not.toContain("tool.venvdeb");
    await readConfig(folder);
  });

  it.each([
    { "pyproject.toml": "[project]\nname = 'x'\n[tool.venvdeb]\n" },
    { "requirements.txt": "", "venvdeb.toml": "" },
  ])("refuses when there are settings: %j", async (files) => {
    const folder = await tempFiles(files);
    const { exitCode, stderr } = await cli(["init", folder]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("[CONFIG_EXISTS]")]);
  });

  it("says when there is no project", async () => {
    const folder = await tempFiles();
    expect((await cli(["init"], { cwd: folder })).exitCode).toBe(1);
    expect(await readdir(join(folder))).toEqual([]);
  });
});

describe("venvdeb init --fleet", () => {
  it("writes a fleet file, once", async () => {
    const folder = await tempFiles();
    const first = await cli(["init", "--fleet", "fleet.toml"], { cwd: folder });
    expect([first.exitCode, first.stdout]).toEqual([0, join(folder, "fleet.toml")]);
    expect(first.stderr).toContain("venvdeb sync fleet.toml");
    expect(await readFile(join(folder, "fleet.toml"), "utf8")).toContain("[[source]]");
    const second = await cli(["init", "--fleet", "fleet.toml"], { cwd: folder });
    expect(second.exitCode).toBe(1);
    expect(second.stderr).toContain("CONFIG_EXISTS");
  });
});
