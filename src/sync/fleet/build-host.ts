import type { Host } from "../../effects/host.ts";
import type { BuildSettings } from "./types.ts";

/** The machine as builds of a fleet see it: with the fleet's shared cache, unless the environment names another or none. */
export function buildHost(host: Host, { sharedCache }: BuildSettings): Host {
  return sharedCache === undefined
    ? host
    : { ...host, env: { VENVDEB_SHARED_CACHE: sharedCache, ...host.env } };
}
