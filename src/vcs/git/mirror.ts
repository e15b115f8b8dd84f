import { join } from "node:path";
import { mkdir, pathExists, rm } from "../../effects/fs.ts";
import type { Host } from "../../effects/host.ts";
import type { Address } from "../address.ts";
import { isDamage, withMirrorLock } from "../mirror.ts";
import { badCommit } from "../names.ts";
import { runTool, type Tool } from "../run.ts";
import { localGit, withReachingGit } from "./tool.ts";

/** A bare repository of our own that follows another one. */
export interface GitMirror {
  readonly address: Address;
  readonly host: Host;
  /** Absolute: where the mirror and its lock are. */
  readonly folder: string;
  /** To read from it. */
  readonly git: Tool;
}

export function gitMirror(address: Address, host: Host, folder: string): GitMirror {
  return { address, host, folder, git: localGit(host, repositoryOf(folder)) };
}

/**
 * Brings all branches and tags as they are there now; what is gone there goes here. A mirror that is damaged, by a power
 * cut or by being killed, is made anew.
 * @throws VenvdebError VCS_UNREACHABLE, VCS_TIMEOUT, VCS_TOO_BIG, VCS_LOCKED
 */
export async function updateMirror(mirror: GitMirror): Promise<void> {
  await changeMirror(mirror, async (git) => {
    try {
      await prepare(mirror);
      await fetchAll(git, mirror);
    } catch (error) {
      if (!isDamage(error) || !(await answers(git, mirror))) throw error;
      await rm(repositoryOf(mirror.folder), { recursive: true, force: true });
      await prepare(mirror);
      await fetchAll(git, mirror);
    }
  });
}

/**
 * Makes sure that a commit is in the mirror. One that no branch or tag leads to, as those of submodules may be, is asked
 * for by its id.
 * @throws VenvdebError VCS_BAD_COMMIT, and as `updateMirror`
 */
export async function requireCommit(mirror: GitMirror, commit: string): Promise<void> {
  if (await hasCommit(mirror, commit)) return;
  await updateMirror(mirror);
  if (await hasCommit(mirror, commit)) return;
  const fetched = changeMirror(mirror, async (git) =>
    runTool(git, [...FETCH, "--", "venvdeb", `+${commit}:refs/venvdeb/${commit}`], fetching(mirror)),
  );
  await fetched.catch((error: unknown) => {
    if (!isDamage(error)) throw error;
  });
  if (!(await hasCommit(mirror, commit))) throw badCommit(commit, `it is not in ${mirror.address.shown}`);
}

async function changeMirror<T>(mirror: GitMirror, run: (git: Tool) => Promise<T>): Promise<T> {
  const { address, host, folder } = mirror;
  return await withMirrorLock(folder, async () =>
    withReachingGit(host, { address, mirror: repositoryOf(folder) }, run),
  );
}

function repositoryOf(folder: string): string {
  return join(folder, "mirror.git");
}

async function prepare({ folder, git }: GitMirror): Promise<void> {
  const repository = repositoryOf(folder);
  if (await pathExists(join(repository, "config"))) return;
  await mkdir(repository, { recursive: true });
  await runTool(git, ["init", "--quiet", "--bare", "--template="], { doing: `make "${repository}"` });
}

const FETCH = ["fetch", "--quiet", "--no-write-fetch-head", "--no-tags", "--update-shallow", "--force"];

async function fetchAll(git: Tool, mirror: GitMirror): Promise<void> {
  await removeStaleLocks(mirror);
  const refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
  await runTool(git, [...FETCH, "--prune", "--", "venvdeb", ...refs], fetching(mirror));
}

/** What a killed fetch has left. We hold the lock, so nobody else is at work. */
async function removeStaleLocks({ folder }: GitMirror): Promise<void> {
  for (const name of ["shallow.lock", "packed-refs.lock", "config.lock", "HEAD.lock", "gc.pid"])
    await rm(join(repositoryOf(folder), name), { force: true });
}

function fetching({ address }: GitMirror) {
  return {
    doing: `fetch from the git repository ${JSON.stringify(address.shown)}`,
    code: "VCS_UNREACHABLE",
    hint: "look whether git fetches from there for this user without asking anything",
  } as const;
}

/** Whether the other side is well, so that a fetch that failed is the fault of our mirror. */
async function answers(git: Tool, { address }: GitMirror): Promise<boolean> {
  const outside = { ...git, cwd: "/", env: { ...git.env, GIT_DIR: "/nonexistent" } };
  return await runTool(outside, ["ls-remote", "--quiet", "--", "venvdeb"], {
    doing: `ask ${address.shown}`,
    seconds: 300,
  }).then(
    () => true,
    () => false,
  );
}

export async function hasCommit({ folder, git }: GitMirror, commit: string): Promise<boolean> {
  if (!(await pathExists(join(repositoryOf(folder), "config")))) return false;
  const found = await runTool(git, ["cat-file", "-t", commit], {
    doing: `look for the commit ${commit}`,
    answers: [1, 128],
  });
  return found.trim() === "commit";
}
