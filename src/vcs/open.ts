import type { Host } from "../effects/host.ts";
import type { SourceSettings, VersionControl } from "./types.ts";

export declare function openSource(
  source: SourceSettings,
  host: Host,
  cacheDirectory: string,
): Promise<VersionControl>;
