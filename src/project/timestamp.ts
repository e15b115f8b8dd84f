import { join } from "node:path";
import { exec } from "../effects/exec.ts";
import { lstat, readdir } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";

/**
 * The time that stands for a state of the project, in seconds since the epoch: `SOURCE_DATE_EPOCH`, else that of the
 * last commit that touched the folder, else that of its newest file.
 * @throws VenvdebError PROJECT_BAD_EPOCH
 */
export async function projectTimestamp(
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const given = env["SOURCE_DATE_EPOCH"];
  if (given !== undefined && given !== "") return parseEpoch(given);
  return (await commitTime(directory)) ?? newestFileTime(directory);
}

/** The time field of an archive member ends with a signed 32-bit number. */
const latest = 2 ** 31 - 1;

function parseEpoch(given: string): number {
  const seconds = /^[0-9]+$/.test(given) ? Number(given) : Number.NaN;
  if (seconds <= latest) return seconds;
  throw new VenvdebError(
    "PROJECT_BAD_EPOCH",
    `Cannot use SOURCE_DATE_EPOCH "${given}": it is not a time (seconds since 1970, from 0 to ${latest}, are wanted)`,
    { hint: 'set it to a number, such as "$(git log -1 --format=%ct)", or unset it', exitCode: 2 },
  );
}

/** Undefined without git, outside of a repository, and where nothing of the folder was ever committed. */
async function commitTime(directory: string): Promise<number | undefined> {
  const log = ["-c", "log.showSignature=false", "log", "-1", "--format=%ct", "--", "."];
  const result = await exec("git", ["-C", directory, ...log]).catch((error: unknown) => {
    if (error instanceof VenvdebError && error.code === "TOOL_MISSING") return undefined;
    throw error;
  });
  const [, seconds] = /^([0-9]+)\s*$/.exec(result?.exitCode === 0 ? result.stdout : "") ?? [];
  return seconds === undefined ? undefined : Math.min(Number(seconds), latest);
}

async function newestFileTime(directory: string): Promise<number> {
  let newest = 0;
  const folders = [directory];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        if (!isMade(entry.name)) folders.push(path);
      } else newest = Math.max(newest, Math.floor((await lstat(path)).mtimeMs / 1000));
    }
  }
  return Math.min(newest, latest);
}

/** What tools make from the project is newer than the project. */
function isMade(name: string): boolean {
  return made.has(name) || name.endsWith(".egg-info");
}

const made: ReadonlySet<string> = new Set([
  ".git",
  ".hg",
  ".mypy_cache",
  ".nox",
  ".pytest_cache",
  ".ruff_cache",
  ".svn",
  ".tox",
  ".venv",
  "__pycache__",
  "build",
  "dist",
  "node_modules",
  "venv",
]);
