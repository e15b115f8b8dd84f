import { dirname, join, posix, relative } from "node:path";
import { lstatSync, readlinkSync, rm, symlink } from "../effects/fs.ts";
import { VenvdebError } from "../errors.ts";
import type { InterpreterFacts } from "../plan/types.ts";
import type { Edits, Move } from "./edits.ts";

/**
 * Links of the environment: `bin/python3.X` to the system's own interpreter of exactly that minor, `python` and
 * `python3` to it, links into the present place made relative.
 * @throws VenvdebError RELOCATE_LINK for a link that leaves the environment
 */
export async function relocateLinks(
  move: Move,
  interpreter: InterpreterFacts,
  files: readonly string[],
  edits: Edits,
): Promise<void> {
  await relink(move, `bin/${move.python}`, interpreter.path);
  for (const name of ["python", "python3"]) await relink(move, `bin/${name}`, move.python);
  for (const path of files) {
    if (/^bin\/python[0-9.]*$/.test(path)) continue;
    const stats = lstatSync(join(move.environment, path), { throwIfNoEntry: false });
    if (!stats?.isSymbolicLink()) continue;
    const target = readlinkSync(join(move.environment, path));
    const inside = insideTarget(path, target, move);
    if (inside === undefined) throw leaving(path, target);
    if (!target.startsWith("/")) continue;
    await relink(move, path, inside);
    edits.changed.add(path);
  }
}

async function relink({ environment }: Move, path: string, target: string): Promise<void> {
  await rm(join(environment, path), { force: true });
  await symlink(target, join(environment, path));
}

/** The target relative to the link's folder; undefined when it is outside of the environment. */
function insideTarget(
  path: string,
  target: string,
  { environment, aliases, finalPath }: Move,
): string | undefined {
  if (!target.startsWith("/")) {
    const place = posix.normalize(posix.join(posix.dirname(path), target));
    return place === ".." || place.startsWith("../") ? undefined : target;
  }
  const root = [environment, ...aliases, finalPath].find(
    (one) => target === one || target.startsWith(`${one}/`),
  );
  return root === undefined ? undefined : relative(dirname(join(root, path)), target) || ".";
}

function leaving(path: string, target: string): VenvdebError {
  return new VenvdebError(
    "RELOCATE_LINK",
    `Cannot package "${path}": it is a link to ${target} (wanted: a target inside of the environment)`,
    { hint: "ship a file in its place, or use the setting links for a link of the system" },
  );
}
