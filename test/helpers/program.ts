import { cli, PROGRAM, type CliResult } from "./cli.ts";

export { PROGRAM };

/** What `venvdeb build --json` tells of one package. */
interface BuiltPackage {
  /** Absolute. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly package: { readonly name: string; readonly version: string; readonly architecture: string };
}

type Variables = Readonly<Record<string, string>>;

/** Runs the program as a user would; a failure is an error with all its output. */
export async function venvdeb(args: readonly string[], cwd: string, env: Variables = {}): Promise<CliResult> {
  const result = await cli(args, { cwd, env });
  if (result.exitCode === 0) return result;
  throw new Error(
    `venvdeb ${args.join(" ")} ended with exit code ${result.exitCode}\n${result.stdout}\n${result.stderr}`,
  );
}

/** Builds the project of a folder and gives what was made. */
export async function build(
  project: string,
  args: readonly string[] = [],
  env: Variables = {},
): Promise<BuiltPackage> {
  const { stdout } = await venvdeb(["build", "--json", ...args], project, env);
  const [report, ...others]: BuiltPackage[] = JSON.parse(stdout);
  if (report === undefined || others.length > 0) throw new Error(`not the report of one package:\n${stdout}`);
  return report;
}
