import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withFileLock } from "../../src/effects/file-lock.ts";
import { readHost } from "../../src/effects/host.ts";
import { openSandbox } from "../../src/sandbox/sandbox.ts";
import { createLocalExecutor, type LocalOptions } from "../../src/sync/execute/local.ts";
import { readFleet } from "../../src/sync/fleet/read.ts";
import { syncPlaces } from "../../src/sync/places.ts";
import { buildPlanned, readPlan } from "../../src/sync/planned.ts";
import { noPrevious } from "../../src/sync/previous.ts";
import { createSourceOpener, readSources } from "../../src/sync/read-sources.ts";
import { syncFleet } from "../../src/sync/sync.ts";
import { cli } from "../helpers/cli.ts";
import { projectRepository, smallProject } from "../helpers/fleet.ts";
import { recordingReporter } from "../helpers/recording-reporter.ts";
import { head, plan } from "../helpers/sync-plan.ts";
import { tempFiles } from "../helpers/temp-files.ts";
import { thrown } from "../helpers/thrown.ts";

const FLEET = '[repository]\nurl = "apt"\n[[source]]\ngit = "code"\nbranches = { main = "testing" }\n';

async function fleetFolder(): Promise<string> {
  return await tempFiles({ "fleet.toml": FLEET });
}

function hostOf(folder: string) {
  return {
    ...readHost(),
    cwd: folder,
    cacheDirectory: join(folder, "cache"),
    env: { VENVDEB_STATE_DIR: folder },
  };
}

const UNBOXED = {
  sandbox: "off",
  limits: { seconds: 60, memory: 2 ** 32, disk: 2 ** 30, processes: 1000 },
} as const;

function lockError(why: string): Error {
  return new Error(why);
}

describe("a plan from a file", () => {
  it.each([
    ["nothing", undefined],
    ["no JSON", "{"],
    ["another format", JSON.stringify({ ...plan([head("a")]), format: 2 })],
    [
      "a key that is a path",
      JSON.stringify({ ...plan([head("a")]), jobs: [{ ...plan([head("a")]).jobs[0], key: "../../etc" }] }),
    ],
    [
      "a commit that is an option",
      JSON.stringify({ ...plan([head("a")]), jobs: [{ ...plan([head("a")]).jobs[0], commit: "--help" }] }),
    ],
  ])("is refused: %s", async (_what, text) => {
    const folder = await tempFiles(text === undefined ? {} : { "plan.json": text });
    expect(await thrown(() => readPlan("plan.json", folder))).toMatchObject({
      code: "SYNC_BAD_PLAN",
      exitCode: 2,
    });
  });

  it("has each job by the begin of its key, and no others", async () => {
    const folder = await fleetFolder();
    const made = plan([head("a")]);
    const key = made.jobs[0]?.key ?? "";
    for (const wanted of ["f".repeat(16), key.slice(0, 7), `${key}0`])
      expect(
        await thrown(() =>
          buildPlanned(made, {
            host: hostOf(folder),
            reporter: recordingReporter(),
            keys: [wanted],
            output: join(folder, "incoming"),
            build: UNBOXED,
          }),
        ),
      ).toMatchObject({ code: "SYNC_NO_JOB", exitCode: 2 });
  });
});

it("two runs for one repository on one machine exclude one another", async () => {
  const folder = await fleetFolder();
  const host = hostOf(folder);
  const fleet = await readFleet("fleet.toml", folder);
  const { lock, folder: state } = syncPlaces(fleet.repository.url, host);
  await mkdir(state, { recursive: true });
  await withFileLock(lock, { seconds: 1, failure: lockError }, async () => {
    const options = { host, reporter: recordingReporter(), signing: {}, retry: true };
    expect((await thrown(() => syncFleet(fleet, options))).code).toBe("SYNC_BUSY");
  });
});

it("a branch without the folder of its source is told, and stops nothing", async () => {
  const repository = await projectRepository("billing");
  const folder = await fleetFolder();
  await writeFile(
    join(folder, "fleet.toml"),
    FLEET.replace('git = "code"', `git = "${repository.path}"\npath = "services/none"`),
  );
  const fleet = await readFleet("fleet.toml", folder);
  const [state] = await readSources(fleet, createSourceOpener(hostOf(folder)));
  expect(state?.failure).toBeUndefined();
  expect(state?.heads).toMatchObject([{ ref: { name: "main" }, failure: { code: "SYNC_NO_FOLDER" } }]);
});

it.each([
  ["there is none", {}],
  ["it is short", { VENVDEB_WEBHOOK_SECRET: "short" }],
])("no webhooks without a secret: %s", async (_what, env) => {
  const folder = await fleetFolder();
  const { exitCode, stderr } = await cli(["sync", "fleet.toml", "--watch", "--listen", "0"], {
    cwd: folder,
    env: { VENVDEB_WEBHOOK_SECRET: "", ...env },
  });
  expect(stderr).toContain("SYNC_NO_SECRET");
  expect(exitCode).toBe(2);
});

async function executorIn(folder: string, changes: Partial<LocalOptions> = {}) {
  const host = hostOf(folder);
  return createLocalExecutor({
    places: { folder, built: join(folder, "built"), logs: join(folder, "logs") },
    checkOut: async ({ commit, kind }) => ({
      directory: join(folder, "source"),
      history: { kind, commit, changes: [] },
    }),
    findPrevious: noPrevious,
    host,
    sandbox: await openSandbox("off", host),
    limits: UNBOXED.limits,
    ...changes,
  });
}

it("a disk that is full before the build begins is a failure of its job", async () => {
  const executor = await executorIn(await tempFiles(), {
    findPrevious: async () => {
      await writeFile("/dev/full", "what is too much");
      return undefined;
    },
  });
  const [result] = await executor.run(plan([head("a")]).jobs, {});
  expect(result).toMatchObject({ outcome: "failed", failure: { code: "DEB_DISK_FULL" } });
});

it.each([
  ["takes too long", { seconds: 0.05 }, "SYNC_LIMIT"],
  ["has not the memory to begin", { memory: 2 ** 20 }, "SYNC_BUILD_ENDED"],
])("a build that %s is a failure of its job, with its log", async (_what, limits, code) => {
  const folder = await tempFiles(
    Object.fromEntries(
      Object.entries(smallProject("billing", "one\n")).map(([path, text]) => [`source/${path}`, text]),
    ),
  );
  const executor = await executorIn(folder, { limits: { ...UNBOXED.limits, ...limits } });
  const [result] = await executor.run(plan([head("a")]).jobs, {});
  expect(result).toMatchObject({ outcome: "failed", failure: { code } });
  if (result?.outcome === "failed") expect(await readFile(result.log, "utf8")).toContain(code);
});
