import { cp, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Queue } from "bullmq";
import { expect, it, onTestFinished } from "vitest";
import { buildQueueName, publishQueueName, queuePrefix } from "../../src/queue/names.ts";
import type { SyncPlan } from "../../src/sync/types.ts";
import { serveRepository } from "../../src/repository/serve.ts";
import { smallProject, type TestFleet } from "../helpers/fleet.ts";
import { gitRepository } from "../helpers/git-repository.ts";
import { createMachine } from "../helpers/machine.ts";
import { queueFleet, type QueueFleet } from "../helpers/queue-fleet.ts";
import { startWorker, type TestWorker } from "../helpers/queue-worker.ts";
import type { TestRedis } from "../helpers/redis.ts";
import { repository as ownFolder } from "../helpers/run-folder.ts";

const SMALL = Array.from({ length: 38 }, (_, index) => `service-${String(index).padStart(2, "0")}`);
const REAL = ["hello-web", "legacy"];
const ALL = [...SMALL, ...REAL].toSorted();

it("forty packages survive killed workers, a killed Redis and jobs that come twice", async () => {
  const fleet = await fleetOfForty();
  const { redis, env } = fleet;
  const submitted = await fleet.run("submit", "fleet.toml", "--json");
  expect(JSON.parse(submitted.stdout)).toMatchObject({ queued: { length: 40 }, shared: [] });
  const crew = startCrew({ cwd: fleet.folder, env });
  await disturb(crew, redis, async () => {
    const again = await fleet.run("submit", "fleet.toml", "--json");
    expect(again.exitCode, again.stderr).toBe(0);
  });
  const done = await fleet.isIdle(600);
  expect(crew.deaths(), crew.said()).toBeGreaterThanOrEqual(8);

  // Every package once.
  const first = await fleet.listed("testing");
  expect(first.map((line) => line.split(" ")[0])).toEqual(ALL);
  const verified = await fleet.run("repo", "verify", "apt");
  expect(verified.exitCode, verified.stderr).toBe(0);
  expect(done.failed).toEqual([]);

  // Delivered twice, after all is done; the publication clears away what the builds have brought anew.
  const release = await readFile(join(fleet.folder, "apt/dists/testing/InRelease"), "utf8");
  const queue = await firstPlan(fleet);
  await queue.deliverBuilds(3);
  expect((await fleet.isIdle(120)).failed).toEqual([]);
  await queue.deliverPublication();
  await fleet.isIdle(120);
  expect(await readdir(join(fleet.folder, "apt/incoming"))).toEqual(["plans"]);
  expect(await fleet.listed("testing")).toEqual(first);
  expect(await readFile(join(fleet.folder, "apt/dists/testing/InRelease"), "utf8")).toBe(release);
  const nothing = await fleet.run("submit", "fleet.toml");
  expect(nothing.stderr).toContain("Nothing to do: 40 jobs are published already.");

  // Redis knows identifiers and texts, and nothing that gets in anywhere.
  const written = await everythingWritten(redis);
  expect(written).toContain("service-07");
  expect(written).not.toContain(redis.password);
  expect(written).not.toContain(fleet.folder);

  expect(await crew.stop()).toEqual([0, 0, 0, 0]);
  await expectInstallable(fleet);
});

async function fleetOfForty(): Promise<QueueFleet> {
  const fleet = await queueFleet();
  const git = await gitRepository();
  for (const name of REAL)
    await cp(join(ownFolder, "sample-apps", name), join(git.path, name), { recursive: true });
  const files = SMALL.flatMap((name) =>
    Object.entries(smallProject(name, `${name}\n`)).map(([path, text]) => [`${name}/${path}`, text]),
  );
  git.commit("Begin", Object.fromEntries(files));
  const sources = [...SMALL, ...REAL].map(
    (name) => `[[source]]\nname = "${name}"\ngit = "${git.path}"\npath = "${name}"\n`,
  );
  await fleet.write(
    `[repository]\nurl = "apt"\n[defaults]\nbranches = { main = "testing" }\n${sources.join("")}`,
  );
  return fleet;
}

