import type { Host } from "../effects/host.ts";
import { parseAddress } from "./address.ts";
import { openGit } from "./git/git.ts";
import { openMercurial } from "./mercurial/mercurial.ts";
import { openSubversion } from "./subversion/subversion.ts";
import type { SourceSettings, VersionControl } from "./types.ts";

/**
 * Opens the repository of a source. Nothing is reached yet. What is fetched is kept in `<cacheDirectory>/vcs`, for all
 * processes that look at the same repository.
 * @throws VenvdebError VCS_BAD_URL; each method: VCS_*, TOOL_MISSING
 */
export async function openSource(
  source: SourceSettings,
  host: Host,
  cacheDirectory: string,
): Promise<VersionControl> {
  const address = parseAddress(source.kind, source.url);
  return OPEN[source.kind](address, host, cacheDirectory);
}

const OPEN = { git: openGit, hg: openMercurial, svn: openSubversion } as const;
