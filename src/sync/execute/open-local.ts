import type { Reporter } from "../../reporter.ts";
import { openSandbox } from "../../sandbox/sandbox.ts";
import type { BuildSettings } from "../fleet/types.ts";
import { createLocalExecutor, type LocalOptions } from "./local.ts";
import type { Executor } from "./types.ts";

interface PoolOptions extends Omit<LocalOptions, "sandbox" | "limits"> {
  readonly reporter: Reporter;
}

/**
 * The local pool with a sandbox as good as this machine has, which says what it lacks.
 * @throws VenvdebError SYNC_NO_SANDBOX
 */
export async function openLocalPool(
  { sandbox: mode, limits }: BuildSettings,
  { reporter, ...options }: PoolOptions,
): Promise<Executor> {
  const sandbox = await openSandbox(mode, options.host);
  for (const lack of sandbox.lacks) reporter.warning(`sandbox: ${lack}`, SANDBOX_HINT);
  return createLocalExecutor({ ...options, sandbox, limits });
}

const SANDBOX_HINT = "docs/how-to/sync.md says what each machine can do";
