import type { ExecOptions } from "../../effects/exec.ts";
import { withAccess } from "../credentials.ts";
import type { InstallerContext, ResolveRequest } from "./types.ts";

/** How one call of an installer differs from others. */
export interface RunOptions extends Pick<ExecOptions, "failure"> {
  /** URL of the index to ask instead of the one that is set up. */
  readonly index?: string;
}

/** The options for finding versions. */
export function resolving({ index }: ResolveRequest): RunOptions {
  const failure = { code: "INSTALL_RESOLVE_FAILED", doing: "find versions for the requirements" } as const;
  return { failure, ...(index === undefined ? {} : { index }) };
}

/** The variable that names the index; with its password, so it is no argument. */
export async function indexVariable(
  name: string,
  index: string,
  { host, projectDirectory }: InstallerContext,
): Promise<Readonly<Record<string, string>>> {
  return { [name]: await withAccess(index, host, projectDirectory) };
}
