import type { Host } from "../effects/host.ts";
import { ownFolders } from "../effects/program.ts";
import { backendSandbox } from "../sandbox/bubblewrap.ts";
import type { Command } from "../sandbox/types.ts";

/** How the code of a project is run to build it: kept apart when the build runs in a sandbox that can do so. */
export function backendCommand(
  command: Command,
  { host, writable }: { readonly host: Host; readonly writable: readonly string[] },
): Command {
  const isolation = host.env["VENVDEB_BACKEND_ISOLATION"];
  return isolation === "full" || isolation === "same-processes"
    ? backendSandbox(command, { readable: ownFolders(), writable }, isolation)
    : command;
}
