import { posix } from "node:path";
import type { PackageEntry } from "../deb/entry.ts";
import { realpathSync, statSync } from "../effects/fs.ts";
import { messageOf, VenvdebError } from "../errors.ts";
import type { PackagePlan } from "../plan/types.ts";
import type { ShippedFile } from "../plan/system-types.ts";
import { requirePath, requireUserName } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * The files that the settings name, with mode, owner and conffile mark. An owner whom only this package brings is
 * not known when dpkg unpacks the file, so postinst sets it, unless the administrator overrides it (dpkg-statoverride(1)).
 * @throws VenvdebError SYSTEM_FILE_MISSING, SYSTEM_FILE_KIND, SYSTEM_FILE_OUTSIDE, SYSTEM_BAD_NAME
 */
export function contributeFiles(plan: PackagePlan): SystemPart {
  return {
    entries: plan.files.map((file) => makeEntry(file, plan.project.directory)),
    fragments: { postinst: plan.files.filter((file) => !isRoots(file)).map(setOwner) },
  };
}

function makeEntry(file: ShippedFile, project: string): PackageEntry {
  const source = resolveSource(file, project);
  const stats = statSync(source);
  if (!stats.isFile()) throw badFile("SYSTEM_FILE_KIND", file, "it is no regular file (wanted: a file)");
  return {
    kind: "file",
    path: requirePath(file.path).slice(1),
    source,
    size: stats.size,
    mode: file.mode,
    conffile: file.conffile,
    ...(isRoots(file)
      ? {}
      : { owner: { user: requireUserName(file.owner.user), group: requireUserName(file.owner.group) } }),
  };
}

/** A link is followed, but not out of the project: a checkout must not bring the builder's files into the package. */
function resolveSource(file: ShippedFile, project: string): string {
  try {
    const source = realpathSync(file.source);
    if (posix.relative(realpathSync(project), source).startsWith(".."))
      throw badFile("SYSTEM_FILE_OUTSIDE", file, `it leads out of the project, to ${source}`);
    return source;
  } catch (error) {
    if (error instanceof VenvdebError) throw error;
    throw badFile("SYSTEM_FILE_MISSING", file, messageOf(error));
  }
}

function isRoots({ owner }: ShippedFile): boolean {
  return owner.user === "root" && owner.group === "root";
}

function setOwner(file: ShippedFile): Fragment {
  const owner = `${file.owner.user}:${file.owner.group}`;
  return {
    origin: `owner ${owner} of ${file.path} ([tool.venvdeb.files])`,
    text: renderTemplate("maintainer-scripts/file-owner.postinst.sh.liquid", {
      path: file.path,
      owner,
      mode: file.mode.toString(8).padStart(4, "0"),
    }),
  };
}

function badFile(
  code: "SYSTEM_FILE_MISSING" | "SYSTEM_FILE_KIND" | "SYSTEM_FILE_OUTSIDE",
  { source, path }: ShippedFile,
  problem: string,
): VenvdebError {
  return new VenvdebError(code, `Cannot ship "${source}" as "${path}": ${problem}`, {
    hint: `correct [tool.venvdeb.files] "${path}"`,
  });
}
