import { chmod, cp, mkdir, mkdtemp, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { PROGRAM } from "./cli.ts";
import { askPython, pythonVenv } from "./python-venv.ts";

/** Where a pipeline is acted out: the files of its repository, and programs in the place of those that change a machine. */
export interface Stage {
  readonly folder: string;
  /** A folder with the files of the repository, as a job finds it. */
  readonly checkOut: () => Promise<string>;
  /** Runs lines as a job does; gives whether they ended well. */
  readonly run: (
    shell: "bash" | "sh",
    lines: string,
    job: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  ) => Promise<boolean>;
  readonly output: readonly string[];
}

const YAML = `
import json, sys
from ruamel.yaml import YAML
json.dump(YAML(typ="safe", pure=True).load(json.load(sys.stdin)), sys.stdout)
`;

/** Reads YAML as the vendors do. */
export async function readYaml<T>(text: string): Promise<T> {
  const venv = await pythonVenv("check-jsonschema");
  return await askPython<T>(join(venv, "bin/python"), YAML, text);
}

/** What the checker says of a pipeline by the schema that the vendor publishes; nothing when all is well. */
export async function schemaProblems(vendor: "github" | "gitlab", path: string): Promise<string> {
  const venv = await pythonVenv("check-jsonschema");
  const schema = { github: "vendor.github-workflows", gitlab: "vendor.gitlab-ci" }[vendor];
  const { exitCode, stdout, stderr } = await execa(
    join(venv, "bin/check-jsonschema"),
    ["--builtin-schema", schema, path],
    { reject: false },
  );
  return exitCode === 0 ? "" : `${stdout}${stderr}`;
}

/** apt-get is asked what it would install; all else is real. */
export async function stage(folder: string, files: Readonly<Record<string, string>>): Promise<Stage> {
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  await program(join(bin, "venvdeb"), `exec "${process.execPath}" "${PROGRAM}" "$@"`);
  await program(
    join(bin, "apt-get"),
    'case $1 in update) ;; *) exec /usr/bin/apt-get --simulate --quiet "$@" ;; esac',
  );
  const output: string[] = [];
  return {
    folder,
    output,
    checkOut: async () => {
      const workspace = await mkdtemp(join(folder, "workspace-"));
      for (const [name, text] of Object.entries(files)) await writeFile(join(workspace, name), text);
      return workspace;
    },
    run: async (shell, lines, { cwd, env }) => {
      const script = join(await mkdtemp(join(folder, "script-")), "lines");
      await writeFile(script, lines);
      const { exitCode, all } = await execa(shell, ["-e", script], {
        cwd,
        all: true,
        reject: false,
        env: { PATH: `${bin}:${process.env["PATH"] ?? ""}`, ...env },
      });
      output.push(all);
      return exitCode === 0;
    },
  };
}

async function program(path: string, line: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${line}\n`);
  await chmod(path, 0o755);
}

/** Copies what is in a folder into another one; nothing where it is not there. */
export async function copyInto(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from).catch(() => []))
    await cp(join(from, name), join(to, name), { recursive: true });
}
