import { join, resolve } from "node:path";
import { execa } from "execa";
import { repository } from "./run-folder.ts";

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** `false`: a failure is given back, not thrown. */
  readonly check?: boolean;
}

export interface CliResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The program as a user starts it. */
export const cliFile = join(repository, "bin/venvdeb.js");

/** Runs `venvdeb` with arguments; a failure is an error with all its output. */
export async function venvdeb(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const result = await execa(process.execPath, [cliFile, ...args], {
    cwd: options.cwd,
    env: { ...options.env },
    stdin: "ignore",
    reject: false,
  });
  const { exitCode = 128, stdout, stderr } = result;
  if (exitCode !== 0 && options.check !== false)
    throw new Error(`venvdeb ${args.join(" ")} ended with exit code ${exitCode}\n${stdout}\n${stderr}`);
  return { exitCode, stdout, stderr };
}

/** Builds the project of a folder and gives the path of its package, as printed on stdout. */
export async function buildDeb(
  project: string,
  args: readonly string[] = [],
  env: CliOptions["env"] = {},
): Promise<string> {
  const { stdout } = await venvdeb(["build", ...args], { cwd: project, env });
  const paths = stdout.trim().split("\n");
  if (paths.length !== 1 || !paths[0]?.endsWith(".deb"))
    throw new Error(`stdout should be the path of one package, and is:\n${stdout}`);
  return resolve(project, paths[0]);
}
