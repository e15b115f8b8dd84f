import { join } from "node:path";
import { mkdir, readFile, symlink } from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { redactSecrets } from "../effects/redact.ts";
import { hintFromBuildLog } from "../dependencies/build-hints.ts";
import { VenvdebError } from "../errors.ts";
import type { InterpreterFacts } from "../plan/types.ts";
import { backendCommand } from "./backend-command.ts";
import { readBuildSystem, type BuildSystem } from "./build-system.ts";
import { backendEnvironment, runChild, type Environment } from "./child.ts";
import { helperScript } from "./helper-scripts.ts";
import type { Installer } from "./installers/types.ts";
import { provideTools, type KnownTools } from "./kept-tools.ts";

export interface WheelBuild {
  /** For messages: `psycopg2 2.9.9`. */
  readonly title: string;
  /** Absolute; written to by the backend. */
  readonly source: string;
  /** An empty folder of its own. */
  readonly scratch: string;
  readonly installer: Installer;
  readonly interpreter: InterpreterFacts;
  readonly host: Host;
  /** Seconds since the epoch, for SOURCE_DATE_EPOCH. */
  readonly timestamp: number;
  /** Extra variables, such as the version for setuptools_scm. */
  readonly environment?: Environment;
  /** What its backend's requirements are resolved to, and where earlier builds have kept them; absent: not known. */
  readonly tools?: KnownTools;
}

/**
 * Builds one wheel by the backend of its source (PEP 517), in an environment of its own with what the backend asks
 * for, with flags that keep folders and debug data of this machine out of the result, and without the user's secrets.
 * @throws VenvdebError INSTALL_BUILD_FAILED, INSTALL_NOT_BUILDABLE, INSTALL_FAILED
 */
export async function buildWheel(build: WheelBuild): Promise<MadeWheel> {
  const system = await readBuildSystem(build.source);
  const folders = buildFolders(build.scratch);
  await provideTools(system.requires, folders.environment, build);
  for (const folder of [folders.home, folders.bin, folders.output]) await mkdir(folder, { recursive: true });
  for (const name of ["python", "python3", `python${build.interpreter.minor}`])
    await symlink(join(folders.environment, "bin/python"), join(folders.bin, name));
  const { name, further } = await callBackend(build, system);
  if (name.includes("/") || !name.endsWith(".whl"))
    throw new VenvdebError(
      "INSTALL_BUILD_FAILED",
      `Cannot build "${build.title}": its backend gave no wheel`,
    );
  return { path: join(folders.output, name), further };
}

export interface MadeWheel {
  /** Absolute. */
  readonly path: string;
  /** What the backend asked for besides the requirements of the source's settings. */
  readonly further: readonly string[];
}

/** Where a build happens, below its scratch folder. Their paths are what must not be left in a wheel. */
export function buildFolders(scratch: string) {
  return {
    environment: join(scratch, "environment"),
    home: join(scratch, "home"),
    bin: join(scratch, "bin"),
    output: join(scratch, "wheel"),
  } as const;
}

/** Most backends want nothing more than their settings say: then one process is enough. */
async function callBackend(
  build: WheelBuild,
  system: BuildSystem,
): Promise<{ readonly name: string; readonly further: readonly string[] }> {
  const answer = await runBackend(build, system, true);
  if (typeof answer === "string") return { name: answer, further: [] };
  const further = Array.isArray(answer) ? answer.filter((one) => typeof one === "string") : [];
  await build.installer.installBuildRequirements(further, buildFolders(build.scratch).environment);
  const name = await runBackend(build, system, false);
  return { name: typeof name === "string" ? name : "", further };
}

/** Gives the name of the wheel, or the list of what the backend, if it is to be asked, wants besides. */
async function runBackend(build: WheelBuild, system: BuildSystem, ask: boolean): Promise<unknown> {
  const folders = buildFolders(build.scratch);
  const answer = join(build.scratch, "answer.json");
  const { backend, backendPath } = system;
  const python = join(folders.environment, "bin/python");
  const [program, ...args] = backendCommand([python, helperScript("pep517"), answer], {
    host: build.host,
    writable: [build.scratch, build.source],
  });
  await runChild(program, args, hookEnvironment(build), {
    cwd: build.source,
    input: JSON.stringify({ ask, backend, backendPath, output: folders.output }),
    failure: {
      code: "INSTALL_BUILD_FAILED",
      doing: `build "${build.title}" from its source`,
      hint: hintFromBuildLog,
    },
  });
  return JSON.parse(redactSecrets(await readFile(answer, "utf8")));
}

function hookEnvironment({ host, scratch, source, timestamp, environment }: WheelBuild): Environment {
  const folders = buildFolders(scratch);
  const base = backendEnvironment(host, {
    home: folders.home,
    path: `${folders.environment}/bin:${folders.bin}`,
  });
  const { c, rust } = reproducibleFlags([
    [base["CARGO_HOME"] ?? "/nonexistent", "/usr/share/cargo"],
    [base["RUSTUP_HOME"] ?? "/nonexistent", "/usr/lib/rust"],
    [scratch, "/usr/src"],
    [folders.environment, "/usr"],
    [source, "/usr/src/build"],
  ]);
  return {
    ...base,
    CFLAGS: joined(base["CFLAGS"], c),
    CXXFLAGS: joined(base["CXXFLAGS"], c),
    FFLAGS: joined(base["FFLAGS"], c),
    CARGO_ENCODED_RUSTFLAGS: [...(base["RUSTFLAGS"] ?? "").split(" ").filter(Boolean), ...rust].join(
      "\u001F",
    ),
    SOURCE_DATE_EPOCH: String(timestamp),
    VIRTUAL_ENV: folders.environment,
    PYTHONNOUSERSITE: "1",
    ...environment,
  };
}

/** Compilers take the last map that fits, so the folder inside comes after the one around it. */
function reproducibleFlags(maps: readonly (readonly [from: string, to: string])[]) {
  return {
    c: ["-g0", ...maps.map(([from, to]) => quoted(`-ffile-prefix-map=${from}=${to}`))].join(" "),
    rust: maps.map(([from, to]) => `--remap-path-prefix=${from}=${to}`),
  };
}

/** As the shell and Python's shlex read it. */
function quoted(flag: string): string {
  return /\s/.test(flag) ? `"${flag}"` : flag;
}

function joined(first: string | undefined, second: string): string {
  return first === undefined || first === "" ? second : `${first} ${second}`;
}
