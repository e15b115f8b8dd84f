import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS, GROUPS } from "../src/commands/registry.ts";
import { cli } from "./helpers/cli.ts";
import { tempFiles } from "./helpers/temp-files.ts";

describe("--version", () => {
  it("prints the version of package.json", async () => {
    const { version }: { version: string } = JSON.parse(await readFile("package.json", "utf8"));
    expect(await cli(["--version"])).toEqual({ exitCode: 0, stdout: version, stderr: "" });
  });
});

describe("--help", () => {
  it("names every command", async () => {
    const { exitCode, stdout, stderr } = await cli(["--help"]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const shown = [...COMMANDS, ...GROUPS].filter(({ name }) => !name.includes(" "));
    for (const { name, summary } of shown)
      expect(stdout).toMatch(new RegExp(`venvdeb ${name}\\b.*${summary}`));
  });

  it.each(COMMANDS.map(({ name }) => name))(
    "of %s shows every option and an example in 100 columns",
    async (name) => {
      const command = COMMANDS.find((each) => each.name === name);
      const { exitCode, stdout, stderr } = await cli([...name.split(" "), "--help"]);
      expect([exitCode, stderr]).toEqual([0, ""]);
      for (const option of Object.keys(command?.options ?? {})) expect(stdout).toContain(`--${option}`);
      expect(stdout).toContain(`venvdeb ${command?.examples[0].command}`);
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
    },
  );

  it("starts without the libraries that only commands need", async () => {
    for (const args of [["--version"], ["--help"], ["build", "--help"]])
      expect((await loadedBy(args)).filter((url) => url.includes("/node_modules/"))).toEqual([]);
    const loaded = await loadedBy(["check", "--skip-lintian", "missing.deb"]);
    expect(loaded.filter((url) => /\/(?:zod|fs-extra|liquidjs|toml)\//.test(url))).toEqual([]);
  });
});

/** Node itself says which modules it has run. */
async function loadedBy(args: readonly string[]): Promise<string[]> {
  const folder = await tempFiles();
  await cli(args, { env: { NODE_V8_COVERAGE: folder } });
  const texts = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")),
  );
  const reports: { result: { url: string }[] }[] = texts.map((text) => JSON.parse(text));
  return reports.flatMap(({ result }) => result.map(({ url }) => url));
}

describe("wrong usage", () => {
  it.each([
    [[], "no command is named", "venvdeb --help"],
    [["bild"], '"bild" is not known (did you mean "build"?)', "venvdeb --help"],
    [["build", "--outptu", "x"], '"outptu" is not known (did you mean "--output"?)', "venvdeb build --help"],
    [["build", "--no-json"], '"no-json" is not known', "venvdeb build --help"],
    [["build", "-o"], "not enough arguments following: o", "venvdeb build --help"],
    [["build", "-o", "a", "-o", "b"], "--output is given 2 times (once is wanted)", "venvdeb --help"],
    [
      ["build", "--jobs", "many"],
      "--jobs is no number (a whole number of at least 1 is wanted)",
      "venvdeb --help",
    ],
    [
      ["build", "--jobs", "0"],
      "--jobs is no number (a whole number of at least 1 is wanted)",
      "venvdeb --help",
    ],
    [
      ["build", "--compression", "bzip2"],
      'invalid values: Argument: compression, Given: "bzip2", Choices: "xz", "zstd", "gzip", "none"',
      "venvdeb build --help",
    ],
    [
      ["build", "--revision", "1-2"],
      '--revision is "1-2" (letters, digits and + . ~ are wanted)',
      "venvdeb --help",
    ],
    [["plan", "a", "b"], '"b" is not known', "venvdeb plan --help"],
    [["check"], "not enough non-option arguments: got 0, need at least 1", "venvdeb check --help"],
  ])("%j ends with exit code 2 and says what is meant", async (args, problem, hint) => {
    const { exitCode, stdout, stderr } = await cli(args);
    expect(stderr).toContain(`error: Cannot read the command line: ${problem}`);
    expect(stderr.trimEnd()).toMatch(new RegExp(`\\[USAGE_INVALID\\]\nhint: ${hint}$`));
    expect([exitCode, stdout]).toEqual([2, ""]);
  });

  it("takes what follows -- as it is", async () => {
    const { exitCode, stderr } = await cli(["plan", "--", "--json"]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("--json")]);
  });
});

describe("an error", () => {
  it("of the settings ends with exit code 2, all mistakes and the page to read", async () => {
    const folder = await tempFiles({
      "pyproject.toml": '[project]\nname = "x"\nversion = "1"\n[tool.venvdeb]\nnmae = "x"\npython = 3\n',
    });
    const { exitCode, stdout, stderr } = await cli(["plan"], { cwd: folder });
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toContain('pyproject.toml:5:1: tool.venvdeb.nmae: unknown setting (did you mean "name"?)');
    expect(stderr).toContain("[CONFIG_INVALID]\nhint: ");
  });

  it("of the world ends with exit code 1 and never drives the terminal", async () => {
    const { exitCode, stderr } = await cli(["inspect", "\u001B[31mno.deb"]);
    expect(exitCode).toBe(1);
    expect(stderr).not.toContain("\u001B");
    expect(stderr).toContain("[DEB_NOT_A_PACKAGE]");
  });

  it("shows no credentials", async () => {
    const { stderr } = await cli(["https://user:secret@example.org/x.deb"]);
    expect(stderr).toContain("https://****@example.org");
  });
});
