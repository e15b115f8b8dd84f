import { join } from "node:path";
import { withTempDir } from "../../effects/temp-dir.ts";
import { VenvdebError } from "../../errors.ts";
import { LIMITS } from "../limits.ts";
import { runTool, streamTool } from "../run.ts";
import { readFolder } from "../tree/read-folder.ts";
import { writeTree } from "../tree/write.ts";
import type { SvnClient } from "./client.ts";

/**
 * Exports a folder without what svn:externals names. It goes through a folder of its own first, so that what comes out
 * is checked as every tree is; how much will come is asked before.
 * @throws VenvdebError VCS_UNREACHABLE, VCS_TOO_BIG, VCS_UNSAFE_TREE
 */
export async function exportFolder(
  client: SvnClient,
  url: string,
  directory: string,
  date: Date,
): Promise<void> {
  const doing = `export from the Subversion repository ${JSON.stringify(client.address.shown)}`;
  await withTempDir(async (scratch) => {
    const folder = join(scratch, "export");
    await client.withTool(async (svn, common) => {
      await refuseTooMuch(streamTool(svn, ["list", "--xml", "--recursive", ...common, url], { doing }));
      const quietly = ["--quiet", "--ignore-externals", "--native-eol=LF"];
      await runTool(svn, ["export", ...quietly, ...common, url, folder], { doing, code: "VCS_UNREACHABLE" });
    });
    await writeTree(readFolder(folder), directory, date);
  });
}

/** Counts in the list as it comes: it may be of millions of files. */
async function refuseTooMuch(list: AsyncIterable<Uint8Array>): Promise<void> {
  let [entries, bytes, rest] = [0, 0, ""];
  for await (const piece of list) {
    const text = rest + Buffer.from(piece).toString("latin1");
    const end = text.lastIndexOf("<");
    for (const [, size] of text.slice(0, end).matchAll(/<entry\b|<size>(\d+)/g)) {
      if (size === undefined) entries++;
      else bytes += Number(size);
    }
    rest = text.slice(end);
    if (entries > LIMITS.treeEntries || bytes > LIMITS.treeBytes)
      throw new VenvdebError(
        "VCS_TOO_BIG",
        `Cannot export the tree of the repository: it has more than ${LIMITS.treeEntries} files or ${LIMITS.treeBytes} bytes`,
      );
  }
}
