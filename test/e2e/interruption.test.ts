import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readlink } from "node:fs/promises";
import { constants } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { beforeAll, describe, expect, test } from "vitest";
import { cli } from "../helpers/cli.ts";
import { build, PROGRAM } from "../helpers/program.ts";
import { runFolder } from "../helpers/run-folder.ts";
import { copySample } from "../helpers/samples.ts";
import { waitFor } from "../helpers/wait-for.ts";

const base = (): string => join(runFolder(), "interruption");
let project: string;
/** Milliseconds of a whole build. */
let duration: number;

beforeAll(async () => {
  project = await copySample("hello-web", base());
  await build(project, ["-o", join(base(), "warm-up")]);
  const start = Date.now();
  await build(project, ["-o", join(base(), "measured")]);
  duration = Date.now() - start;
});

/** Parts of a build's duration at which it is stopped; the exact moment differs in each run. */
const parts = [0.05, 0.2, 0.4, 0.6, 0.8, 0.95];

describe.each(["SIGINT", "SIGTERM"] as const)("a build stopped by %s", (signal) => {
  test.each(parts)("after about %d of its time leaves no file, no folder and no process", async (part) => {
    const { code, temporary, output } = await stoppedBuild(signal, part);
    expect(code).toBe(signal === "SIGINT" ? 130 : 143);
    expect(await filesOf(temporary)).toEqual([]);
    expect(await filesOf(output)).toEqual([]);
    expect(await processesIn(temporary)).toEqual([]);
  });
});

describe("a build stopped by SIGKILL", () => {
  test.each(parts)("after about %d of its time leaves no package, and the next build works", async (part) => {
    const { output } = await stoppedBuild("SIGKILL", part);
    expect((await filesOf(output)).filter((name) => name.endsWith(".deb"))).toEqual([]);
    await build(project, ["-o", output]);
    expect((await filesOf(output)).filter((name) => name.endsWith(".deb"))).toHaveLength(1);
  });
});

describe("a full disk", () => {
  test("below the output folder is a plain error, and leaves nothing there", async () => {
    await withSmallDisk("256k", async (disk) => {
      const { exitCode, stderr, stdout } = await cli(["build", "-o", disk], { cwd: project });
      expect(stderr).toMatch(/Cannot write .*\.deb": .*no space left/is);
      expect(stdout).toBe("");
      expect(exitCode).toBe(1);
      expect(await filesOf(disk)).toEqual([]);
    });
  });

  test("below the temporary folder is a plain error as well", async () => {
    const output = join(base(), "no-temporary-space");
    await withSmallDisk("2m", async (disk) => {
      const options = { cwd: project, env: { TMPDIR: disk } };
      const { exitCode, stderr } = await cli(["build", "-o", output], options);
      expect(stderr).toMatch(/no space left/i);
      expect(exitCode).toBe(1);
      expect(await filesOf(disk)).toEqual([]);
      expect(await filesOf(output)).toEqual([]);
    });
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
async function stoppedBuild(signal: NodeJS.Signals, part: number) {
  builds += 1;
  const temporary = join(base(), `temporary-${builds}`);
  const output = join(base(), `output-${builds}`);
  await mkdir(temporary);
  await mkdir(output);
  const child = spawn(process.execPath, [PROGRAM, "build", "-o", output], {
    cwd: project,
    env: { ...process.env, TMPDIR: temporary },
    stdio: "ignore",
    detached: true,
  });
  const ended = once(child, "exit");
  await new Promise((wake) => setTimeout(wake, part * duration * (0.9 + Math.random() * 0.2)));
  // Ctrl-C reaches the whole group; a service manager's SIGTERM may reach only the program itself.
  if (child.pid !== undefined) process.kill(signal === "SIGTERM" ? child.pid : -child.pid, signal);
  await ended;
  const code = child.signalCode === null ? child.exitCode : 128 + constants.signals[child.signalCode];
  return { code, temporary, output };
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
