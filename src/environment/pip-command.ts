import { join } from "node:path";
import { readdir } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { installerEnvironment, runChild } from "./child.ts";

/** A program and its first arguments. */
export type Command = readonly string[];

/**
 * Every pip that this machine has, best first: the target's own, that of the Python on PATH, `pip3`, and the wheel
 * that Debian's python3-pip-whl keeps for virtual environments (pip runs out of a wheel as it is). Each is tried only
 * when it is asked for.
 */
export async function* pipCommands(host: Host, python = "/usr/bin/python3"): AsyncGenerator<Pip> {
  const wheels = await readdir(DEBIAN_WHEELS).catch(() => []);
  const candidates: Command[] = [
    [python, "-m", "pip"],
    ["python3", "-m", "pip"],
    ["pip3"],
    ...wheels
      .filter((name) => /^pip-\d.*\.whl$/.test(name))
      .map((name): Command => [python, join(DEBIAN_WHEELS, name, "pip")]),
  ];
  for (const command of candidates) {
    const version = await pipVersion(command, host);
    if (version) yield { command, version };
  }
}

/** A pip that works. */
export interface Pip {
  readonly command: Command;
  /** `[23, 0, 1]`: two numbers at least. */
  readonly version: readonly [number, number, ...number[]];
}

/** Nothing where the command does not work. */
async function pipVersion(command: Command, host: Host): Promise<Pip["version"] | undefined> {
  const [program = "", ...prefix] = command;
  try {
    const { exitCode, stdout } = await runChild(
      program,
      [...prefix, "--version"],
      installerEnvironment(host),
    );
    const match = exitCode === 0 ? /^pip (\d+)\.(\d+)(?:\.(\d+))?/.exec(stdout) : null;
    return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
  } catch {
    return undefined;
  }
}

const DEBIAN_WHEELS = "/usr/share/python-wheels";
