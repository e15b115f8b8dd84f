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
import { createEnvironment } from "./create.ts";
import { helperScript } from "./helper-scripts.ts";
import type { Installer } from "./installers/types.ts";

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
}

/**
 * Builds one wheel by the backend of its source (PEP 517), in an environment of its own with what the backend asks
 * for, with flags that keep folders and debug data of this machine out of the result, and without the user's secrets.
 * @returns the absolute path of the wheel
 * @throws VenvdebError INSTALL_BUILD_FAILED, INSTALL_NOT_BUILDABLE, INSTALL_FAILED
 */
export async function buildWheel(build: WheelBuild): Promise<string> {
  const system = await readBuildSystem(build.source);
  const folders = buildFolders(build.scratch);
  await createEnvironment(folders.environment, build.interpreter, build.host);
  for (const folder of [folders.home, folders.bin, folders.output]) await mkdir(folder, { recursive: true });
  for (const name of ["python", "python3", `python${build.interpreter.minor}`])
    await symlink(join(folders.environment, "bin/python"), join(folders.bin, name));
  await build.installer.installBuildRequirements(system.requires, folders.environment);
  const further = await callHook(build, system, "requires");
  await build.installer.installBuildRequirements(further, folders.environment);
  const [name] = await callHook(build, system, "wheel");
  if (name === undefined || name.includes("/") || !name.endsWith(".whl"))
    throw new VenvdebError(
      "INSTALL_BUILD_FAILED",
      `Cannot build "${build.title}": its backend gave no wheel`,
    );
  return join(folders.output, name);
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

async function callHook(
  build: WheelBuild,
  system: BuildSystem,
  hook: "requires" | "wheel",
): Promise<string[]> {
  const folders = buildFolders(build.scratch);
  const answer = join(build.scratch, `${hook}.json`);
  const { backend, backendPath } = system;
  const python = join(folders.environment, "bin/python");
  const [program, ...args] = backendCommand([python, helperScript("pep517"), answer], {
    host: build.host,
    writable: [build.scratch, build.source],
  });
  await runChild(program, args, hookEnvironment(build), {
    cwd: build.source,
    input: JSON.stringify({ hook, backend, backendPath, output: folders.output }),
    failure: {
      code: "INSTALL_BUILD_FAILED",
      doing: `build "${build.title}" from its source`,
      hint: hintFromBuildLog,
    },
  });
  const result: unknown = JSON.parse(redactSecrets(await readFile(answer, "utf8")));
  return [result].flat().filter((one) => typeof one === "string");
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
