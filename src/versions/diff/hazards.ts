import { posix } from "node:path";
import { compareBytes } from "../../deb/byte-order.ts";
import type { PackageContents, PackageObject } from "../contents.ts";
import type { Hazard } from "./types.ts";

/**
 * What dpkg does not do right by itself when the one package is installed over the other, by path. A hazard is handled
 * when the new package's preinst names the path to dpkg-maintscript-helper(1).
 */
export function findHazards(old: PackageContents, current: PackageContents): Hazard[] {
  const isHandled = handledPaths(current);
  const found = [...kindChanges(old, current), ...throughLinks(current), ...conffileTraps(old, current)];
  return found
    .toSorted((a, b) => compareBytes(a.path, b.path))
    .map(({ path, kind, message }) => ({ path: `/${path}`, kind, message, handled: isHandled(`/${path}`) }));
}

/** The path is relative to the root. */
type Found = Omit<Hazard, "handled">;

function kindChanges(old: PackageContents, current: PackageContents): Found[] {
  return [...current.objects].flatMap(([path, { kind }]): Found[] => {
    const before = old.objects.get(path)?.kind;
    if (before === undefined || before === kind) return [];
    const consequence = CONSEQUENCES[`${before} ${kind}`];
    if (consequence === undefined) return [];
    return [{ path, kind: "kind-change", message: `${before} becomes ${kind}: ${consequence}` }];
  });
}

/** A file and a link that is no conffile take each other's place without harm. */
const CONSEQUENCES: Readonly<Partial<Record<`${PackageObject["kind"]} ${PackageObject["kind"]}`, string>>> = {
  "symlink directory": "dpkg keeps the link and unpacks through it, into what may be someone else's folder",
  "directory symlink": "dpkg keeps the directory, and the link is missing",
  "file directory": "dpkg deletes the file, edited or not",
  "directory file": "dpkg deletes the directory with all that anybody has put there",
  "device file": "dpkg replaces a device",
  "file device": "dpkg puts a device there",
};

/** Members below a path that the same package ships as a link; one for each link. */
function throughLinks({ objects }: PackageContents): Found[] {
  const below = new Map<string, string>();
  for (const path of objects.keys()) {
    const parent = posix.dirname(path);
    if (objects.get(parent)?.kind === "symlink" && !below.has(parent)) below.set(parent, path);
  }
  return [...below].map(([link, path]) => ({
    path: link,
    kind: "symlinked-parent",
    message: `the package ships it as a symlink and "/${path}" below it: dpkg unpacks through the link`,
  }));
}

function conffileTraps(old: PackageContents, current: PackageContents): Found[] {
  const dropped = [...old.conffiles].flatMap((path): Found[] => {
    const now = current.objects.get(path);
    if (now === undefined)
      return [
        {
          path,
          kind: "conffile-dropped",
          message: "the conffile is dropped: dpkg leaves it on the machine until purge",
        },
      ];
    if (current.conffiles.has(path)) return [];
    const message = `the conffile becomes a plain ${now.kind}: dpkg overwrites an operator's edits`;
    return [{ path, kind: "conffile-forgotten", message }];
  });
  const marked = [...current.conffiles].flatMap((path): Found[] => {
    const before = old.objects.get(path);
    if (before === undefined || old.conffiles.has(path)) return [];
    if (before.kind === "file" && before.sha256 === current.objects.get(path)?.sha256) return [];
    const message =
      before.kind === "symlink"
        ? "the link becomes a conffile: dpkg writes the file through the link"
        : "the plain file becomes a conffile: dpkg asks on every machine";
    return [{ path, kind: "conffile-asks", message }];
  });
  return [...dropped, ...marked];
}

/** By the manifest, or by the path as a word of its own in a line of preinst that calls the helper. */
function handledPaths({ manifest, controlFiles }: PackageContents): (path: string) => boolean {
  const known = new Set((manifest?.migrations ?? []).map(({ path }) => path));
  const lines = new TextDecoder()
    .decode(controlFiles.get("preinst"))
    .split("\n")
    .filter((line) => /^[^#]*dpkg-maintscript-helper\s/.test(line))
    .map((line) => line.split(/\s+/).map((word) => word.replaceAll(/^['"]|['"]$/g, "")));
  return (path) => known.has(path) || lines.some((words) => words.includes(path));
}
