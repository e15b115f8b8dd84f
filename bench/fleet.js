/**
 * What a fleet of 1,000 services for 3 releases and 2 architectures costs: planning it, bringing it through a queue,
 * publishing it. docs/scaling.md has the figures of one machine.
 * Usage: node bench/fleet.js [SERVICES]   after `npm run build`; needs redis-server. Builds nothing: packages are small files.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pack } from "tar-stream";
import { gzipSync } from "node:zlib";
import { readHost } from "../dist/effects/host.js";
import { awaitPublication } from "../dist/queue/await-publication.js";
import { buildQueueName, publishQueueName } from "../dist/queue/names.js";
import { openQueues } from "../dist/queue/open.js";
import { parseRedisAddress } from "../dist/queue/redis-address.js";
import { readStatus } from "../dist/queue/status.js";
import { submitPlan } from "../dist/queue/submit.js";
import { openRepository } from "../dist/repository/open.js";
import { openStorage } from "../dist/repository/storage/open.js";
import { chooseSigners } from "../dist/repository/sign/choose.js";
import { planSync } from "../dist/sync/plan.js";
import { publishPlan } from "../dist/sync/publish.js";
import { readPublished, updatePublished } from "../dist/sync/published-state.js";
import { recordPublished } from "../dist/sync/record-published.js";
import { main } from "../dist/cli.js";

const services = Number(process.argv[2] ?? 1000);
const RELEASES = ["bookworm", "trixie", "forky"];
const ARCHITECTURES = ["amd64", "arm64"];
const targets = RELEASES.flatMap((release) => ARCHITECTURES.map((each) => `debian:${release}/${each}`));
const folder = mkdtempSync(join(tmpdir(), "venvdeb-bench-"));
process.env.VENVDEB_CONFIG_DIR = join(folder, "config");
const quiet = {
  step: async (_, run) => run(() => undefined),
  info: () => undefined,
  warning: () => undefined,
};

try {
  const plan = await planning();
  await queueing(plan);
  await publishing(plan);
} finally {
  rmSync(folder, { recursive: true });
}

async function planning() {
  const sources = Array.from({ length: services }, (_, index) => ({
    name: `service-${index}`,
    kind: "git",
    url: `/srv/git/service-${index}`,
    targets,
    branches: [],
    tags: [],
    newestTags: 1,
    version: "history",
    revision: "1",
  }));
  const states = (changed) =>
    sources.map((source, index) => ({ source, heads: [headOf(index < changed ? "b" : "a", index)] }));
  const url = join(folder, "apt");
  const fleet = { file: "/fleet.toml", repository: { url }, sources };
  const context = {
    tool: "0.0.0-bench",
    machine: targets[0],
    built: new Set(),
    failed: new Map(),
    retry: true,
    now: 1_800_000_000,
  };
  const first = measured("plan everything", () =>
    planSync(fleet, states(0), { format: 1, keys: {} }, context),
  );
  say("jobs", first.jobs.length);
  say("plan as JSON, MB", (JSON.stringify(first).length / 1e6).toFixed(1));
  const state = measured("note everything as published", () => recorded(first));
  measured("plan, nothing changed", () => planSync(fleet, states(0), state, context));
  const one = measured("plan, one service changed", () => planSync(fleet, states(1), state, context));
  say("jobs of one changed service", one.jobs.filter(({ action }) => action === "build").length);
  return first;
}

function headOf(letter, index) {
  const commit = letter + createHash("sha1").update(`${letter}${index}`).digest("hex").slice(1);
  return {
    ref: { kind: "branch", name: "main" },
    suites: ["{codename}"],
    commit,
    tree: `tree-${commit}`,
    description: { kind: "git", tag: "v1.0.0", distance: letter === "a" ? 0 : 1, commit, date: new Date(0) },
  };
}

function recorded(plan) {
  const built = new Map(
    plan.jobs.map((job) => [job.key, { key: job.key, packages: [reportOf(job, "/x.deb", "0")] }]),
  );
  const listed = plan.publications.flatMap(({ suite, keys }) =>
    keys.map((key) => ({ key, suite, release: "20260101T000000Z" })),
  );
  return recordPublished({ format: 1, keys: {} }, { plan, built, listed, now: 1_700_000_000 });
}

function reportOf({ source, version, revision, target }, path, sha256) {
  const architecture = target.split("/")[1];
  const names = { name: source, version: `${version.debian}-${revision}~${codename(target)}`, architecture };
  return { path, size: 1, sha256, installedSize: 1, package: names };
}

function codename(target) {
  return /:(.+)\//.exec(target)[1];
}

/** Workers that do nothing: what is left is the queue itself. */
async function queueing(plan) {
  const port = await freePort();
  const redis = spawn("redis-server", [
    "--port",
    port,
    "--bind",
    "127.0.0.1",
    "--dir",
    folder,
    "--appendonly",
    "yes",
  ]);
  await new Promise((ready) => redis.stdout.on("data", (text) => text.includes("Ready") && ready()));
  const address = parseRedisAddress(`redis://127.0.0.1:${port}`);
  const queues = await openQueues(address, { repository: plan.repository, reporter: quiet, patient: true });
  try {
    const store = await openStorage(join(folder, "store"), readHost());
    const { id } = await measuredAsync("submit", async () => submitPlan(plan, { queues, store }));
    await measuredAsync("submit again, all under way", async () => submitPlan(plan, { queues, store }));
    say(
      "memory of Redis, MB",
      ((/used_memory:(\d+)/.exec(await queues.redis.info("memory"))?.[1] ?? 0) / 1e6).toFixed(1),
    );
    await measuredAsync("status", async () => readStatus(queues, plan.repository));
    const limits = { concurrency: 20, lockDuration: 30_000, stalledInterval: 15_000 };
    const report = { suites: [], packages: 0, missing: [] };
    const workers = [
      ...targets.map((target) =>
        queues.worker(buildQueueName(target, plan.tool), async () => "built", limits),
      ),
      queues.worker(publishQueueName(plan.tool), async () => report, limits),
    ];
    await measuredAsync("work off all jobs, 6 x 20 workers without work", async () => {
      for (const worker of workers) void worker.run();
      await awaitPublication(queues, { id, tool: plan.tool });
    });
  } finally {
    await queues.close();
    redis.kill("SIGKILL");
  }
}

