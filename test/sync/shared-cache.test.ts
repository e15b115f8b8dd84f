import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cachedProject } from "../helpers/cached-project.ts";
import { cli } from "../helpers/cli.ts";
import { SHARED_CACHE } from "../helpers/environment-build.ts";
import { testFleet } from "../helpers/fleet.ts";
import { gitRepository } from "../helpers/git-repository.ts";
import { startSharedServer } from "../helpers/shared-server.ts";

it(
  "builds of a fleet share their layers where the fleet file says, unless the environment says otherwise",
  { timeout: 300_000 },
  async () => {
    const [project, git, server] = [await cachedProject(), await gitRepository(), await startSharedServer()];
    await cp(project.directory, git.path, { recursive: true });
    git.commit("Begin");
    const synced = async (env: Readonly<Record<string, string>>) => {
      const fleet = await testFleet();
      const tools = join(SHARED_CACHE, "tools");
      if (existsSync(tools)) await cp(tools, join(fleet.folder, "cache/tools"), { recursive: true });
      await fleet.write(`[repository]
url = "apt"
[build]
shared-cache = "${server.url}"
[[source]]
git = "${git.path}"
branches = { main = "testing" }
`);
      const { exitCode, stderr } = await cli(["sync", "fleet.toml"], {
        cwd: fleet.folder,
        env: { ...fleet.env, ...env },
      });
      expect(exitCode, stderr).toBe(0);
      return server.requests.splice(0);
    };
    expect(await synced({ VENVDEB_SHARED_CACHE: "" })).toEqual([]);
    expect(await synced({})).toContainEqual(expect.stringMatching(/^PUT blobs\//));
    const another = await synced({});
    expect(another).toContainEqual(expect.stringMatching(/^GET blobs\//));
    expect(another.filter((request) => request.startsWith("PUT blobs/"))).toEqual([]);
  },
);
