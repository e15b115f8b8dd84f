import { join } from "node:path";
import { readHost } from "../../src/effects/host.ts";
import { openSource } from "../../src/vcs/open.ts";
import type { SourceSettings, VersionControl } from "../../src/vcs/types.ts";
import { tempFiles } from "./temp-files.ts";

export interface OpenedSource {
  readonly source: SourceSettings;
  readonly vcs: VersionControl;
  readonly cache: string;
  /** A folder that is not there yet. */
  readonly output: string;
  /** The commit of a branch or tag as it is there now. */
  readonly commitOf: (name: string) => Promise<string>;
}

/** Opens a source with a cache of its own. */
export async function opened(source: SourceSettings): Promise<OpenedSource> {
  const folder = await tempFiles();
  const cache = join(folder, "cache");
  const vcs = await openSource(source, { ...readHost(), home: folder }, cache);
  const commitOf = async (name: string): Promise<string> => {
    const found = (await vcs.refs(source)).find((ref) => ref.name === name);
    if (found === undefined) throw new Error(`there is no ${name}`);
    return found.commit;
  };
  return { source, vcs, cache, output: join(folder, "output"), commitOf };
}
