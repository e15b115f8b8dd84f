import { join } from "node:path";
import { exec } from "../effects/exec.ts";
import type { Host } from "../effects/host.ts";
import { VenvdebError } from "../errors.ts";
import type { Reporter } from "../reporter.ts";
import { hostCodename } from "./machine/host-apt.ts";
import { createMachine } from "./machine/machine.ts";
import type { Machine } from "./machine/types.ts";
import { startMachine } from "./start.ts";
import { lifeSteps } from "./steps.ts";
import { installedPackages, pathInside } from "./steps/packages.ts";
import { takeSnapshot } from "./steps/traces.ts";
import { readSubject, type Subject } from "./subject.ts";
import { runSteps } from "./run-steps.ts";
import type { MachineKind, Rehearsal, Stage } from "./types.ts";

export interface RehearseOptions {
  /** Absolute paths of packages, installed and removed together. */
  readonly debs: readonly string[];
  /** Absolute path of the package that one of them is an upgrade of. */
  readonly from?: string;
  /** Codename; the host's own when absent. */
  readonly release?: string;
  /** Absent: booted where that is possible. */
  readonly kind?: MachineKind;
  /** Leaves the machine's tree. */
  readonly keep: boolean;
  readonly host: Host;
  readonly reporter: Reporter;
}

/**
 * Lives the whole life of packages on a throw-away machine.
 * @throws VenvdebError REHEARSE_IMPOSSIBLE, REHEARSE_NO_MACHINE, REHEARSE_NO_START, TOOL_MISSING, USAGE_INVALID, and
 *   as `readDeb`; what the packages do wrong is in the result
 */
export async function rehearse(options: RehearseOptions): Promise<Rehearsal> {
  const { host, reporter, keep } = options;
  const subjects = await Promise.all(options.debs.map((deb) => readSubject(deb)));
  const previous = options.from === undefined ? [] : [await readPrevious(options.from, subjects)];
  await requireRoot();
  const release = options.release ?? (await hostCodename());
  const machine = await reporter.step(`Making a machine of ${release}`, () =>
    createMachine({ name: "rehearse", cache: join(host.cacheDirectory, "machines"), release }),
  );
  try {
    const facts = await reporter.step("Starting it", () => startMachine(machine, release, options.kind));
    if (facts.reason !== undefined) reporter.info(`The machine is a chroot, not booted: ${facts.reason}`);
    await prepare(machine, [...subjects, ...previous]);
    const stage = await readStage(machine, facts.kind, subjects, previous);
    const steps = await runSteps(lifeSteps(subjects, previous), stage, reporter);
    return {
      packages: subjects.map(identify),
      ...(previous[0] === undefined ? {} : { from: identify(previous[0]) }),
      machine: facts,
      steps,
      passed: steps.every(({ outcome }) => outcome !== "FAIL"),
      ...(keep ? { kept: machine.root } : {}),
    };
  } finally {
    await (keep ? machine.keep() : machine.destroy());
  }
}

async function readPrevious(path: string, subjects: readonly Subject[]): Promise<Subject> {
  const previous = await readSubject(path);
  if (subjects.some(({ name }) => name === previous.name)) return previous;
  throw new VenvdebError(
    "USAGE_INVALID",
    `Cannot rehearse an upgrade from "${path}": it is ${previous.name} (another version of ${subjects.map(({ name }) => name).join(" or ")} is wanted)`,
    { exitCode: 2 },
  );
}

async function requireRoot(): Promise<void> {
  const { stdout } = await exec("id", ["-u"], { debianPackage: "coreutils" });
  if (stdout.trim() === "0") return;
  throw new VenvdebError(
    "REHEARSE_IMPOSSIBLE",
    "Cannot rehearse: neither a booted machine nor a chroot can be made by this user (root is wanted)",
    { hint: "sudo venvdeb rehearse …" },
  );
}

async function prepare(machine: Machine, packages: readonly Subject[]): Promise<void> {
  for (const { path } of packages) await machine.copyIn(path, pathInside(path));
  await machine.run("apt-get", ["-q", "update"]);
}

async function readStage(
  machine: Machine,
  kind: MachineKind,
  subjects: readonly Subject[],
  previous: readonly Subject[],
): Promise<Stage> {
  const packages = await installedPackages({ machine });
  const pristine = { tree: takeSnapshot(machine.root), packages };
  return { machine, kind, subjects, previous, pristine, edited: new Map() };
}

function identify({ name, version, path }: Subject) {
  return { name, version, path };
}
