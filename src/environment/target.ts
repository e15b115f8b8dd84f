import { exec } from "../effects/exec.ts";
import { readFile, readdir, readlink } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { VenvdebError } from "../errors.ts";
import type { Target } from "../plan/types.ts";
import { systemEnvironment } from "./child.ts";
import { probeInterpreter } from "./interpreter.ts";

export interface TargetOptions {
  /** `debian:bookworm/amd64`, any part optional. */
  readonly target?: string;
  /** `3.11`; default: the minor that `/usr/bin/python3` links to. */
  readonly python?: string;
}

/** One release and architecture, as far as it was said. */
interface Release {
  readonly distribution?: string;
  readonly codename?: string;
  readonly architecture?: string;
}

/**
 * What is built for: the release and architecture of this machine and its own `/usr/bin/python3.X`. Whatever Python
 * PATH, pyenv or conda offer is never looked at.
 * @throws VenvdebError TARGET_INVALID, TARGET_FOREIGN, TARGET_UNSUPPORTED, PYTHON_INVALID, PYTHON_MISSING, PYTHON_PROBE_FAILED
 */
export async function detectTarget(options: TargetOptions, host: Host): Promise<Target> {
  const release = await detectRelease(options.target, host);
  const minor = await chooseMinor(options.python, host);
  const python = await probeInterpreter(`/usr/bin/python${minor}`, host);
  return { ...release, python };
}

/**
 * The release and architecture of this machine, which is the only one that can be built for.
 * @throws VenvdebError TARGET_INVALID, TARGET_FOREIGN, TARGET_UNSUPPORTED
 */
export async function detectRelease(
  target: string | undefined,
  host: Host,
): Promise<Pick<Target, "distribution" | "codename" | "architecture">> {
  const wanted = target === undefined ? {} : parseTarget(target);
  const machine = await readMachine(host);
  refuseForeign(wanted, machine, target ?? "");
  return machine;
}

const SHAPE =
  /^(?:(?<left>[a-z][a-z0-9.-]*)(?::(?<codename>[a-z][a-z0-9.-]*))?)?(?:\/(?<architecture>[a-z0-9-]+))?$/;

function parseTarget(text: string): Release {
  const groups = text === "" ? undefined : SHAPE.exec(text)?.groups;
  if (!groups)
    throw new VenvdebError(
      "TARGET_INVALID",
      `Cannot build for "${text}": it is no target (wanted: debian:bookworm/amd64, any part optional)`,
      { exitCode: 2 },
    );
  const { left, codename, architecture } = groups;
  const leftIsDistribution = codename !== undefined || left === "debian" || left === "ubuntu";
  return {
    ...(left !== undefined && leftIsDistribution ? { distribution: left } : {}),
    ...(codename === undefined ? {} : { codename }),
    ...(left !== undefined && !leftIsDistribution ? { codename: left } : {}),
    ...(architecture === undefined ? {} : { architecture }),
  };
}

async function readMachine(host: Host) {
  const release = parseOsRelease(await readFile("/etc/os-release", "utf8").catch(() => ""));
  const { ID: distribution } = release;
  if (distribution !== "debian" && distribution !== "ubuntu")
    throw new VenvdebError(
      "TARGET_UNSUPPORTED",
      `Cannot build on this machine: /etc/os-release says "${distribution ?? "nothing"}" (wanted: debian or ubuntu)`,
      { hint: "run venvdeb on a Debian or Ubuntu machine, or in a container of the release" },
    );
  const codename = release["VERSION_CODENAME"] ?? (await unreleasedCodename());
  const { stdout } = await exec("dpkg", ["--print-architecture"], {
    cleanEnv: true,
    env: systemEnvironment(host),
    debianPackage: "dpkg",
    failure: { code: "TARGET_UNSUPPORTED", doing: "ask dpkg for the architecture" },
  });
  return { distribution, codename, architecture: stdout.trim() } as const;
}

/** `trixie/sid` of a release in the making. */
async function unreleasedCodename(): Promise<string> {
  const version = await readFile("/etc/debian_version", "utf8").catch(() => "");
  return /^([a-z]+)(?:\/|$)/.exec(version.trim())?.[1] ?? "unknown";
}

/** os-release(5): shell-like assignments. */
function parseOsRelease(text: string): Partial<Record<string, string>> {
  const lines = text.matchAll(/^(?<key>[A-Z_]+)=(?<value>.*)$/gm);
  return Object.fromEntries(
    [...lines].map(({ groups }) => [
      groups?.["key"] ?? "",
      (groups?.["value"] ?? "").replaceAll(/["']/g, ""),
    ]),
  );
}

function refuseForeign(wanted: Release, machine: Required<Release>, text: string): void {
  const keys = ["distribution", "codename", "architecture"] as const;
  if (keys.every((key) => wanted[key] === undefined || wanted[key] === machine[key])) return;
  const here = `${machine.distribution}:${machine.codename}/${machine.architecture}`;
  throw new VenvdebError(
    "TARGET_FOREIGN",
    `Cannot build for "${text}": this machine is ${here} (a package is built where it will run)`,
    { hint: `run venvdeb on a machine or in a container of ${text}, or leave the target out` },
  );
}

async function chooseMinor(wanted: string | undefined, host: Host): Promise<string> {
  if (wanted !== undefined && !/^3\.\d{1,3}$/.test(wanted))
    throw new VenvdebError(
      "PYTHON_INVALID",
      `Cannot use Python "${wanted}": it is no minor version (wanted: 3.11)`,
      {
        exitCode: 2,
      },
    );
  const present = await presentMinors();
  const minor = wanted ?? (await defaultMinor());
  if (minor !== undefined && present.includes(minor)) return minor;
  throw await missingPython(minor, present, host);
}

async function presentMinors(): Promise<string[]> {
  const names = await readdir("/usr/bin").catch(() => []);
  return names.flatMap((name) => /^python(3\.\d+)$/.exec(name)?.[1] ?? []).toSorted();
}

async function defaultMinor(): Promise<string | undefined> {
  const link = await readlink("/usr/bin/python3").catch(() => "");
  return /^(?:\/usr\/bin\/)?python(3\.\d+)$/.exec(link)?.[1];
}

async function missingPython(
  minor: string | undefined,
  present: readonly string[],
  host: Host,
): Promise<VenvdebError> {
  const name = minor === undefined ? "python3" : `python${minor}`;
  const found =
    present.length === 0 ? "no /usr/bin/python3.X" : present.map((one) => `/usr/bin/python${one}`).join(", ");
  const known = await isInArchive(name, host);
  const hint =
    known || present.length === 0
      ? `apt-get install ${name}`
      : `${name} is not in this machine's archives: set python = "${present.at(-1) ?? ""}", or build on a release that has it`;
  return new VenvdebError(
    "PYTHON_MISSING",
    `Cannot use /usr/bin/${name}: it is not installed (here: ${found})`,
    { hint },
  );
}

async function isInArchive(name: string, host: Host): Promise<boolean> {
  try {
    const { stdout } = await exec("apt-cache", ["policy", name], {
      cleanEnv: true,
      env: systemEnvironment(host),
    });
    return /^\s*Candidate: (?!\(none\))/m.test(stdout);
  } catch {
    return false;
  }
}
