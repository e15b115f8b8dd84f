import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import { trackCleanup } from "../../effects/cleanups.ts";
import { exec } from "../../effects/exec.ts";
import { mkdir, pathExists, readdir, rename, rm, writeFile } from "../../effects/fs.ts";
import { readHostApt } from "./host-apt.ts";

/** What a root file system holds; equal descriptions share one tree. */
export interface TreeDescription {
  /** `bookworm` */
  readonly release: string;
  /** Debian packages beyond the essential ones and apt. */
  readonly packages: readonly string[];
}

/** What makes a tree boot. */
export const bootPackages = ["systemd", "systemd-sysv", "dbus", "ca-certificates"] as const;

/**
 * The folder of a pristine root file system below `cache`, made by mmdebstrap when there is none of this week.
 * Read-only by agreement: machine.ts gives throw-away views.
 * @throws VenvdebError REHEARSE_NO_MACHINE, TOOL_MISSING
 */
export async function cachedTree(description: TreeDescription, cache: string): Promise<string> {
  const key = treeKey(description);
  const trees = join(cache, "trees");
  const home = join(trees, `${key}-${weekOf(new Date())}`);
  if (!(await pathExists(home))) {
    await mkdir(trees, { recursive: true });
    await makeTree(description, home);
    await removeOlderTrees(trees, key, home);
  }
  return join(home, "root");
}

async function makeTree(description: TreeDescription, home: string): Promise<void> {
  const making = `${home}.making-${randomUUID().slice(0, 8)}`;
  const remove = trackCleanup(() => rm(making, { recursive: true, force: true }));
  try {
    await mkdir(making);
    await runMmdebstrap(description, making);
    await rename(making, home).catch(async (error: unknown) => {
      // Another run was quicker; its tree is as good.
      if (!(await pathExists(home))) throw error;
    });
  } finally {
    await remove();
  }
}

async function runMmdebstrap(description: TreeDescription, folder: string): Promise<void> {
  const apt = await readHostApt(description.release);
  const sources = join(folder, "sources.list");
  await writeFile(sources, `${apt.sources.join("\n")}\n`);
  const args = [
    "--quiet",
    "--variant=apt",
    // Machines start with this week's lists: fetching them again costs apt one request each.
    "--skip=cleanup/apt/lists",
    ...apt.settings.map((line) => `--aptopt=${line}`),
    ...description.packages.map((name) => `--include=${name}`),
    description.release,
    join(folder, "root"),
    sources,
  ];
  await exec("mmdebstrap", args, {
    umask: "022",
    debianPackage: "mmdebstrap",
    failure: { code: "REHEARSE_NO_MACHINE", doing: `make a machine of "${description.release}"` },
  });
}

function treeKey({ release, packages }: TreeDescription): string {
  const digest = createHash("sha256").update(packages.toSorted().join(" ")).digest("hex");
  return `${release}-${digest.slice(0, 12)}`;
}

/** Number of the week: trees are made anew once a week, so that they follow security updates. */
function weekOf(date: Date): string {
  const days = Math.floor(date.getTime() / 86_400_000);
  return `w${Math.floor((days + 3) / 7)}`;
}

async function removeOlderTrees(trees: string, key: string, home: string): Promise<void> {
  for (const name of await readdir(trees)) {
    const path = join(trees, name);
    const older = name.startsWith(`${key}-w`) && !name.includes(".making-") && path !== home;
    if (older) await rm(path, { recursive: true, force: true });
  }
}
