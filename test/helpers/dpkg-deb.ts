import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { scratchFolder } from "./system-deb.ts";

/** What a package ships, by path below its root: a file's text, a symlink, or an empty directory. */
export type DebTree = Readonly<
  Record<string, string | { readonly link: string } | { readonly folder: true }>
>;

export interface WantedDeb {
  readonly name?: string;
  readonly version?: string;
  /** Further lines of the control file. */
  readonly fields?: string;
  readonly tree: DebTree;
  /** Members of control.tar besides control; conffiles are those below etc/ where nothing else is given. */
  readonly control?: Readonly<Record<string, string>>;
  /** Where it is made; absent: a folder that is removed after the test. */
  readonly folder?: string;
}

/** A package that dpkg-deb makes, with anything in it. */
export function dpkgDeb({
  name = "hello",
  version = "1.0-1",
  fields = "",
  tree,
  control = {},
  folder = scratchFolder(),
}: WantedDeb): string {
  const conffiles = Object.keys(tree).filter(
    (path) => path.startsWith("etc/") && typeof tree[path] === "string",
  );
  const members: Record<string, string> = {
    control: `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: A <a@example.org>\n${fields}Description: x\n`,
    ...(conffiles.length === 0 ? {} : { conffiles: conffiles.map((path) => `/${path}\n`).join("") }),
    ...control,
  };
  const root = join(folder, `${name}_${version}`);
  for (const [path, what] of [
    ...Object.entries(tree),
    ...Object.entries(members).map(([member, text]) => [`DEBIAN/${member}`, text] as const),
  ]) {
    const place = join(root, path);
    mkdirSync(dirname(place), { recursive: true });
    if (typeof what === "string")
      writeFileSync(place, what, { mode: /^DEBIAN\/p(?:re|ost)/.test(path) ? 0o755 : 0o644 });
    else if ("link" in what) symlinkSync(what.link, place);
    else mkdirSync(place);
  }
  const deb = join(folder, `${name}_${version}_all.deb`);
  execFileSync("dpkg-deb", ["--root-owner-group", "-Znone", "-b", root, deb], { stdio: "ignore" });
  return deb;
}
