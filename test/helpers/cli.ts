import { fileURLToPath } from "node:url";
import { execa } from "execa";

export const PROGRAM = fileURLToPath(new URL("../../bin/venvdeb.js", import.meta.url));

export interface CliResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the compiled program as a user would, in a folder. */
export async function cli(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CliResult> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [PROGRAM, ...args], {
    reject: false,
    stdin: "ignore",
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { CI: "", NO_COLOR: "", ...options.env },
  });
  return { exitCode, stdout, stderr };
}
