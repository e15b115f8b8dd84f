import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Queue } from "bullmq";
import { expect, it, onTestFinished } from "vitest";
import { awaitPublication } from "../../src/queue/await-publication.ts";
import { buildQueueName, queuePrefix } from "../../src/queue/names.ts";
import { openQueues } from "../../src/queue/open.ts";
import { parseRedisAddress } from "../../src/queue/redis-address.ts";
import { cli } from "../helpers/cli.ts";
import { newestDropsConffile, withConffile } from "../helpers/dropped-conffile.ts";
import { smallProject } from "../helpers/fleet.ts";
import { gitRepository } from "../helpers/git-repository.ts";
import { queueFleet, type QueueFleet } from "../helpers/queue-fleet.ts";
import { startWorker } from "../helpers/queue-worker.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";
import { thrown } from "../helpers/thrown.ts";
import { waitFor } from "../helpers/wait-for.ts";

it(
  "two build and one does not; who writes to Redis gets nothing else built",
  { timeout: 300_000 },
  async () => {
    const fleet = await queueFleet();
    const git = await gitRepository();
    const broken = smallProject("broken", "x\n");
    git.commit("Begin", {
      ...below("billing", smallProject("billing", "one\n")),
      ...below("mailer", smallProject("mailer", "one\n")),
      ...below("broken", {
        ...broken,
        "pyproject.toml": `${broken["pyproject.toml"] ?? ""}colour = "red"\n`,
      }),
    });
    await fleet.write(fleetOf(git.path, ["billing", "mailer", "broken"]));
    expect((await fleet.run("status", "fleet.toml")).stdout).toContain("The queue is empty");
    const submitted = await fleet.run("submit", "fleet.toml");
    expect(submitted.stderr).toContain("3 builds queued, 3 jobs in all.");
    expect((await fleet.run("submit", "fleet.toml")).stderr).toContain(
      "0 builds queued, 3 in the queue already",
    );
    await addHostileJobs(fleet);

    // The first one is stopped while it builds: it ends that, and takes nothing more.
    const first = startWorker(["--builds=1"], { cwd: fleet.folder, env: fleet.env });
    await waitFor(async () => (first.said().includes("begun: ") ? true : undefined), { what: "a build" });
    first.signal("SIGTERM");
    expect(await first.ended, first.said()).toBe(0);
    expect(first.said().match(/^(?:done|warning: failed): /gm)).toHaveLength(1);
    const stopped = await fleet.status();
    expect(stopped.running).toEqual([]);

    const worker = startWorker(["--builds=1", "--publish", "--lease=5"], {
      cwd: fleet.folder,
      env: fleet.env,
    });
    const done = await fleet.isIdle(200);
    expect(await fleet.listed("testing"), worker.said()).toEqual([
      expect.stringMatching(/^billing /),
      expect.stringMatching(/^mailer /),
    ]);
    expect(done.published).toMatchObject([{ packages: 2, suites: ["testing"] }]);
    expect(done.published[0]?.missing).toEqual([expect.stringMatching(/^broken /)]);
    const codes = done.failed.map(({ message }) => String(/\[([A-Z_]+)\]$/.exec(message)?.[1])).toSorted();
    expect(codes).toEqual(["CONFIG_INVALID", "QUEUE_BAD_JOB", "QUEUE_NO_PLAN", "QUEUE_OTHER_PLAN"]);

    const key = done.failed.find(({ label }) => label.startsWith("broken"))?.id ?? "";
    expect((await fleet.run("status", "fleet.toml", "--log", key.slice(0, 12))).stdout).toContain("colour");
    const none = await fleet.run("status", "fleet.toml", "--log", "0".repeat(64));
    expect(none.stderr).toContain("QUEUE_NO_LOG");
    expect((await readdir(join(fleet.folder, "apt/incoming"))).toSorted()).toEqual([key, "plans"].toSorted());

    worker.signal("SIGTERM");
    expect(await worker.ended, worker.said()).toBe(0);
  },
);

/** As somebody would who can write to Redis and knows the form. */
async function addHostileJobs(fleet: QueueFleet): Promise<void> {
  const { queues } = await fleet.status();
  const found = queues.find(({ kind }) => kind === "build");
  const builds = new Queue(buildQueueName(found?.target ?? "", found?.tool ?? ""), {
    prefix: queuePrefix(join(fleet.folder, "apt")),
    connection: {
      host: "127.0.0.1",
      port: Number(new URL(fleet.redis.url).port),
      password: fleet.redis.password,
    },
  });
  const [file = ""] = await readdir(join(fleet.folder, "apt/incoming/plans"));
  const plan = file.replace(".json", "");
  const add = async (id: string, data: unknown) => await builds.add("build", data, { jobId: id });
  await add("1".repeat(64), { format: 1, plan, key: "1".repeat(64), label: "a key of no plan" });
  await add("2".repeat(64), {
    format: 1,
    plan: "2".repeat(64),
    key: "2".repeat(64),
    label: "\u001b[2Jno plan",
  });
  await add("3".repeat(64), { command: "touch /tmp/owned", url: "ext::sh -c true", label: "a command" });
  await builds.close();
}

