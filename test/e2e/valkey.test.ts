import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { smallProject } from "../helpers/fleet.ts";
import { gitRepository } from "../helpers/git-repository.ts";
import { cachedTree } from "../helpers/machine-cache.ts";
import { queueFleet } from "../helpers/queue-fleet.ts";
import { startWorker } from "../helpers/queue-worker.ts";
import type { RedisServer } from "../helpers/redis.ts";

/** Debian 13's, by the libraries of its own release. */
async function valkeyServer(): Promise<RedisServer> {
  const root = await cachedTree({ release: "trixie", packages: ["valkey-server"] });
  const libraries = ["usr/lib/x86_64-linux-gnu", "usr/lib"].map((folder) => join(root, folder)).join(":");
  const loader = join(root, "usr/lib64/ld-linux-x86-64.so.2");
  return [loader, "--library-path", libraries, join(root, "usr/bin/valkey-server")];
}

it(
  "a queue in Valkey: built by two workers through a restart, published once",
  { timeout: 900_000 },
  async () => {
    const fleet = await queueFleet(await valkeyServer());
    const redis = new Redis(fleet.redis.url, { password: fleet.redis.password });
    expect(await redis.info("server")).toContain("server_name:valkey");
    await redis.quit();
    const git = await gitRepository();
    const names = ["billing", "mailer", "web"];
    for (const name of names)
      git.commit(
        name,
        Object.fromEntries(
          Object.entries(smallProject(name, "one\n")).map(([path, text]) => [`${name}/${path}`, text]),
        ),
      );
    const sources = names.map(
      (name) => `[[source]]\nname = "${name}"\ngit = "${git.path}"\npath = "${name}"\n`,
    );
    await fleet.write(
      `[repository]\nurl = "apt"\n[defaults]\nbranches = { main = "testing" }\n${sources.join("")}`,
    );
    expect((await fleet.run("submit", "fleet.toml")).stderr).toContain("3 builds queued");
    const settings = { cwd: fleet.folder, env: fleet.env };
    const workers = [
      startWorker(["--builds=1"], settings),
      startWorker(["--builds=1", "--publish"], settings),
    ];
    await fleet.redis.restart();
    expect(await fleet.isIdle(300)).toMatchObject({ failed: [], published: [{ packages: 3 }] });
    expect((await fleet.listed("testing")).map((each) => each.split(" ")[0])).toEqual(names);
    expect((await fleet.run("submit", "fleet.toml")).stderr).toContain("Nothing to do");
    for (const worker of workers) {
      worker.signal("SIGTERM");
      expect(await worker.ended, worker.said()).toBe(0);
    }
  },
);
