import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openFacts } from "../../src/sync/facts.ts";
import { readSources } from "../../src/sync/read-sources.ts";
import type { VersionControl } from "../../src/vcs/types.ts";
import { readFleet } from "../../src/sync/fleet/read.ts";
import { projectRepository } from "../helpers/fleet.ts";
import { opened } from "../helpers/open-source.ts";
import { tempFiles } from "../helpers/temp-files.ts";

/** A fleet of one project, with a count of how often commits are looked into. */
async function watched() {
  const repository = await projectRepository("billing", "v1.0.0");
  const folder = await tempFiles({
    "fleet.toml": `[repository]\nurl = "apt"\n[[source]]\ngit = "${repository.path}"\nbranches = { main = "testing" }\n`,
  });
  const { vcs } = await opened({ kind: "git", url: repository.path });
  let looks = 0;
  const counting: VersionControl = {
    ...vcs,
    describe: async (source, commit) => {
      looks++;
      return await vcs.describe(source, commit);
    },
  };
  const fleet = await readFleet("fleet.toml", folder);
  const cache = join(folder, "cache");
  const read = async () => {
    const before = looks;
    const [state] = await readSources(fleet, async () => counting, { facts: openFacts(cache) });
    return { looks: looks - before, description: state?.heads[0]?.description, failure: state?.failure };
  };
  return { repository, cache, read };
}

it("a commit that is known is not looked into again, until the tags are others", async () => {
  const { repository, cache, read } = await watched();
  const first = await read();
  expect(first).toMatchObject({ looks: 1, description: { tag: "v1.0.0", distance: 0 } });
  expect(await read()).toEqual({ ...first, looks: 0 });
  repository.commit("More", { text: "two\n" });
  expect(await read()).toMatchObject({ looks: 1, description: { tag: "v1.0.0", distance: 1 } });
  repository.run(["tag", "v1.1.0"]);
  expect(await read()).toMatchObject({ looks: 1, description: { tag: "v1.1.0", distance: 0 } });
  repository.run(["tag", "--delete", "v1.1.0"]);
  expect(await read()).toMatchObject({ looks: 1, description: { tag: "v1.0.0", distance: 1 } });
  expect(await read()).toMatchObject({ looks: 0, description: { tag: "v1.0.0", distance: 1 } });
  expect(await readdir(join(cache, "sync"))).toHaveLength(1);
});
