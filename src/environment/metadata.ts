import { join } from "node:path";
import type { Host } from "../effects/host.ts";
import type { InterpreterFacts, PackagePlan, Target } from "../plan/types.ts";
import type { Reporter } from "../reporter.ts";
import { buildWheel, type MadeWheel } from "./build-wheel.ts";
import type { Environment } from "./child.ts";
import { copyProject } from "./copy-project.ts";
import { chooseInstaller } from "./installers/choose.ts";
import type { Installer } from "./installers/types.ts";
import type { KnownTools } from "./kept-tools.ts";
import { versionEnvironment } from "./version-environment.ts";
import { readCheckedWheel } from "./wheel-file.ts";

export interface ProjectMetadataOptions {
  readonly target: Target;
  readonly installer: PackagePlan["installer"];
  readonly host: Host;
  readonly reporter: Reporter;
  /** Seconds since the epoch, for SOURCE_DATE_EPOCH. */
  readonly timestamp: number;
  /** A folder that stays until the wheel has been used; the wheel is made below it. */
  readonly scratch: string;
  /** What the backend is to take as the version, where it would ask version control for it (PEP 440). */
  readonly version?: string;
}

/**
 * What only the build backend knows of a project (dynamic name, version, dependencies), by building its wheel once.
 * The wheel is given to `buildEnvironment` as `projectWheel` later, so this costs nothing.
 * @returns the text of METADATA and the absolute path of the wheel
 * @throws VenvdebError INSTALL_BUILD_FAILED, INSTALL_NOT_BUILDABLE, TOOL_UV_MISSING, TOOL_PIP_MISSING
 */
export async function readProjectMetadata(
  directory: string,
  options: ProjectMetadataOptions,
): Promise<{ readonly metadata: string; readonly wheel: string }> {
  const { target, host, reporter, timestamp, scratch } = options;
  const project = { directory, kind: "wheel", name: "", version: "" } as const;
  const installer = await chooseInstaller({ installer: options.installer, target, project }, host, reporter);
  const interpreter = target.python;
  const folder = join(scratch, "project");
  const { path } = await buildProjectWheel({
    directory,
    scratch: folder,
    installer,
    interpreter,
    host,
    reporter,
    timestamp,
    ...(options.version === undefined ? {} : { environment: versionEnvironment(options.version) }),
  });
  const { metadata } = await readCheckedWheel(path);
  return { metadata, wheel: path };
}

export interface ProjectBuild {
  readonly directory: string;
  /** Folder for the build; the wheel is left in it. */
  readonly scratch: string;
  readonly installer: Installer;
  readonly interpreter: InterpreterFacts;
  readonly host: Host;
  readonly reporter: Reporter;
  readonly timestamp: number;
  /** Extra variables. */
  readonly environment?: Environment;
  readonly tools?: KnownTools;
}

/** Builds the project's wheel from a clean copy. */
export async function buildProjectWheel(build: ProjectBuild): Promise<MadeWheel> {
  const { directory, scratch, reporter } = build;
  return await reporter.step("Build the project's wheel", async () => {
    const source = await copyProject(directory, join(scratch, "source"), build.host);
    return await buildWheel({ ...build, title: directory, source });
  });
}
