import { mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Rehearsal } from "../../src/rehearse/types.ts";
import { cli, PROGRAM } from "../helpers/cli.ts";
import { lockPorts, type Release } from "../helpers/locks.ts";
import { machineCache } from "../helpers/machine-cache.ts";
import { runFolder } from "../helpers/run-folder.ts";
import { builtSample, builtVariant } from "../helpers/samples.ts";
import { waitFor } from "../helpers/wait-for.ts";

let old: string;
let current: string;
let broken: string;
let release: Release;

/** Beside the tests' machines, so that their tree of the release is made once. */
const cache = join(machineCache(), "rehearse");
const environment = { VENVDEB_CACHE_DIR: cache };

beforeAll(async () => {
  release = await lockPorts([8000, 8003]);
  old = await variant("1.0.0");
  current = await variant("1.1.0");
  broken = await variant("1.2.0", [["hello_web.app:app", "hello_web.gone:app"]]);
});
afterAll(() => release());

test("a good package passes every step of its life on a booted machine", async () => {
  const { exitCode, rehearsal } = await rehearse(current, "--from", old);
  expect(rehearsal.machine).toEqual({ kind: "booted", release: "bookworm" });
  expect(rehearsal.steps.filter(({ outcome }) => outcome !== "PASS")).toEqual([]);
  expect(rehearsal.steps.map(({ id }) => id)).toEqual(
    expect.arrayContaining(["upgrade", "downgrade", "kept", "records", "purge", "leftovers"]),
  );
  expect([exitCode, rehearsal.passed, rehearsal.from?.version]).toEqual([0, true, "1.0.0-1"]);
});

test("a service that does not stay up fails its steps with what it says, not those of the version before", async () => {
  const { exitCode, rehearsal } = await rehearse(broken, "--from", old);
  const failed = rehearsal.steps.filter(({ outcome }) => outcome === "FAIL");
  expect(failed.map(({ title }) => title)).toEqual([
    "services run after upgrade",
    "services run after upgrade again",
    "services run after reinstall",
    "services run after install again",
  ]);
  expect(failed[0]?.detail).toContain("No module named 'hello_web.gone'");
  expect([exitCode, rehearsal.passed]).toEqual([1, false]);
});

test("in a chroot scripts start services and systemd none, and the table says so", async () => {
  const older = await builtVariant("legacy", {
    id: "2.2.0",
    edits: { "setup.py": [['version="2.3.0"', 'version="2.2.0"']] },
  });
  const debs = [await builtSample("legacy"), current, "--from", older];
  const { exitCode, stdout, stderr } = await cli(["rehearse", "--machine", "chroot", ...debs], {
    env: environment,
  });
  expect(stderr).toContain("The machine is a chroot, not booted: a chroot was asked for");
  const [table = "", end] = stdout.split("\n\n");
  const lines = table.split("\n");
  expect(lines.filter((line) => !line.startsWith("PASS "))).toEqual([]);
  const services = lines.filter((line) => line.includes(" services run after "));
  const detail = "  /etc/init.d/legacy runs; systemd does not start hello-web.service in a chroot";
  expect(services.filter((line) => line.endsWith(detail))).toHaveLength(6);
  expect(end).toBe(
    `bookworm, a chroot: ${lines.length} passed, 0 failed, 0 skipped\nNot booted: a chroot was asked for`,
  );
  expect(exitCode).toBe(0);
});

test.each(["installed", "starting"] as const)(
  "a signal while it is %s takes the machine away",
  async (moment) => {
    const child = execa(process.execPath, [PROGRAM, "rehearse", current], {
      env: environment,
      stdin: "ignore",
      reject: false,
    });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    const sign = moment === "installed" ? "install hello-web 1.1.0-1 ..." : "Starting it ...";
    await waitFor(() => Promise.resolve(said.includes(sign) ? true : undefined), {
      what: sign,
      seconds: 120,
    });
    child.kill("SIGTERM");
    expect((await child).exitCode).toBe(143);
    expect(await readdir(join(cache, "machines/run"))).toEqual([]);
    expect(await readFile("/proc/self/mounts", "utf8")).not.toContain(join(cache, "machines/run"));
  },
);

test("a tool that is not there is named with its package", async () => {
  const folder = join(runFolder(), "no-mmdebstrap");
  await mkdir(folder);
  for (const tool of ["id", "sh", "xz", "gzip", "apt-get", "apt-config"])
    await symlink(`/usr/bin/${tool}`, join(folder, tool));
  const { exitCode, stderr } = await cli(["rehearse", current], {
    env: { PATH: folder, VENVDEB_CACHE_DIR: join(folder, "cache") },
  });
  expect(stderr).toContain('Cannot run "mmdebstrap": it is not on PATH [TOOL_MISSING]');
  expect(stderr).toContain("apt-get install mmdebstrap");
  expect(exitCode).toBe(1);
  expect(await readdir(join(folder, "cache/machines/trees"))).toEqual([]);
});

async function rehearse(...args: string[]): Promise<{ exitCode: number | undefined; rehearsal: Rehearsal }> {
  const { exitCode, stdout, stderr } = await cli(["rehearse", "--json", ...args], { env: environment });
  if (stdout === "") throw new Error(stderr);
  return { exitCode, rehearsal: JSON.parse(stdout) };
}

async function variant(version: string, more: readonly (readonly [string, string])[] = []): Promise<string> {
  const pieces: [string, string][] = [
    ['version = "1.0.0"', `version = "${version}"`],
    ["127.0.0.1:8000", "127.0.0.1:8022"],
  ];
  const edits = { "pyproject.toml": [...pieces, ...more] };
  return builtVariant("hello-web", { id: `rehearse-${version}`, edits });
}
