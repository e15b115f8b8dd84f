import type { Reporter } from "../../reporter.ts";
import { openSandbox } from "../../sandbox/sandbox.ts";
import { buildHost } from "../fleet/build-host.ts";
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
  build: BuildSettings,
  { reporter, ...options }: PoolOptions,
): Promise<Executor> {
  const host = buildHost(options.host, build);
  const sandbox = await openSandbox(build.sandbox, host);
  if (sandbox.lacks.length > 0) reporter.warning(sandbox.lacks.join("; "), SANDBOX_HINT);
  return createLocalExecutor({ ...options, host, sandbox, limits: build.limits });
}

const SANDBOX_HINT = "docs/how-to/sync.md says what each machine can do";
