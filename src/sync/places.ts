import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Host } from "../effects/host.ts";

/** Folders of this machine for one repository. */
export interface SyncPlaces {
  readonly folder: string;
  /** `<key>/`: packages that wait to be published. */
  readonly built: string;
  /** `<key>.log`: the whole output of the last try. */
  readonly logs: string;
  /** `<key>.json`: jobs that failed. */
  readonly failed: string;
  readonly lock: string;
}

/** Below `VENVDEB_STATE_DIR`, else the user's folder for state (XDG Base Directory), by the repository's address. */
export function syncPlaces(repository: string, { env, home }: Pick<Host, "env" | "home">): SyncPlaces {
  const state =
    given(env["VENVDEB_STATE_DIR"]) ??
    join(given(env["XDG_STATE_HOME"]) ?? join(home, ".local/state"), "venvdeb");
  const id = createHash("sha256").update(repository).digest("hex").slice(0, 16);
  const folder = join(state, "sync", id);
  return {
    folder,
    built: join(folder, "built"),
    logs: join(folder, "logs"),
    failed: join(folder, "failed"),
    lock: join(folder, "lock"),
  };
}

function given(value: string | undefined): string | undefined {
  return value === undefined || !value.startsWith("/") ? undefined : value;
}