interface Crew {
  readonly kill: (index: number) => Promise<void>;
  readonly deaths: () => number;
  readonly said: () => string;
  readonly stop: () => Promise<(number | null)[]>;
}

/** Four workers; one that was killed is replaced, as its service would be. */
function startCrew(options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> }): Crew {
  const start = () => startWorker(["--builds=1", "--publish", "--lease=3"], options);
  const workers = [start(), start(), start(), start()];
  const former: TestWorker[] = [];
  return {
    kill: async (index) => {
      const worker = workers[index];
      if (worker === undefined) return;
      worker.signal("SIGKILL");
      await worker.ended;
      former.push(worker);
      workers[index] = start();
    },
    deaths: () => former.length,
    said: () => [...former, ...workers].map(({ said }) => said()).join("\n---\n"),
    stop: async () => {
      for (const worker of workers) worker.signal("SIGTERM");
      return await Promise.all(workers.map(async ({ ended }) => ended));
    },
  };
}

/** Nine times: a worker is killed; amid them Redis is too, and everything is submitted again. */
async function disturb(crew: Crew, redis: TestRedis, submit: () => Promise<void>): Promise<void> {
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  for (let turn = 0; turn < 9; turn++) {
    await setTimeout(1500 + random(1500));
    await crew.kill(random(4));
    if (turn === 3) await redis.restart();
    if (turn === 5) await submit();
  }
}

/** Delivers jobs of the first submission as if the queue had forgotten that they are done. */
async function firstPlan({ redis, folder }: QueueFleet) {
  const plans = join(folder, "apt/incoming/plans");
  const read = async (name: string): Promise<SyncPlan> =>
    JSON.parse(await readFile(join(plans, name), "utf8"));
  const all = await Promise.all(
    (await readdir(plans)).map(async (name) => ({ name, plan: await read(name) })),
  );
  const first = all.find(({ plan }) => plan.jobs.every(({ action }) => action === "build"));
  if (first === undefined) throw new Error("no plan has forty builds");
  const { plan, name } = first;
  const id = name.replace(".json", "");
  const options = {
    prefix: queuePrefix(join(folder, "apt")),
    connection: { host: "127.0.0.1", port: Number(new URL(redis.url).port), password: redis.password },
  };
  const builds = new Queue(buildQueueName(plan.jobs[0]?.target ?? "", plan.tool), options);
  const publications = new Queue(publishQueueName(plan.tool), options);
  onTestFinished(async () => {
    await Promise.all([builds.close(), publications.close()]);
  });
  return {
    deliverBuilds: async (count: number) => {
      for (const { key } of plan.jobs.slice(0, count)) {
        await builds.remove(key);
        await builds.add("build", { format: 1, plan: id, key, label: "again" }, { jobId: key });
      }
    },
    deliverPublication: async () => {
      await publications.remove(id);
      await publications.add("publish", { format: 1, plan: id, label: "again" }, { jobId: id });
    },
  };
}

async function everythingWritten({ folder }: TestRedis): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const files = names.filter((name) => name.endsWith(".aof"));
  return (await Promise.all(files.map(async (name) => readFile(join(folder, name), "utf8")))).join("");
}

async function expectInstallable(fleet: TestFleet): Promise<void> {
  const server = await serveRepository(join(fleet.folder, "apt"));
  const { stdout: sources } = await fleet.run(
    "repo",
    "client",
    "apt",
    "testing",
    "--file=inline",
    `--public-url=${server.url}`,
  );
  const machine = await createMachine({ name: "queue" });
  try {
    await machine.enterChroot();
    await machine.run("tee", ["/etc/apt/sources.list.d/fleet.sources"], { input: sources });
    await machine.sh("apt-get -q update && apt-get -q -y install " + ALL.join(" "));
    const versions = await machine.sh(`dpkg-query -W -f '\${Package} \${Status}\\n' ${ALL.join(" ")}`);
    expect(versions.split("\n")).toEqual(ALL.map((name) => `${name} install ok installed`));
    expect(await machine.sh("cat /usr/share/service-07/text")).toBe("service-07");
  } finally {
    await machine.destroy();
    await server.close();
  }
}
