import { basename, dirname, join, relative } from "node:path";
import {
  copyFile,
  lstat,
  mkdir,
  pathExists,
  readdir,
  readlink,
  realpath,
  symlink,
  utimes,
} from "../effects/fs.ts";
import type { Host } from "../effects/host.ts";
import { PARTIAL_PREFIX } from "../effects/temp-dir.ts";
import { runChild, systemEnvironment } from "./child.ts";

/**
 * A copy of a project that a backend may build in: nothing is written to the project itself, and what earlier builds
 * and tools left there (build/, egg-info, virtual environments, caches) does not get into the wheel. Git stays
 * visible to backends that ask it for the version.
 * @returns the folder of the copy: `target`, or in it where the project is in a larger repository
 */
export async function copyProject(source: string, target: string, host: Host): Promise<string> {
  const folder = await shareGit(source, target, host);
  await mkdir(folder, { recursive: true });
  for await (const { kind, from, path } of listProject(source)) {
    const to = join(folder, path);
    if (kind === "folder") await mkdir(to, { recursive: true });
    else if (kind === "link") await symlink(await readlink(from), to);
    else await copyWithTime(from, to);
  }
  return folder;
}

/** What of a project a copy of it has. */
export interface ProjectEntry {
  readonly kind: "file" | "folder" | "link";
  /** Absolute. */
  readonly from: string;
  /** In the copy, relative to its folder. */
  readonly path: string;
}

/**
 * The files, folders and links of a project that its wheel may be made of, a folder before what is in it; not what
 * earlier builds and tools left there.
 */
export async function* listProject(source: string): AsyncGenerator<ProjectEntry> {
  const isRelease = await pathExists(join(source, "PKG-INFO"));
  yield* listFolder(source, "", { root: await realpath(source), isTop: true, isRelease });
}

interface Place {
  readonly root: string;
  readonly isTop: boolean;
  /** An unpacked sdist: its egg-info says which files belong to it. */
  readonly isRelease: boolean;
}

async function* listFolder(source: string, below: string, place: Place): AsyncGenerator<ProjectEntry> {
  for (const entry of await readdir(source, { withFileTypes: true })) {
    // Of another build at the same time, into a folder of the project.
    if (entry.name.startsWith(PARTIAL_PREFIX)) continue;
    const [from, path] = [join(source, entry.name), join(below, entry.name)];
    if (entry.isSymbolicLink()) yield* followLink(from, path, place.root);
    else if (entry.isFile() && entry.name !== ".git") yield { kind: "file", from, path };
    else if (entry.isDirectory() && !(await isLeftover(from, place))) {
      yield { kind: "folder", from, path };
      yield* listFolder(from, path, { ...place, isTop: false });
    }
  }
}

/** A link that leaves the project would point elsewhere from the copy: what it stands for is copied instead. */
async function* followLink(link: string, path: string, root: string): AsyncGenerator<ProjectEntry> {
  const from = await realpath(link).catch(() => link);
  if (from.startsWith(`${root}/`)) {
    yield { kind: "link", from: link, path };
    return;
  }
  const stats = await lstat(from);
  if (stats.isFile() && basename(from) !== ".git") yield { kind: "file", from, path };
  else if (stats.isDirectory()) {
    yield { kind: "folder", from, path };
    yield* listFolder(from, path, { root: from, isTop: false, isRelease: false });
  }
}

async function copyWithTime(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  const { atime, mtime } = await lstat(from);
  await utimes(to, atime, mtime);
}

const LEFTOVERS = new Set([
  ".git",
  "__pycache__",
  ".tox",
  ".nox",
  ".mypy_cache",
  ".pytest_cache",
  ".ruff_cache",
  "node_modules",
  ".eggs",
]);

async function isLeftover(folder: string, { isTop, isRelease }: Place): Promise<boolean> {
  const name = basename(folder);
  if (LEFTOVERS.has(name) || (await pathExists(join(folder, "pyvenv.cfg")))) return true;
  if (name.endsWith(".egg-info")) return !isRelease;
  if (!isTop || (name !== "build" && name !== "dist")) return false;
  const inside = (await readdir(folder)).filter((one) => !one.startsWith(PARTIAL_PREFIX));
  return (
    inside.length > 0 && inside.every((one) => (name === "build" ? BUILD_OUTPUT : DIST_OUTPUT).test(one))
  );
}

const BUILD_OUTPUT = /^(?:lib|bdist|temp|scripts|cp3)(?:[.-].*)?$/;
const DIST_OUTPUT = /(?:\.whl|\.tar\.gz|\.zip|\.deb|\.buildinfo|\.changes|\.json|^\.gitignore)$/;

/**
 * A repository of its own for the copy that borrows the objects of the project's. Files of the repository outside of
 * the project are marked as left out on purpose, or the work tree would look changed and the version with it.
 */
async function shareGit(source: string, target: string, host: Host): Promise<string> {
  const git = async (cwd: string, args: readonly string[], input = "") =>
    await runChild("git", args, gitEnvironment(host), { cwd, input });
  const asked = await git(source, ["rev-parse", "--show-toplevel", "--verify", "HEAD"]);
  const [top = ""] = asked.stdout.split("\n");
  if (asked.exitCode !== 0) return target;
  const folder = relative(top, await realpath(source));
  if (folder.startsWith("..")) return target;
  await mkdir(dirname(target), { recursive: true });
  const cloned = await git(dirname(target), [
    "clone",
    "--quiet",
    "--shared",
    "--no-checkout",
    "--",
    top,
    target,
  ]);
  if (cloned.exitCode !== 0) return target;
  await git(target, ["read-tree", "HEAD"]);
  const { stdout } = await git(target, ["ls-files", "-z"]);
  const outside = stdout
    .split("\0")
    .filter((path) => folder !== "" && path !== "" && !path.startsWith(`${folder}/`));
  await git(
    target,
    ["update-index", "-z", "--skip-worktree", "--stdin"],
    outside.map((path) => `${path}\0`).join(""),
  );
  return join(target, folder);
}

function gitEnvironment(host: Host) {
  return {
    ...systemEnvironment(host),
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: "*",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
  };
}
