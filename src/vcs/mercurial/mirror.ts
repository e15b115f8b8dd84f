import { join } from "node:path";
import { mkdir, pathExists, rm } from "../../effects/fs.ts";
import type { Host } from "../../effects/host.ts";
import type { Address } from "../address.ts";
import { isDamage, withMirrorLock } from "../mirror.ts";
import { badCommit } from "../names.ts";
import { runTool, type Tool } from "../run.ts";
import { localHg, withReachingHg } from "./tool.ts";

/** A repository of our own without files that follows another one. */
export interface HgMirror {
  readonly address: Address;
  readonly host: Host;
  /** Absolute: where the mirror and its lock are. */
  readonly folder: string;
  /** To read from it. */
  readonly hg: Tool;
}

export function hgMirror(address: Address, host: Host, folder: string): HgMirror {
  return { address, host, folder, hg: localHg(host, repositoryOf(folder)) };
}

/**
 * Brings all changesets. Pulling takes nothing away, so a mirror with changesets that are gone from the other side (by
 * `strip`) is made anew, as is one that is damaged.
 * @throws VenvdebError VCS_UNREACHABLE, VCS_TIMEOUT, VCS_TOO_BIG, VCS_LOCKED
 */
export async function updateMirror(mirror: HgMirror): Promise<void> {
  await updatedMirror(mirror, async () => undefined);
}

/** The same, and reads from the mirror, while it is asked whether anything is gone from the other side. */
export async function updatedMirror<T>(mirror: HgMirror, read: (hg: Tool) => Promise<T>): Promise<T> {
  const { address, host, folder } = mirror;
  const repository = repositoryOf(folder);
  return await withMirrorLock(folder, async () => {
    await mkdir(repository, { recursive: true });
    return await withReachingHg(host, { address, cwd: repository }, async (hg) => {
      try {
        await pull(hg, mirror);
        const [isMore, result] = await Promise.all([hasMore(hg, mirror), read(mirror.hg)]);
        if (!isMore) return result;
      } catch (error) {
        if (!isDamage(error) || !(await answers(hg, mirror))) throw error;
      }
      await rm(join(repository, ".hg"), { recursive: true, force: true });
      await pull(hg, mirror);
      return await read(mirror.hg);
    });
  });
}

/** @throws VenvdebError VCS_BAD_COMMIT, and as `updateMirror` */
export async function requireCommit(mirror: HgMirror, commit: string): Promise<void> {
  if (await hasCommit(mirror, commit)) return;
  await updateMirror(mirror);
  if (!(await hasCommit(mirror, commit))) throw badCommit(commit, `it is not in ${mirror.address.shown}`);
}

export async function hasCommit({ folder, hg }: HgMirror, commit: string): Promise<boolean> {
  if (!(await pathExists(join(repositoryOf(folder), ".hg/requires")))) return false;
  const found = await runTool(hg, ["log", "--rev", `id(${commit})`, "--template", "{node}"], {
    doing: `look for the commit ${commit}`,
  });
  return found === commit;
}

function repositoryOf(folder: string): string {
  return join(folder, "mirror");
}

async function pull(hg: Tool, mirror: HgMirror): Promise<void> {
  const repository = repositoryOf(mirror.folder);
  const doing = `make "${repository}"`;
  if (!(await pathExists(join(repository, ".hg/requires")))) await runTool(hg, ["init"], { doing });
  await removeStaleLocks(repository);
  await runTool(hg, ["pull", "--quiet", "venvdeb"], fetching(mirror));
}

/** What a killed pull has left; hg itself finds that out too, but not in another container. We hold the lock. */
async function removeStaleLocks(repository: string): Promise<void> {
  for (const name of ["store/lock", "wlock"]) await rm(join(repository, ".hg", name), { force: true });
}

async function hasMore(hg: Tool, mirror: HgMirror): Promise<boolean> {
  const found = await runTool(
    hg,
    ["outgoing", "--quiet", "--limit", "1", "--template", "{node}", "venvdeb"],
    {
      ...fetching(mirror),
      answers: [1],
    },
  );
  return found !== "";
}

function fetching({ address }: HgMirror) {
  return {
    doing: `pull from the Mercurial repository ${JSON.stringify(address.shown)}`,
    code: "VCS_UNREACHABLE",
    hint: "look whether hg pulls from there for this user without asking anything",
  } as const;
}

/** Whether the other side is well, so that a pull that failed is the fault of our mirror. */
async function answers(hg: Tool, { address }: HgMirror): Promise<boolean> {
  return await runTool({ ...hg, cwd: "/" }, ["identify", "--id", "venvdeb"], {
    doing: `ask ${address.shown}`,
    seconds: 300,
  }).then(
    () => true,
    () => false,
  );
}
