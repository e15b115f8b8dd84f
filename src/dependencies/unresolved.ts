import { VenvdebError } from "../errors.ts";
import { groupBy } from "./group-by.ts";
import type { Link } from "./links.ts";
import { usualPackage } from "./sonames.ts";

type Unresolved = Extract<Link, { kind: "unresolved" }>;

/**
 * Refuses libraries that are nowhere, all at once.
 * @throws VenvdebError DEPENDS_UNRESOLVED
 */
export function refuseUnresolved(links: readonly Link[], codename: string): void {
  const unresolved = links.filter((link): link is Unresolved => link.kind === "unresolved");
  if (unresolved.length === 0) return;
  const sonames = [...new Set(unresolved.map(({ soname }) => soname))].toSorted();
  const lines = [...groupBy(unresolved, wheelAndLibrary).values()].map(describeGroup);
  throw new VenvdebError(
    "DEPENDS_UNRESOLVED",
    `Cannot find ${sonames.length === 1 ? "a library" : `${sonames.length} libraries`} of the environment: ${sonames.join(", ")} (wanted: each in the environment, or in a package that is installed here)\n${lines.join("\n")}`,
    { hint: hintFor(sonames, codename) },
  );
}

function wheelAndLibrary({ object, soname }: Unresolved): string {
  return `${object.distribution ?? ""}\0${soname}`;
}

function describeGroup(group: readonly Unresolved[]): string {
  const [first] = group;
  if (first === undefined) return "";
  const { object, soname, foundAt } = first;
  const more = group.length > 1 ? ` (and ${group.length - 1} more)` : "";
  const place = foundAt === undefined ? "" : `, found as ${foundAt}, which is in no package`;
  return `  ${object.distribution ?? "(no distribution)"}: ${object.path}${more} loads ${soname}${place}`;
}

function hintFor(sonames: readonly string[], codename: string): string {
  const packages = new Set(sonames.flatMap((soname) => usualPackage(soname, codename) ?? []));
  const install =
    packages.size === 0
      ? "install the Debian packages that have them here"
      : `apt-get install ${[...packages].toSorted().join(" ")}`;
  const ignore = sonames.map((soname) => JSON.stringify(soname)).join(", ");
  return `${install}, then build again; or allow it: shlibs = { ignore = [${ignore}] }`;
}