async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

async function publishing(plan) {
  const init = [
    "repo",
    "init",
    plan.repository,
    "--origin=Bench",
    "--label=Bench",
    "--arch=amd64",
    "--arch=arm64",
  ];
  await main([...init, ...RELEASES.map((name) => `--suite=${name}`)]);
  const debs = join(folder, "debs");
  mkdirSync(debs);
  const built = new Map();
  for (const job of plan.jobs) {
    const path = join(debs, `${job.key}.deb`);
    const bytes = await writeDeb(reportOf(job, path, "").package);
    writeFileSync(path, bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    built.set(job.key, { key: job.key, packages: [reportOf(job, path, sha256)] });
  }
  const host = readHost();
  const repository = await openRepository(plan.repository, host);
  const signers = await chooseSigners(repository.settings.keys, {}, host);
  const state = await readPublished(repository.storage);
  const publish = async (some) =>
    publishPlan(repository, {
      plan: { publications: some },
      built,
      state,
      jobs: host.cores,
      options: { signers },
    });
  const but = plan.publications.map(({ suite, keys }) => ({ suite, keys: keys.slice(1) }));
  const all = await measuredAsync(
    `publish ${plan.jobs.length - RELEASES.length} packages in ${RELEASES.length} suites`,
    async () => publish(but),
  );
  if (all.failures.length > 0) throw new Error(JSON.stringify(all.failures[0]));
  const [{ suite, keys }] = plan.publications;
  await measuredAsync(`publish 1 package more in a suite of ${keys.length - 1}`, async () =>
    publish([{ suite, keys: keys.slice(0, 1) }]),
  );
  await measuredAsync("publish what is published", async () => publish(plan.publications.slice(0, 1)));
  await measuredAsync("note it in the repository", async () =>
    updatePublished(repository.storage, (former) =>
      recordPublished(former, { plan, built, listed: all.listed, now: 1 }),
    ),
  );
}

/** The smallest package that dpkg takes. */
async function writeDeb({ name, version, architecture }) {
  const control = `Package: ${name}\nVersion: ${version}\nArchitecture: ${architecture}\nMaintainer: Jane Doe <jane@example.org>\nDescription: bench\n`;
  const members = [
    ["debian-binary", Buffer.from("2.0\n")],
    ["control.tar.gz", await tarOf({ "./control": control })],
    ["data.tar.gz", await tarOf({ [`./usr/share/${name}/text`]: `${version}\n` })],
  ];
  const parts = members.flatMap(([member, bytes]) => [
    Buffer.from(`${member.padEnd(16)}0           0     0     100644  ${String(bytes.length).padEnd(10)}\`\n`),
    bytes,
    Buffer.from(bytes.length % 2 === 1 ? "\n" : ""),
  ]);
  return Buffer.concat([Buffer.from("!<arch>\n"), ...parts]);
}

async function tarOf(files) {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) archive.entry({ name, mtime: new Date(0) }, text);
  archive.finalize();
  const chunks = [];
  for await (const chunk of archive) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks), { level: 1 });
}

function measured(title, run) {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const result = run();
  tell(title, start, before);
  return result;
}

async function measuredAsync(title, run) {
  const [start, before] = [performance.now(), process.cpuUsage()];
  const result = await run();
  tell(title, start, before);
  return result;
}

function tell(title, start, before) {
  const { user, system } = process.cpuUsage(before);
  const wall = ((performance.now() - start) / 1000).toFixed(2);
  say(title, `${((user + system) / 1e6).toFixed(2)} s of CPU, ${wall} s`);
}

function say(title, value) {
  console.log(`${title.padEnd(58)} ${value}`);
}
