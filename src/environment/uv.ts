import { join } from "node:path";
import { chmod, mkdir, pathExists, readFile, readdir, rename, rm, writeFile } from "../effects/fs.ts";
import { exec } from "../effects/exec.ts";
import type { Host } from "../effects/host.ts";
import { withTempDir } from "../effects/temp-dir.ts";
import { VenvdebError, messageOf } from "../errors.ts";
import type { Reporter } from "../reporter.ts";
import { installerEnvironment, runChild } from "./child.ts";
import { pipCommands } from "./pip-command.ts";
import { readCheckedWheel } from "./wheel-file.ts";

/** The first uv with pylock.toml and hashes for direct URLs as they are used here. */
const MINIMUM_UV = "0.7.0";

/**
 * A usable uv: the one on PATH, else the one in our cache folder, else brought there as a wheel from the package
 * index that pip is set to.
 * @throws VenvdebError TOOL_UV_MISSING
 */
export async function findUv(host: Host, reporter: Reporter): Promise<Uv> {
  const installed = await versionOf("uv", host);
  if (installed !== undefined && isRecent(installed)) return { program: "uv", version: installed };
  if (installed !== undefined)
    reporter.info(`uv ${installed} on PATH is older than ${MINIMUM_UV}: another one is used`);
  return (await cachedUv(host)) ?? (await reporter.step("Bring uv", async () => await bringUv(host)));
}

/** A uv that works. */
export interface Uv {
  /** Its absolute path, or its name where it is on PATH. */
  readonly program: string;
  /** `0.9.2` */
  readonly version: string;
}

async function versionOf(program: string, host: Host): Promise<string | undefined> {
  try {
    const { exitCode, stdout } = await exec(program, ["--version"], {
      cleanEnv: true,
      env: installerEnvironment(host),
    });
    return exitCode === 0 ? /^uv (\d+(?:\.\d+)+)/.exec(stdout)?.[1] : undefined;
  } catch {
    return undefined;
  }
}

function isRecent(version: string): boolean {
  return compareVersions(version, MINIMUM_UV) >= 0;
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split(".").map(Number));
  for (let index = 0; index < 3; index++) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function toolsDirectory(host: Host): string {
  return join(host.cacheDirectory, "tools");
}

async function cachedUv(host: Host): Promise<Uv | undefined> {
  const names = await readdir(toolsDirectory(host)).catch(() => []);
  const versions = names.flatMap((name) => /^uv-(\d+(?:\.\d+)+)$/.exec(name)?.[1] ?? []).filter(isRecent);
  for (const version of versions.toSorted(compareVersions).toReversed()) {
    const program = join(toolsDirectory(host), `uv-${version}`, "uv");
    if ((await versionOf(program, host)) === version) return { program, version };
  }
  return undefined;
}

async function bringUv(host: Host): Promise<Uv> {
  const reasons: string[] = [];
  for await (const { command } of pipCommands(host)) {
    try {
      return await withTempDir(async (scratch) => await downloadUv(command, host, scratch));
    } catch (error) {
      reasons.push(messageOf(error));
    }
  }
  throw new VenvdebError(
    "TOOL_UV_MISSING",
    `Cannot bring uv: ${reasons.at(-1) ?? "there is no pip to bring it with"} (wanted: uv ${MINIMUM_UV} or newer on PATH, or a pip that reaches the package index)`,
    { hint: 'apt-get install python3-pip, or install uv, or use the pip installer (installer = "pip")' },
  );
}

async function downloadUv(pip: readonly string[], host: Host, scratch: string): Promise<Uv> {
  const [program = "", ...prefix] = pip;
  const options = [
    "--disable-pip-version-check",
    "--no-input",
    "--only-binary",
    ":all:",
    "--no-deps",
    "--no-cache-dir",
  ];
  await runChild(
    program,
    [...prefix, "download", ...options, "--dest", scratch, "uv"],
    installerEnvironment(host),
    {
      cwd: scratch,
      failure: { code: "TOOL_UV_MISSING", doing: "download uv with pip" },
    },
  );
  const wheel = (await readdir(scratch)).find((name) => name.startsWith("uv-") && name.endsWith(".whl"));
  if (wheel === undefined)
    throw new VenvdebError("TOOL_UV_MISSING", "Cannot download uv with pip: it left no wheel");
  const version = /^uv-([^-]+)-/.exec(wheel)?.[1] ?? "";
  return { version, program: await unpackUv(join(scratch, wheel), version, host) };
}

/** Made beside its place and renamed: another venvdeb that does the same at this moment does no harm. */
async function unpackUv(wheel: string, version: string, host: Host): Promise<string> {
  const { entries } = await readCheckedWheel(wheel);
  const binary = entries.find(({ name }) => name === `uv-${version}.data/scripts/uv`);
  if (!binary)
    throw new VenvdebError("TOOL_UV_MISSING", `Cannot unpack uv: its wheel ${version} holds no program`);
  const folder = join(toolsDirectory(host), `uv-${version}`);
  return await withStaging(folder, async (staging) => {
    await writeFile(join(staging, "uv"), binary.read());
    await chmod(join(staging, "uv"), 0o755);
  });
}

async function withStaging(folder: string, fill: (staging: string) => Promise<void>): Promise<string> {
  const staging = `${folder}.${crypto.randomUUID()}`;
  await mkdir(staging, { recursive: true });
  try {
    await fill(staging);
    if (!(await isSame(staging, folder))) {
      await rm(folder, { recursive: true, force: true });
      await rename(staging, folder);
    }
  } catch (error) {
    if (!(await pathExists(join(folder, "uv")))) throw error;
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return join(folder, "uv");
}

async function isSame(staging: string, folder: string): Promise<boolean> {
  const [fresh, present] = await Promise.all(
    [staging, folder].map((one) => readFile(join(one, "uv")).catch(() => Buffer.alloc(0))),
  );
  return fresh !== undefined && present !== undefined && fresh.equals(present);
}
