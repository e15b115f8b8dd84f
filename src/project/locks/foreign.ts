import { join } from "node:path";
import { exec } from "../../effects/exec.ts";
import { writeFile } from "../../effects/fs.ts";
import { redactSecrets } from "../../effects/redact.ts";
import { withTempDir } from "../../effects/temp-dir.ts";
import { VenvdebError } from "../../errors.ts";
import type { LockedDistribution } from "../../plan/types.ts";
import { parseRequirementsTxt } from "../requirements-txt.ts";
import type { Project, ProjectLock } from "../types.ts";
import { lockedFromRequirementsTxt } from "./requirements-lock.ts";
import type { LockOptions } from "./types.ts";

/**
 * What a lock of poetry, pdm or pipenv says is installed, by that tool's own exporter.
 * @throws VenvdebError LOCK_NOT_READABLE when the tool or its exporter is missing or fails; those of a requirements lock
 */
export async function exportForeignLock(
  lock: ProjectLock,
  project: Project,
  options: LockOptions,
): Promise<readonly LockedDistribution[]> {
  const exporter = exporters[lock.kind];
  if (!exporter) throw notReadable(lock, "it has no exporter");
  const args = exporter.args(options);
  const result = await exec(exporter.tool, args, {
    cwd: project.directory,
    env: { ...options.env, ...quiet },
  }).catch((error: unknown) => {
    throw error instanceof VenvdebError && error.code === "TOOL_MISSING"
      ? notReadable(lock, `${exporter.tool} is not on PATH`)
      : error;
  });
  if (result.exitCode !== 0)
    throw notReadable(lock, `"${[exporter.tool, ...args].join(" ")}" failed: ${lastLines(result)}`);
  return withTempDir(async (directory) => {
    const file = join(directory, "requirements.txt");
    await writeFile(file, result.stdout);
    const parsed = await parseRequirementsTxt(file, { projectDirectory: project.directory });
    return lockedFromRequirementsTxt(parsed, options.target);
  });
}

const quiet = { NO_COLOR: "1", PIPENV_QUIET: "1", PIPENV_NOSPIN: "1", PDM_CHECK_UPDATE: "0" };

interface Exporter {
  readonly tool: string;
  readonly args: (options: LockOptions) => readonly string[];
  /** Writes a file that we read. */
  readonly alternative: string;
}

const exporters: Readonly<Partial<Record<ProjectLock["kind"], Exporter>>> = {
  "poetry.lock": {
    tool: "poetry",
    args: ({ extras, groups }) => [
      "export",
      "--format=requirements.txt",
      "--no-interaction",
      ...extras.map((extra) => `--extras=${extra}`),
      ...groups.map((group) => `--with=${group}`),
    ],
    alternative:
      "poetry self add poetry-plugin-export && poetry export --format=requirements.txt --output=requirements.txt",
  },
  "pdm.lock": {
    tool: "pdm",
    args: ({ extras, groups }) => [
      "export",
      "--format=requirements",
      // Without a group named, pdm takes all of them; with one it refuses to hear that the rest is not wanted.
      ...(groups.length === 0 ? ["--prod"] : []),
      ...[...extras, ...groups].map((group) => `--group=${group}`),
    ],
    alternative: "pdm export --format=pylock --output=pylock.toml",
  },
  "Pipfile.lock": {
    tool: "pipenv",
    args: ({ extras, groups }) => [
      "requirements",
      "--hash",
      ...(extras.length + groups.length === 0
        ? []
        : [`--categories=${["packages", ...extras, ...groups.map(pipenvCategory)].join(",")}`]),
    ],
    alternative: "pipenv requirements --hash > requirements.txt",
  },
};

function pipenvCategory(group: string): string {
  return group === "dev" ? "dev-packages" : group;
}

function lastLines({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string {
  return redactSecrets(`${stdout}\n${stderr}`).trim().split("\n").slice(-5).join("\n");
}

function notReadable(lock: ProjectLock, problem: string): VenvdebError {
  const hint = exporters[lock.kind]?.alternative;
  return new VenvdebError(
    "LOCK_NOT_READABLE",
    `Cannot read the lock "${lock.file}": only its own tool can, and ${problem}`,
    hint === undefined ? {} : { hint: `write a lock that is read directly: ${hint}` },
  );
}
