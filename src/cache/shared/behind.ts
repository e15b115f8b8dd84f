import type { Host } from "../../effects/host.ts";
import type { Reporter } from "../../reporter.ts";
import type { Store } from "../store.ts";
import { openSharedPlace } from "./open.ts";
import { Patience } from "./patience.ts";
import { createNoteSeal } from "./sealed-note.ts";
import { withShared, type SharedStore } from "./store.ts";

/**
 * Puts what `VENVDEB_SHARED_CACHE` names behind the store of this machine, with `VENVDEB_SHARED_CACHE_KEY` as the secret
 * that notes are sealed with.
 * @param limit bytes that one value may have
 * @throws VenvdebError CACHE_BAD_SHARED
 */
export async function openBehind(
  local: Store,
  url: string,
  { host, reporter, limit }: { readonly host: Host; readonly reporter: Reporter; readonly limit: number },
): Promise<SharedStore> {
  const place = await openSharedPlace(url, host);
  return withShared(local, {
    place,
    patience: new Patience(place.url, reporter),
    seal: createNoteSeal(host.env["VENVDEB_SHARED_CACHE_KEY"] || undefined),
    limit,
  });
}
