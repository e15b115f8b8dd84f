import { dirname, resolve } from "node:path";
import type { LockedDistribution } from "../../plan/types.ts";
import { isTable, valueOf, type TomlTable } from "../../toml.ts";
import { readToml } from "../toml.ts";
import type { Project } from "../types.ts";
import { badLock, checkPython, onePerName, unknownVersion, wrongTarget } from "./errors.ts";
import { optional, tablesOf, textOf, textsOf } from "./fields.ts";
import { markerEvaluator } from "./markers.ts";
import type { LockOptions } from "./types.ts";
import { uvDistribution } from "./uv-source.ts";
import { checkFresh, notInLock } from "./uv-stale.ts";
import type { UvLock, UvPackage } from "./uv-types.ts";
import { walkUvLock } from "./uv-walk.ts";

/**
 * What a uv.lock says is installed for a project and target, the project itself left out.
 * @throws VenvdebError LOCK_BAD, LOCK_UNKNOWN_VERSION, LOCK_WRONG_TARGET, LOCK_STALE, LOCK_UNKNOWN_EXTRA,
 *   LOCK_UNKNOWN_GROUP, LOCK_AMBIGUOUS, PROJECT_BAD_TOML
 */
export async function resolveUvLock(
  file: string,
  project: Project,
  options: LockOptions,
): Promise<readonly LockedDistribution[]> {
  const lock = await readUvLock(file);
  checkPython(file, textOf(lock.table, "requires-python"), options.target);
  checkSupported(lock, options);
  const root = findRoot(lock, project);
  if (root) checkFresh(lock, root, project, options);
  else if (project.kind === "wheel") throw notInLock(file, project);
  const packages = walkUvLock(lock, root, options);
  const isInstalled = (one: UvPackage) => one !== root && textOf(one.source, "virtual") === undefined;
  return onePerName(
    file,
    packages.filter(isInstalled).map((one) => uvDistribution(lock, one, options.target.python.tags)),
  );
}

async function readUvLock(file: string): Promise<UvLock> {
  const table = await readToml(file);
  if (table["version"] !== 1)
    throw unknownVersion(
      file,
      table["version"],
      "1",
      "uv export --frozen --format pylock.toml -o pylock.toml",
    );
  const packages = tablesOf(table, "package").map((entry) => readPackage(file, entry));
  return { file, directory: dirname(file), table, packages };
}

function readPackage(file: string, table: TomlTable): UvPackage {
  const [name, version, source] = [textOf(table, "name"), textOf(table, "version"), table["source"]];
  if (name === undefined || !isTable(source)) throw badLock(file, "a package has no name or no source");
  return { name, ...optional("version", version), source, table };
}

/** `tool.uv.environments` bounds what was resolved. */
function checkSupported(lock: UvLock, options: LockOptions): void {
  const supported = textsOf(lock.table, "supported-markers");
  const isTrue = markerEvaluator(lock.file, options.target, new Set());
  if (supported.length > 0 && !supported.some(isTrue))
    throw wrongTarget(lock.file, `it is only for ${supported.join(" or ")} (tool.uv.environments)`);
}

function findRoot(lock: UvLock, project: Project): UvPackage | undefined {
  return lock.packages.find(({ source }) => {
    const kinds = ["editable", "virtual", "directory"] as const;
    const path = kinds.map((kind) => valueOf(source, kind)).find((value) => typeof value === "string");
    return typeof path === "string" && resolve(lock.directory, path) === project.directory;
  });
}
