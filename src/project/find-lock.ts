import { dirname, join } from "node:path";
import { pathExists } from "../effects/fs.ts";
import { valueOf } from "../toml.ts";
import { readToml } from "./toml.ts";
import type { ProjectLock } from "./types.ts";

/** The lock of a project: a file beside its metadata, else that of the uv workspace around it. */
export async function findLock(directory: string): Promise<ProjectLock | undefined> {
  const found = await Promise.all(kinds.map((kind) => pathExists(join(directory, kind))));
  const kind = kinds.find((_, index) => found[index]);
  return kind === undefined ? findWorkspaceLock(directory) : { kind, file: join(directory, kind) };
}

/** Those that are read come before those that another tool must export. */
const kinds = ["uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock"] as const;

/** One lock for all members, beside the pyproject.toml that has `[tool.uv.workspace]`. */
async function findWorkspaceLock(directory: string): Promise<ProjectLock | undefined> {
  for (let folder = dirname(directory); folder !== dirname(folder); folder = dirname(folder)) {
    const [file, pyproject] = [join(folder, "uv.lock"), join(folder, "pyproject.toml")];
    const [hasLock, hasPyproject] = await Promise.all([pathExists(file), pathExists(pyproject)]);
    if (!hasLock || !hasPyproject) continue;
    const uv = valueOf(valueOf(await readToml(pyproject), "tool"), "uv");
    if (valueOf(uv, "workspace") !== undefined) return { kind: "uv.lock", file };
  }
  return undefined;
}
