import { execa } from "execa";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cli, PROGRAM } from "../helpers/cli.ts";
import { tempFiles } from "../helpers/temp-files.ts";

describe("the words that may follow", () => {
  it.each([
    [[""], ["init", "plan", "build", "check", "inspect", "rehearse", "completion"]],
    [["build", "--comp"], ["--compression"]],
    [
      ["build", "--compression", ""],
      ["xz", "zstd", "gzip", "none"],
    ],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
  ])("after %j are %j", async (typed, words) => {
    const { stdout } = await cli(["--get-yargs-completions", "venvdeb", ...typed], {
      env: { SHELL: "/bin/bash" },
    });
    expect(stdout.split("\n")).toEqual(expect.arrayContaining(words));
  });
});

describe("the script of a shell", () => {
  it("is the one of $SHELL when none is named", async () => {
    const { stdout } = await cli(["completion"], { env: { SHELL: "/usr/bin/fish" } });
    expect(stdout).toContain("complete -c venvdeb");
  });

  it("of an unknown shell is refused", async () => {
    const { exitCode, stderr } = await cli(["completion"], { env: { SHELL: "/bin/tcsh" } });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('"tcsh"')]);
    expect((await cli(["completion", "tcsh"])).exitCode).toBe(2);
  });

  it("makes bash complete commands and values", async () => {
    const folder = await tempFiles();
    await mkdir(join(folder, "bin"));
    await symlink(PROGRAM, join(folder, "bin/venvdeb"));
    const { stdout: script } = await cli(["completion", "bash"]);
    const ask = async (...words: string[]) => {
      const line = words.map((word) => `'${word}'`).join(" ");
      const text = `${script}\nCOMP_WORDS=(${line}); COMP_CWORD=${words.length - 1}; _venvdeb; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout } = await execa("bash", ["-c", text], {
        env: { PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}` },
      });
      return stdout.split("\n");
    };
    expect(await ask("venvdeb", "in")).toEqual(["init", "inspect"]);
    expect(await ask("venvdeb", "build", "--compression", "g")).toEqual(["gzip"]);
    expect(await ask("venvdeb", "build", "--j")).toEqual(["--jobs", "--json"]);
  });
});