it("a package that was published otherwise is not published, and said so", { timeout: 300_000 }, async () => {
  const fleet = await queueFleet();
  const git = await gitRepository();
  git.commit("Begin", smallProject("billing", "one\n"));
  await fleet.write(
    `${fleetOf(git.path, ["billing"]).replace('path = "billing"\n', "")}version = "project"\n`,
  );
  expect((await fleet.sync()).exitCode).toBe(0);
  // The same version with other bytes, under a key that nobody knows.
  await rm(join(fleet.folder, "apt/venvdeb/sync.json"));
  git.commit("Change", { text: "two\n" });
  expect((await fleet.run("submit", "fleet.toml")).stderr).toContain("1 builds queued");
  const worker = startWorker(["--builds=1", "--publish"], { cwd: fleet.folder, env: fleet.env });
  await waitFor(async () => (worker.said().includes("QUEUE_NOT_PUBLISHED") ? true : undefined), {
    what: worker.said(),
    seconds: 120,
  });
  expect((await fleet.status()).failed).toMatchObject([{ again: true, kind: "publish" }]);
  worker.signal("SIGTERM");
  expect(await worker.ended, worker.said()).toBe(0);
});

it(
  "a worker builds what comes after the published version, which it reads",
  { timeout: 300_000 },
  async () => {
    const fleet = await queueFleet();
    const git = await gitRepository();
    git.commit("Begin", below("billing", withConffile("billing")));
    await fleet.write(fleetOf(git.path, ["billing"]));
    const worker = startWorker(["--builds=1", "--publish"], { cwd: fleet.folder, env: fleet.env });
    expect((await fleet.run("submit", "fleet.toml", "--wait")).exitCode, worker.said()).toBe(0);
    git.commit("Drop it", below("billing", smallProject("billing", "two\n")));
    expect((await fleet.run("submit", "fleet.toml", "--wait")).exitCode, worker.said()).toBe(0);
    expect(await newestDropsConffile(fleet, "billing")).toBe(true);
    worker.signal("SIGTERM");
    expect(await worker.ended, worker.said()).toBe(0);
  },
);

it("what is wrong with Redis is said at once", { timeout: 120_000 }, async () => {
  const fleet = await queueFleet();
  await fleet.write(fleetOf("/srv/none", ["none"]));
  const env = { ...fleet.env, VENVDEB_REDIS_PASSWORD: "wrong" };
  const refused = await cli(["status", "fleet.toml"], { cwd: fleet.folder, env });
  expect(refused.stderr).toContain("QUEUE_NO_REDIS");
  const away = await fleet.run("worker", "fleet.toml", "--redis=redis://127.0.0.1:1");
  expect(away.stderr).toContain("QUEUE_NO_REDIS");
  expect(away.stderr).not.toContain("hush");

  const address = parseRedisAddress(fleet.redis.url, fleet.redis.password);
  const repository = join(fleet.folder, "apt");
  const queues = await openQueues(address, { repository, reporter: recordingReporter(), patient: false });
  onTestFinished(queues.close);
  const gone = await thrown(() => awaitPublication(queues, { id: "f".repeat(64), tool: "1" }));
  expect(gone.code).toBe("QUEUE_FAILED");
});

it("who submits at the same time waits, and then is told", { timeout: 120_000 }, async () => {
  const fleet = await queueFleet();
  const git = await gitRepository();
  git.commit("Begin", below("billing", smallProject("billing", "one\n")));
  await fleet.write(fleetOf(git.path, ["billing"]));
  const address = parseRedisAddress(fleet.redis.url, fleet.redis.password);
  const repository = join(fleet.folder, "apt");
  const queues = await openQueues(address, { repository, reporter: recordingReporter(), patient: false });
  onTestFinished(queues.close);
  await queues.redis.set(`${queues.prefix}:submitting`, "another");
  const busy = await fleet.run("submit", "fleet.toml");
  expect(busy.stderr).toContain("QUEUE_BUSY");
  await fleet.redis.restart();
  await queues.redis.del(`${queues.prefix}:submitting`);
  expect((await fleet.run("submit", "fleet.toml")).stderr).toContain("1 builds queued");
});

function below(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
}

function fleetOf(url: string, names: readonly string[]): string {
  const sources = names.map((name) => `[[source]]\nname = "${name}"\ngit = "${url}"\npath = "${name}"\n`);
  return `[repository]\nurl = "apt"\n[defaults]\nbranches = { main = "testing" }\n${sources.join("")}`;
}
