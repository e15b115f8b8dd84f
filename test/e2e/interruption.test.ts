import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, readlink, rm } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { execa } from "execa";
import { beforeAll, describe, expect, test } from "vitest";
import { cli } from "../helpers/cli.ts";
import { build, PROGRAM } from "../helpers/program.ts";
import { runFolder } from "../helpers/run-folder.ts";
import { copySample } from "../helpers/samples.ts";
import { waitFor } from "../helpers/wait-for.ts";

const base = (): string => join(runFolder(), "interruption");
const warmUp = (): string => join(base(), "warm-up");
let project: string;

beforeAll(async () => {
  project = await copySample("hello-web", base());
  await build(project, ["-o", warmUp()]);
});

/** Where a build is stopped: a moment after it says so. */
const steps = [
  "no lock",
  "Find versions",
  "Build the project's wheel",
  "Install ",
  "Compile bytecode",
  "Write the package",
];

describe.each(["SIGINT", "SIGTERM"] as const)("a build stopped by %s", (signal) => {
  test.each(steps)("at %o leaves nothing, unless the package was whole", async (step) => {
    const { code, temporary, output } = await stoppedBuild(signal, step);
    const packages = await wholePackages(output);
    expect([128 + constants.signals[signal], ...packages.map(() => 0)]).toContain(code);
    expect(await filesOf(temporary)).toEqual([]);
    expect(await filesOf(output)).toEqual(packages);
    expect(await processesIn(temporary)).toEqual([]);
  });
});

describe("a build stopped by SIGKILL", () => {
  test.each(steps)("at %o leaves no package, unless it was whole, and the next build works", async (step) => {
    const { output } = await stoppedBuild("SIGKILL", step);
    const packages = (await filesOf(output)).filter((name) => name.endsWith(".deb"));
    expect(packages).toEqual(await wholePackages(output));
    await build(project, ["-o", output]);
    expect((await filesOf(output)).filter((name) => name.endsWith(".deb"))).toHaveLength(1);
  });
});

describe("a full disk", () => {
  test("below the output folder is a plain error, and leaves nothing there", async () => {
    await withSmallDisk("256k", async (disk) => {
      const { exitCode, stderr, stdout } = await cli(["build", "-o", disk], { cwd: project });
      expect(stderr).toMatch(/^error: Cannot write .*no space.* left/im);
      expect(stderr).toContain(disk);
      expect(stdout).toBe("");
      expect(exitCode).toBe(1);
      expect(await filesOf(disk)).toEqual([]);
    });
  });

  test("below the temporary folder is a plain error as well, and spoils no later build", async () => {
    const output = join(base(), "no-temporary-space");
    const cache = join(base(), "cache-of-full-disks");
    const env = { VENVDEB_CACHE_DIR: cache };
    await build(project, ["-o", join(base(), "room-before")], env);
    await rm(join(cache, "layers"), { recursive: true });
    const codes = new Set<number | undefined>();
    for (const size of ["2m", "4m", "6m", "8m", "10m", "12m", "14m"])
      await withSmallDisk(size, async (disk) => {
        const options = { cwd: project, env: { ...env, TMPDIR: disk } };
        const { exitCode, stderr } = await cli(["build", "-o", output], options);
        codes.add(exitCode);
        if (exitCode !== 0) expect(stderr, size).toMatch(/no space.* left/i);
        expect(await filesOf(disk)).toEqual([]);
        expect(await filesOf(output)).toHaveLength(exitCode === 0 ? 1 : 0);
      });
    expect([...codes].filter((code) => code !== 0)).toEqual([1]);
    await build(project, ["-o", join(base(), "room-again")], env);
  });
});

test.each(["yesterday", "-1", "1.5", "0x10", " ", "99999999999999999999"])(
  "SOURCE_DATE_EPOCH=%o is refused",
  async (value) => {
    const options = { cwd: project, env: { SOURCE_DATE_EPOCH: value } };
    const { exitCode, stderr } = await cli(["build", "-o", join(base(), "bad-time")], options);
    expect(stderr).toMatch(/SOURCE_DATE_EPOCH/);
    expect([1, 2]).toContain(exitCode);
  },
);

let builds = 0;

/** Starts a build with folders of its own, as the leader of its process group, and signals it as a terminal would. */
async function stoppedBuild(signal: NodeJS.Signals, step: string) {
  builds += 1;
  const temporary = join(base(), `temporary-${builds}`);
  const output = join(base(), `output-${builds}`);
  await mkdir(temporary);
  await mkdir(output);
  const child = spawn(process.execPath, [PROGRAM, "build", "-o", output], {
    cwd: project,
    env: { ...process.env, TMPDIR: temporary },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  const ended = once(child, "exit");
  await untilLine(child.stderr, step);
  await new Promise((wake) => setTimeout(wake, Math.random() * 300));
  // Ctrl-C reaches the whole group; a service manager's SIGTERM may reach only the program itself.
  if (child.pid !== undefined) process.kill(signal === "SIGTERM" ? child.pid : -child.pid, signal);
  await ended;
  const code = child.signalCode === null ? child.exitCode : 128 + constants.signals[child.signalCode];
  return { code, temporary, output };
}

/** Reads until a line starts so, and goes on reading, so that the program never waits for a reader. */
async function untilLine(stream: Readable, start: string): Promise<void> {
  const lines = createInterface({ input: stream });
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => {
      if (line.startsWith(start) || line.includes(`: ${start}`)) resolve();
    });
    lines.on("close", () => reject(new Error(`the build ended without "${start}"`)));
  });
}

/** Those that are what an undisturbed build writes: only the last step can be over when its signal comes. */
async function wholePackages(folder: string): Promise<string[]> {
  const [name] = await filesOf(warmUp());
  if (name === undefined) throw new Error(`no package in ${warmUp()}`);
  const wanted = await readFile(join(warmUp(), name));
  const found = await readFile(join(folder, name)).catch(() => undefined);
  return found?.equals(wanted) ? [name] : [];
}

async function filesOf(folder: string): Promise<string[]> {
  return readdir(folder, { recursive: true }).catch(() => []);
}

/** Processes that still work below a folder, once those that were told to end have had a moment. */
async function processesIn(folder: string): Promise<string[]> {
  const find = async (): Promise<string[]> => {
    const numbers = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const folders = await Promise.all(numbers.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "")));
    return numbers.filter((_, index) => folders[index]?.startsWith(folder));
  };
  const none = await waitFor(async () => ((await find()).length === 0 ? true : undefined), {
    what: "the end of the children",
    seconds: 5,
  }).catch(() => false);
  return none ? [] : find();
}

async function withSmallDisk(size: string, use: (folder: string) => Promise<void>): Promise<void> {
  builds += 1;
  const disk = join(base(), `disk-${builds}`);
  await mkdir(disk);
  await execa("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk]);
  try {
    await use(disk);
  } finally {
    await execa("umount", [disk]);
  }
}
